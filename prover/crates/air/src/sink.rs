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

/// 2^exponent mod W^2 - W + 1, W = 2^(4 byte_bits).
const fn power_of_two(byte_bits: u32, exponent: u32) -> u64 {
    let w = 1u128 << (4 * byte_bits);
    let modulus = w * w - w + 1;
    let (mut power, mut i) = (1u128, 0);
    while i < exponent {
        power = power * 2 % modulus;
        i += 1;
    }
    power as u64
}

/// What chips say in the notation of sections 3.2 to 3.4: sends, receives, range checks, and the constants of the word geometry.
///
/// No chip writes a power of two as a number: in the miniature model a byte has one bit, and the same chip must hold there.
pub trait Words: Sink {
    /// Values of a byte, 256.
    const BYTE: u64 = 1 << Self::BYTE_BITS;
    /// Values of a limb (half a word), 2^16.
    const LIMB: u64 = 1 << (2 * Self::BYTE_BITS);
    /// Values of three bytes, 2^24.
    const BYTES3: u64 = 1 << (3 * Self::BYTE_BITS);
    /// Values of a word, W = 2^32.
    const WORD: u64 = 1 << (4 * Self::BYTE_BITS);
    // 2^(24 byte_bits) = 1 because W^3 = -1, in both models.
    /// 1 / 2^16.
    const INV_LIMB: u64 = power_of_two(Self::BYTE_BITS, 22 * Self::BYTE_BITS);
    /// 1 / 2^24.
    const INV_BYTES3: u64 = power_of_two(Self::BYTE_BITS, 21 * Self::BYTE_BITS);
    /// 1 / W.
    const INV_WORD: u64 = power_of_two(Self::BYTE_BITS, 20 * Self::BYTE_BITS);

    /// A constant.
    #[inline(always)]
    fn number(value: u64) -> Self::E {
        Self::E::of(value)
    }

    /// 256^exponent, exponent 0..=7; for sums over the bytes of a word or cell.
    #[inline(always)]
    fn byte_power(exponent: u32) -> Self::E {
        debug_assert!(exponent < 8);
        Self::E::of(1 << (exponent * Self::BYTE_BITS))
    }

    /// value (value - 1) = 0.
    #[inline(always)]
    fn boolean(&mut self, value: Self::E) {
        self.constraint(value * (value - Self::E::ONE));
    }

    /// send multiplicity x bus(tuple).
    #[inline(always)]
    fn send(&mut self, multiplicity: Self::E, bus: Bus, tuple: &[Self::E]) {
        self.interaction(Sign::Send, multiplicity, bus, tuple);
    }

    /// recv multiplicity x bus(tuple).
    #[inline(always)]
    fn recv(&mut self, multiplicity: Self::E, bus: Bus, tuple: &[Self::E]) {
        self.interaction(Sign::Recv, multiplicity, bus, tuple);
    }

    /// send multiplicity x R16(value): value is an integer in [0, 2^16).
    #[inline(always)]
    fn range16(&mut self, multiplicity: Self::E, value: Self::E) {
        self.send(multiplicity, Bus::R16, &[value]);
    }

    /// multiplicity x R32(value; low): value is an integer in [0, 2^32); `low` is its low limb (section 3.2).
    #[inline(always)]
    fn range32(&mut self, multiplicity: Self::E, value: Self::E, low: Self::E) {
        self.range16(multiplicity, low);
        self.range16(multiplicity, (value - low) * Self::number(Self::INV_LIMB));
    }
}

impl<S: Sink> Words for S {}

#[cfg(test)]
mod tests {
    use super::*;
    use field::P;

    #[test]
    fn inverse_powers_of_two_are_inverses_in_both_models() {
        for (bits, modulus) in [(8u32, u128::from(P)), (1, 241)] {
            for bytes in [2, 3, 4] {
                let inverse = u128::from(power_of_two(bits, (24 - bytes) * bits));
                assert_eq!((inverse << (bytes * bits)) % modulus, 1, "{bytes} bytes of {bits} bits");
            }
        }
    }
}
