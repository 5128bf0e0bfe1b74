//! Polynomials over the base field, the slow way.
use field::{F3, Goldilocks, Ring};
use proto::domain::{bit_reverse, omega, shift};

/// Values at 1, w, w^2, .. of a polynomial, in bit-reversed order; w has the order of the length. Halves the polynomial modulo x^(n/2) - 1
/// and x^(n/2) + 1, again and again.
fn transform(mut coefficients: Vec<Goldilocks>, mut w: Goldilocks) -> Vec<Goldilocks> {
    let mut len = coefficients.len();
    while len > 1 {
        for block in coefficients.chunks_mut(len) {
            let (low, high) = block.split_at_mut(len / 2);
            let mut x = Goldilocks::ONE;
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, (*a - *b) * x);
                x *= w;
            }
        }
        len /= 2;
        w = w * w;
    }
    coefficients
}

/// Bit-reversed order made natural, or the other way round.
fn reverse(values: &[Goldilocks]) -> Vec<Goldilocks> {
    let k = log(values.len());
    (0..values.len()).map(|i| values[bit_reverse(i, k)]).collect()
}

/// log2 of a length.
pub fn log(len: usize) -> u32 {
    assert!(len.is_power_of_two());
    len.trailing_zeros()
}

/// The coefficients of the polynomial with these values on the trace domain of their number.
pub fn interpolate(values: &[Goldilocks]) -> Vec<Goldilocks> {
    let scale = Goldilocks::new(values.len() as u64).inverse();
    let coefficients = reverse(&transform(values.to_vec(), omega(log(values.len())).inverse()));
    coefficients.into_iter().map(|c| c * scale).collect()
}

/// The values, bit-reversed, on the evaluation domain of size 2^k.
pub fn extend(coefficients: &[Goldilocks], k: u32) -> Vec<Goldilocks> {
    let mut scaled = vec![Goldilocks::ZERO; 1 << k];
    let (mut power, h) = (Goldilocks::ONE, shift(k));
    for (i, c) in coefficients.iter().enumerate() {
        // Coefficients past the size of the domain wrap around, as x^(2^k) is a constant there.
        scaled[i % (1 << k)] += *c * power;
        power *= h;
    }
    transform(scaled, omega(k))
}

/// The coefficients of the polynomial with these bit-reversed values on h <omega>, whose size is their number.
pub fn interpolate_coset(values: &[Goldilocks], h: Goldilocks) -> Vec<Goldilocks> {
    let (mut power, inverse) = (Goldilocks::ONE, h.inverse());
    let mut coefficients = interpolate(&reverse(values));
    for c in &mut coefficients {
        *c *= power;
        power *= inverse;
    }
    coefficients
}

/// The value at a point of the extension.
pub fn evaluate(coefficients: &[Goldilocks], x: F3) -> F3 {
    coefficients.iter().rev().fold(F3::ZERO, |sum, c| sum * x + F3::from(*c))
}

/// The points of the evaluation domain of size 2^k, bit-reversed.
pub fn domain_points(k: u32) -> Vec<Goldilocks> {
    let mut points = vec![Goldilocks::ZERO; 1 << k];
    let (mut x, step) = (shift(k), omega(k));
    for i in 0..1 << k {
        points[bit_reverse(i, k)] = x;
        x *= step;
    }
    points
}
