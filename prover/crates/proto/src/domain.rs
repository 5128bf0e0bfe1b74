//! Evaluation domains and the order of their points (section 4.2).
//!
//! The domain of size 2^k is h_k <omega_k> = { y : y^(2^k) = c }; vectors over it are stored bit-reversed.
use field::{F3, Goldilocks, Ring};

/// c = 7^(2^32), of odd order.
pub const COSET: Goldilocks = Goldilocks::new(0xaa5b_2509_f86b_b4d4);

/// omega_k, the root of unity of order 2^k; k <= 32.
pub const fn omega(k: u32) -> Goldilocks {
    Goldilocks::root_of_unity(k)
}

/// h_k = c^(2^(32-k)), so that h_k^(2^k) = c; k <= 32.
pub const fn shift(k: u32) -> Goldilocks {
    assert!(k <= Goldilocks::TWO_ADICITY);
    COSET.pow(1 << (32 - k))
}

/// The lowest `bits` bits of `position` in reverse order; bits <= 64.
pub fn bit_reverse(position: usize, bits: u32) -> usize {
    if bits == 0 { 0 } else { ((position as u64).reverse_bits() >> (64 - bits)) as usize }
}

/// The point at `position` (below 2^k) of the bit-reversed domain of size 2^k.
pub fn point(k: u32, position: usize) -> Goldilocks {
    shift(k) * omega(k).pow(bit_reverse(position, k) as u64)
}

/// x^(2^times).
pub fn square_times(mut x: F3, times: u32) -> F3 {
    for _ in 0..times {
        x *= x;
    }
    x
}

/// Whether a point may be an out-of-domain point of a segment: neither on the trace domain of size 2^`log_height` nor on the evaluation
/// domain, which is 2^`log_blowup` times as large.
pub fn is_outside(zeta: F3, log_height: u32, log_blowup: u32) -> bool {
    let on_trace = square_times(zeta, log_height);
    on_trace != F3::ONE && square_times(on_trace, log_blowup) != F3::from(COSET)
}

#[cfg(test)]
mod tests {
    use super::*;
    use field::P;

    #[test]
    fn the_tower_of_cosets() {
        assert_eq!(COSET, Goldilocks::GENERATOR.pow(1 << 32));
        assert_eq!(COSET.pow((1 << 32) - 1), Goldilocks::ONE);
        assert_eq!(shift(22).value(), 0x5495_a82f_a4f8_d217);
        for k in 1..=32 {
            assert_eq!(shift(k).pow(1 << k), COSET);
            assert_eq!(shift(k) * shift(k), shift(k - 1));
            assert_eq!(omega(k), Goldilocks::GENERATOR.pow((P - 1) >> k));
        }
    }

    #[test]
    fn neighbours_are_negatives_and_lifting_shifts_positions() {
        for k in 1..=10 {
            for j in 0..1 << k {
                assert_eq!(point(k, j ^ 1), -point(k, j));
                assert_eq!(point(k, j) * point(k, j), point(k - 1, j >> 1), "squaring halves the domain");
                assert_eq!(point(k, j).pow(1 << k), COSET);
            }
        }
        assert_eq!(bit_reverse(0b0011, 4), 0b1100);
        assert_eq!(bit_reverse(5, 0), 0);
    }

    #[test]
    fn points_of_the_domains_are_not_outside() {
        assert!(!is_outside(F3::from(omega(8)), 8, 2));
        assert!(!is_outside(F3::from(point(10, 77)), 8, 2));
        assert!(is_outside(F3::of(3), 8, 2));
    }
}
