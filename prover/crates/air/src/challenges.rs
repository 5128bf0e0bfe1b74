use crate::Bus;
use field::{F3, Goldilocks, Ring, Tower};

/// The most terms of a fingerprint: the bus id and seven entries.
pub const TERMS: usize = 8;

/// The global challenges of LogUp: alpha, and the powers of beta (section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenges {
    /// alpha.
    pub alpha: F3,
    /// 1, beta, beta^2, ..
    pub beta: [F3; TERMS],
}

impl Challenges {
    /// From the two challenges as drawn.
    pub fn new(alpha: F3, beta: F3) -> Self {
        let mut powers = [F3::ONE; TERMS];
        for i in 1..TERMS {
            powers[i] = powers[i - 1] * beta;
        }
        Self { alpha, beta: powers }
    }

    /// d = alpha + bus + sum beta^i t_i of a tuple of at most seven entries.
    pub fn fingerprint(&self, bus: Bus, tuple: &[Goldilocks]) -> F3 {
        fingerprint::<Goldilocks>(self.alpha, &self.beta, bus, tuple)
    }
}

/// The fingerprint over any tower; alpha and the powers of beta lie in its extension.
#[inline(always)]
pub(crate) fn fingerprint<E: Tower>(alpha: E::Ext, beta: &[E::Ext; TERMS], bus: Bus, tuple: &[E]) -> E::Ext {
    debug_assert!(tuple.len() < TERMS);
    let start = alpha + E::Ext::of(bus as u64);
    tuple.iter().zip(&beta[1..]).fold(start, |sum, (entry, power)| sum + *power * *entry)
}
