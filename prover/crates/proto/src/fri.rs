//! Folding by eight and the final polynomial (section 4.6).
use crate::domain::{omega, point};
use field::{F3, Goldilocks, Ring};

/// log2 of how much one fold shrinks a layer.
pub const LOG_ARITY: u32 = 3;

/// Values in a leaf.
pub const ARITY: usize = 8;

/// How many times the DEEP polynomial of a segment is folded: ceil((L-5)/3), with L >= 8.
pub const fn folds(log_height: u32) -> usize {
    (log_height.saturating_sub(5)).div_ceil(LOG_ARITY) as usize
}

/// log2 of the coefficients of the final polynomial: L - 3r, from 3 to 5.
pub const fn final_log(log_height: u32) -> u32 {
    log_height - LOG_ARITY * folds(log_height) as u32
}

/// What folding with one challenge needs besides the values.
#[derive(Clone, Copy, Debug)]
pub struct Fold {
    /// phi, phi^2, phi^4.
    phi: [F3; 3],
    /// 1 / (1, omega_4, omega_8, omega_8^3): the points of a leaf's pairs over its first point; bit-reversed.
    roots: [Goldilocks; 4],
    /// 1/8, all the halves at once.
    eighth: Goldilocks,
}

impl Fold {
    /// Folding with phi.
    pub fn new(phi: F3) -> Self {
        let (quarter, eighth) = (omega(2).inverse(), omega(3).inverse());
        let square = phi * phi;
        Self {
            phi: [phi, square, square * square],
            roots: [Goldilocks::ONE, quarter, eighth, quarter * eighth],
            eighth: Goldilocks::new(8).inverse(),
        }
    }

    /// The value, in the next layer at the leaf's index, of a leaf of eight bit-reversed values whose first point has the inverse `inverse`:
    /// three times f'(x^2) = (f(x) + f(-x))/2 + phi (f(x) - f(-x))/(2x), with phi, phi^2, phi^4.
    #[inline]
    pub fn leaf(&self, values: &[F3; ARITY], inverse: Goldilocks) -> F3 {
        let half = |a: F3, b: F3, x: Goldilocks, phi: F3| a + b + (a - b) * phi * x;
        let mut four = [F3::ZERO; 4];
        for u in 0..4 {
            four[u] = half(values[2 * u], values[2 * u + 1], inverse * self.roots[u], self.phi[0]);
        }
        let inverse = inverse * inverse;
        let two = [half(four[0], four[1], inverse, self.phi[1]), half(four[2], four[3], inverse * self.roots[1], self.phi[1])];
        half(two[0], two[1], inverse * inverse, self.phi[2]) * self.eighth
    }
}

/// Folds leaf `leaf` of a layer of size 2^`log_size` (log_size >= 3, leaf below 2^(log_size-3)).
pub fn fold(log_size: u32, leaf: usize, values: &[F3; ARITY], phi: F3) -> F3 {
    Fold::new(phi).leaf(values, point(log_size, ARITY * leaf).inverse())
}

/// The value of a polynomial, lowest degree first, at a point of the base field.
pub fn evaluate(coefficients: impl DoubleEndedIterator<Item = F3>, x: Goldilocks) -> F3 {
    coefficients.rev().fold(F3::ZERO, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Transcript;

    /// Folding the values of a polynomial gives the values of the folded polynomial: its coefficients in groups of eight, combined with
    /// powers of phi.
    #[test]
    fn folding_values_is_folding_coefficients() {
        let mut transcript = Transcript::new();
        for log_size in [3, 5, 8] {
            let coefficients: Vec<F3> = (0..1 << (log_size - 1)).map(|_| transcript.challenge()).collect();
            let phi = transcript.challenge();
            let folded: Vec<F3> = coefficients
                .chunks(ARITY)
                .map(|group| group.iter().rev().fold(F3::ZERO, |sum, coefficient| sum * phi + *coefficient))
                .collect();
            for leaf in 0..1 << (log_size - 3) {
                let values = std::array::from_fn(|i| evaluate(coefficients.iter().copied(), point(log_size, ARITY * leaf + i)));
                let expected = evaluate(folded.iter().copied(), point(log_size - 3, leaf));
                assert_eq!(fold(log_size, leaf, &values, phi), expected, "2^{log_size}, leaf {leaf}");
            }
        }
    }

    #[test]
    fn layers_and_the_final_polynomial() {
        let expected = [(8, 1, 5), (9, 2, 3), (10, 2, 4), (11, 2, 5), (12, 3, 3), (16, 4, 4), (20, 5, 5), (22, 6, 4)];
        for (log_height, r, log) in expected {
            assert_eq!((folds(log_height), final_log(log_height)), (r, log), "L = {log_height}");
        }
    }
}
