//! Words and their bytes.

use crate::Words;
use field::{Goldilocks, Ring};

/// The word of four bytes, lowest first.
pub(super) fn word_of<S: Words>(bytes: [S::E; 4]) -> S::E {
    let [b0, b1, b2, b3] = bytes;
    let base = S::number(S::BYTE);
    ((b3 * base + b2) * base + b1) * base + b0
}

/// The four bytes of a word of which the low three have columns.
pub(super) fn bytes_of_word<S: Words>(word: S::E, [b0, b1, b2]: [S::E; 3]) -> [S::E; 4] {
    let rest = word - word_of::<S>([b0, b1, b2, S::E::ZERO]);
    [b0, b1, b2, rest * S::number(S::INV_BYTES3)]
}

/// Four columns from an array of them.
pub(super) fn four<E: Copy>(bytes: &[E], first: usize) -> [E; 4] {
    std::array::from_fn(|i| bytes[first + i])
}

/// The bytes of two words, lowest first.
pub(super) fn bytes_of(lo: u32, hi: u32) -> [u8; 8] {
    (u64::from(lo) | u64::from(hi) << 32).to_le_bytes()
}

/// A byte as a field element.
pub(super) fn element(byte: u8) -> Goldilocks {
    u32::from(byte).into()
}
