//! Polynomials over the base field, the slow way.
use field::{F3, Goldilocks, Ring};
use proto::domain::{bit_reverse, omega, shift};

/// Values at 1, w, w^2, .. of a polynomial; w has the order of the length.
fn transform(coefficients: &[Goldilocks], w: Goldilocks) -> Vec<Goldilocks> {
    if coefficients.len() == 1 {
        return coefficients.to_vec();
    }
    let half = |first: usize| transform(&coefficients.iter().skip(first).step_by(2).copied().collect::<Vec<_>>(), w * w);
    let (even, odd) = (half(0), half(1));
    let mut values = vec![Goldilocks::ZERO; coefficients.len()];
    let mut x = Goldilocks::ONE;
    for i in 0..even.len() {
        values[i] = even[i] + x * odd[i];
        values[i + even.len()] = even[i] - x * odd[i];
        x *= w;
    }
    values
}

/// log2 of a length.
pub fn log(len: usize) -> u32 {
    assert!(len.is_power_of_two());
    len.trailing_zeros()
}

/// The coefficients of the polynomial with these values on the trace domain of their number.
pub fn interpolate(values: &[Goldilocks]) -> Vec<Goldilocks> {
    let scale = Goldilocks::new(values.len() as u64).inverse();
    transform(values, omega(log(values.len())).inverse()).into_iter().map(|c| c * scale).collect()
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
    let values = transform(&scaled, omega(k));
    (0..1 << k).map(|j| values[bit_reverse(j, k)]).collect()
}

/// The coefficients of the polynomial with these bit-reversed values on h <omega>, whose size is their number.
pub fn interpolate_coset(values: &[Goldilocks], h: Goldilocks) -> Vec<Goldilocks> {
    let k = log(values.len());
    let natural: Vec<Goldilocks> = (0..values.len()).map(|i| values[bit_reverse(i, k)]).collect();
    let (mut power, inverse) = (Goldilocks::ONE, h.inverse());
    let mut coefficients = interpolate(&natural);
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
