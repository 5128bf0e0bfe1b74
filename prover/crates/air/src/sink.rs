use crate::Bus;
use field::Ring;

/// Whether an interaction puts its tuple on the bus or takes it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// + multiplicity / d.
    Send,
    /// - multiplicity / d.
    Recv,
}

/// Receives what a chip says of one row, in the order of the specification: constraints (each must be 0) and interactions.
///
/// Chips are written once over any ring; what a sink does with them makes it a checker, a symbolic pass, a prover or a verifier.
pub trait Sink {
    /// What columns hold here.
    type E: Ring;

    /// Bits of a byte: 8; 1 in the miniature model, where a word has 4 bits and the modulus is 241 (section 6.6).
    const BYTE_BITS: u32 = 8;

    /// `value` must be 0 on every row; its degree in the columns is at most 3.
    fn constraint(&mut self, value: Self::E);

    /// `multiplicity` times `tuple` (1 to 7 entries) on `bus`; multiplicity and entries have degree at most 1.
    fn interaction(&mut self, sign: Sign, multiplicity: Self::E, bus: Bus, tuple: &[Self::E]);
}
