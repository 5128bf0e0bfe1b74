use field::Goldilocks;
pub use proto::domain::{bit_reverse, omega, shift};

/// start * step^rev(m) for m < 2^`bits`, the exponent reversed in `bits` bits.
pub fn reversed_powers(start: Goldilocks, step: Goldilocks, bits: u32) -> Vec<Goldilocks> {
    let mut powers = Vec::with_capacity(1 << bits);
    powers.push(start);
    for i in 0..bits {
        let factor = step.pow(1 << (bits - 1 - i));
        for m in 0..1 << i {
            powers.push(powers[m] * factor);
        }
    }
    powers
}

/// The first 2^`bits` positions of the bit-reversed domain D of size 2^`log_size` (section 4.2): a coset of <omega_bits>.
pub fn points(log_size: u32, bits: u32) -> Vec<Goldilocks> {
    debug_assert!(bits <= log_size);
    reversed_powers(shift(log_size), omega(bits), bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_points_of_the_domain() {
        for (log_size, bits) in [(0, 0), (5, 0), (5, 3), (6, 6)] {
            let expected: Vec<_> = (0..1 << bits).map(|j| proto::domain::point(log_size, j)).collect();
            assert_eq!(points(log_size, bits), expected);
        }
    }
}
