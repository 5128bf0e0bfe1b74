use crate::domain::{bit_reverse, omega, reversed_powers, shift};
use crate::team::{Cancelled, Team};
use field::{Goldilocks, Ring};

/// Quads in one work item.
const CHUNK: usize = 1 << 13;

/// u, u^2, u^3: what a radix-4 step at one block multiplies by.
pub type Quad = [Goldilocks; 3];

/// The twiddles of every transform up to a size.
pub struct Twiddles {
    /// `coset[k][m]`: block m of level k on the shifted domains D (section 4.2): u = h_(k+2) omega_(k+2)^rev_k(m).
    coset: Vec<Vec<Quad>>,
    /// `plain_inverse[m]`: block m of any level on the unshifted domains, inverted: omega_(k+2)^-rev_k(m), whatever k.
    plain_inverse: Vec<Quad>,
}

/// start * step^rev(m) for m < 2^bits, with their squares and cubes; step has order 4 * 2^bits.
fn quads(team: &Team, start: Goldilocks, step: Goldilocks, bits: u32) -> Result<Vec<Quad>, Cancelled> {
    let powers = reversed_powers(team, start, step, bits)?;
    let mut quads = team.zeros(powers.len())?;
    team.each(quads.chunks_mut(CHUNK).zip(powers.chunks(CHUNK)), |(quads, powers)| {
        team.spend(3 * powers.len() / 8);
        quads.iter_mut().zip(powers).for_each(|(quad, u)| *quad = [*u, *u * *u, *u * *u * *u]);
    })?;
    Ok(quads)
}

impl Twiddles {
    /// For transforms to domains of up to 2^`log_size` points, at most 2^32. 12 bytes a point.
    ///
    /// # Errors
    /// When cancelled.
    pub fn new(team: &Team, log_size: u32) -> Result<Self, Cancelled> {
        let levels = log_size.saturating_sub(1);
        let plain_inverse = match levels {
            0 => Vec::new(),
            _ => quads(team, Goldilocks::ONE, omega(log_size).inverse(), levels - 1)?,
        };
        let coset = (0..levels).map(|k| quads(team, shift(k + 2), omega(k + 2), k)).collect::<Result<_, _>>()?;
        Ok(Self { coset, plain_inverse })
    }

    /// The quads of the blocks of level `k` of the shifted domains.
    #[inline(always)]
    pub fn coset(&self, k: usize) -> &[Quad] {
        &self.coset[k]
    }

    /// The inverted quads of the blocks of any level of the unshifted domains.
    #[inline(always)]
    pub fn plain_inverse(&self) -> &[Quad] {
        &self.plain_inverse
    }

    /// The twiddle that splits block `m` of level `k` of the shifted domains in two.
    pub fn halving(&self, k: usize, m: usize) -> Goldilocks {
        match self.coset.get(k) {
            Some(level) => level[m][1],
            None => shift(k as u32 + 1) * omega(k as u32 + 1).pow(bit_reverse(m, k as u32) as u64),
        }
    }
}
