use field::Goldilocks;
pub use proto::domain::{bit_reverse, omega, shift};

/// The first 2^`bits` positions of the bit-reversed domain D of size 2^`log_size` (section 4.2): a coset of <omega_bits>.
pub fn points(log_size: u32, bits: u32) -> Vec<Goldilocks> {
    debug_assert!(bits <= log_size);
    let mut points = Vec::with_capacity(1 << bits);
    points.push(shift(log_size));
    for i in 0..bits {
        let factor = omega(i + 1);
        for m in 0..1 << i {
            points.push(points[m] * factor);
        }
    }
    points
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
