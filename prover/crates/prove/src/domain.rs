use crate::team::{Cancelled, Team};
use field::{Goldilocks, Ring};
pub use proto::domain::{bit_reverse, omega, shift};

/// log2 of the powers in one work item.
const LOG_CHUNK: u32 = 14;

/// start * step^rev(m) for m < 2^`bits`, the exponent reversed in `bits` bits.
///
/// # Errors
/// When cancelled.
pub fn reversed_powers(team: &Team, start: Goldilocks, step: Goldilocks, bits: u32) -> Result<Vec<Goldilocks>, Cancelled> {
    if bits <= LOG_CHUNK {
        return Ok(few(start, step, bits));
    }
    // m = hi 2^14 + lo: rev(m) = rev(hi) + rev(lo) 2^(bits - 14), each reversed in its own bits.
    let firsts = few(start, step, bits - LOG_CHUNK);
    let within = few(Goldilocks::ONE, step.pow(1 << (bits - LOG_CHUNK)), LOG_CHUNK);
    let mut powers = team.zeros(1 << bits)?;
    team.each(powers.chunks_mut(1 << LOG_CHUNK).zip(firsts), |(out, first)| {
        team.spend(out.len() / 8);
        out.iter_mut().zip(&within).for_each(|(out, power)| *out = first * *power);
    })?;
    Ok(powers)
}

fn few(start: Goldilocks, step: Goldilocks, bits: u32) -> Vec<Goldilocks> {
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
///
/// # Errors
/// When cancelled.
pub fn points(team: &Team, log_size: u32, bits: u32) -> Result<Vec<Goldilocks>, Cancelled> {
    debug_assert!(bits <= log_size);
    reversed_powers(team, shift(log_size), omega(bits), bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use field::Simd;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn they_are_the_points_of_the_domain() {
        let cancel = AtomicBool::new(false);
        let team = Team { threads: 2, simd: Simd::PORTABLE, cancel: &cancel };
        for (log_size, bits) in [(0, 0), (5, 0), (5, 3), (6, 6), (17, 16)] {
            let expected: Vec<_> = (0..1 << bits).map(|j| proto::domain::point(log_size, j)).collect();
            assert_eq!(points(&team, log_size, bits).unwrap(), expected);
        }
    }
}
