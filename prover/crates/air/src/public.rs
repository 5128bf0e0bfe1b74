use crate::chips::memb;
use crate::{Bus, Challenges, Sign};
use field::{F3, Goldilocks, Ring};

/// What the verifier itself puts on the buses: the start, the end, the order of keys, both tapes (section 4.7, step 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// Pages of linear memory at the start.
    pub init_pages: u32,
    /// Executed instructions, HALT included.
    pub cycles: u64,
    /// The input tape.
    pub input: Vec<(u32, u32)>,
    /// The output tape.
    pub output: Vec<(u32, u32)>,
}

impl Public {
    /// Every term with multiplicity 1, in the order of section 4.7.
    pub fn terms(&self, mut each: impl FnMut(Sign, Bus, &[Goldilocks])) {
        let number = Goldilocks::new;
        each(Sign::Send, Bus::Exec, &[number(0), number(0), number(4), self.init_pages.into()]);
        each(Sign::Recv, Bus::Halt, &[number(4 * self.cycles)]);
        each(Sign::Send, Bus::Mord, &[number(0)]);
        each(Sign::Recv, Bus::Mord, &[number(memb::END)]);
        for (sign, bus, tape) in [(Sign::Send, Bus::Pin, &self.input), (Sign::Recv, Bus::Pout, &self.output)] {
            for (i, (lo, hi)) in tape.iter().enumerate() {
                each(sign, bus, &[number(i as u64), (*lo).into(), (*hi).into()]);
            }
        }
    }

    /// PUB of section 4.7 step 9, with one inversion; `None` if a fingerprint is 0.
    pub fn sum(&self, challenges: &Challenges) -> Option<F3> {
        // The running fraction numerator / denominator keeps this at one inversion and no memory.
        let (mut numerator, mut denominator) = (F3::ZERO, F3::ONE);
        self.terms(|sign, bus, tuple| {
            let d = challenges.fingerprint(bus, tuple);
            numerator = match sign {
                Sign::Send => numerator * d + denominator,
                Sign::Recv => numerator * d - denominator,
            };
            denominator *= d;
        });
        (denominator != F3::ZERO).then(|| numerator * denominator.inverse())
    }
}
