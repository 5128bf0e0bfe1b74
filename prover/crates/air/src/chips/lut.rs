//! LUT: 16-bit ranges, signs, bytes, shift amounts; the same 2^16 preprocessed rows in every proof (section 3.11).

use crate::{Bus, Words};
use field::Goldilocks;

crate::columns::columns! {
    /// How often each lookup is made: R16, SGN, AND, PAIR, POW.
    m[5] from 1,
}

/// Preprocessed columns.
pub const PREP: &[&str] = &["x", "s", "bx", "by", "bxy", "k", "zk", "PL", "PR", "MK"];

/// Interactions of a row.
pub const INTERACTIONS: usize = 5;

/// Constraints of its own.
pub const CONSTRAINTS: usize = 0;

/// log2 of the height.
pub const LOG_HEIGHT: u32 = 16;

/// The preprocessed row x of a model whose byte has `byte_bits` bits (8; 1 in the miniature model): x < 2^(2 byte_bits).
pub fn preprocessed_row(x: u64, byte_bits: u32) -> [u64; 10] {
    let word_bits = 4 * byte_bits;
    let (bx, by) = (x >> byte_bits, x & ((1 << byte_bits) - 1));
    let k = x % u64::from(word_bits);
    let zero = u64::from(k == 0);
    let (left, right) = (1 << k, 1 << ((u64::from(word_bits) - k) % u64::from(word_bits)));
    let mask = if k == 0 { 0 } else { (1 << word_bits) - (1 << (u64::from(word_bits) - k)) };
    [x, x >> (2 * byte_bits - 1), bx, by, bx & by, k, zero, left, right, mask]
}

/// The preprocessed columns, 2^16 rows.
pub fn preprocessed() -> Vec<Vec<Goldilocks>> {
    let mut columns = vec![Vec::with_capacity(1 << LOG_HEIGHT); PREP.len()];
    for x in 0..1 << LOG_HEIGHT {
        for (column, value) in columns.iter_mut().zip(preprocessed_row(x, 8)) {
            column.push(Goldilocks::new(value));
        }
    }
    columns
}

/// The buses that this table answers.
pub const BUSES: [Bus; 5] = [Bus::R16, Bus::Sgn, Bus::And, Bus::Pair, Bus::Pow];

/// The row in which a lookup is counted (POW in rows 0..31); `None` when no row answers it.
pub fn row_of(bus: Bus, tuple: &[Goldilocks]) -> Option<usize> {
    let value = |i: usize| tuple.get(i).map(|entry| entry.value());
    let byte = |i: usize| value(i).filter(|byte| *byte < 256);
    let row = match bus {
        Bus::R16 | Bus::Sgn => value(0)?,
        Bus::And | Bus::Pair => byte(0)? << 8 | byte(1)?,
        Bus::Pow => value(0).filter(|k| *k < 32)?,
        _ => return None,
    };
    if row >= 1 << LOG_HEIGHT {
        return None;
    }
    let prep = preprocessed_row(row, 8).map(Goldilocks::new);
    (answer(bus, &prep)? == tuple).then_some(row as usize)
}

/// The tuple that a row answers on a bus.
fn answer<E>(bus: Bus, prep: &[E]) -> Option<&[E]> {
    match bus {
        Bus::R16 => Some(&prep[..1]),
        Bus::Sgn => Some(&prep[..2]),
        Bus::And => Some(&prep[2..5]),
        Bus::Pair => Some(&prep[2..4]),
        Bus::Pow => Some(&prep[5..10]),
        _ => None,
    }
}

/// The interactions of a row.
#[inline(always)]
pub fn eval<S: Words>(main: &[S::E], prep: &[S::E], sink: &mut S) {
    let c = Columns::of(main);
    for (bus, m) in BUSES.into_iter().zip(c.m) {
        sink.recv(m, bus, answer(bus, prep).expect("a bus of this table"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use field::Ring;

    #[test]
    fn rows_hold_what_the_specification_says() {
        assert_eq!(preprocessed_row(0, 8), [0, 0, 0, 0, 0, 0, 1, 1, 1, 0]);
        assert_eq!(preprocessed_row(0xFF2F, 8), [0xFF2F, 1, 0xFF, 0x2F, 0x2F, 15, 0, 1 << 15, 1 << 17, 0xFFFE_0000]);
        assert_eq!(preprocessed_row(31, 8)[5..], [31, 0, 1 << 31, 2, 0xFFFF_FFFE]);
        assert_eq!(preprocessed_row(3, 1), [3, 1, 1, 1, 1, 3, 0, 8, 2, 14], "in the miniature model");
    }

    #[test]
    fn a_lookup_is_counted_where_it_is_answered_and_nowhere_else() {
        let of = |values: &[u64]| values.iter().map(|v| Goldilocks::new(*v)).collect::<Vec<_>>();
        assert_eq!(row_of(Bus::R16, &of(&[65535])), Some(65535));
        assert_eq!(row_of(Bus::R16, &of(&[65536])), None);
        assert_eq!(row_of(Bus::R16, &[-Goldilocks::ONE]), None);
        assert_eq!(row_of(Bus::Sgn, &of(&[0x8000, 1])), Some(0x8000));
        assert_eq!(row_of(Bus::Sgn, &of(&[0x8000, 0])), None);
        assert_eq!(row_of(Bus::And, &of(&[0xF0, 0x3C, 0x30])), Some(0xF03C));
        assert_eq!(row_of(Bus::And, &of(&[256, 0, 0])), None);
        assert_eq!(row_of(Bus::Pair, &of(&[1, 256])), None);
        assert_eq!(row_of(Bus::Pow, &of(&[5, 0, 32, 1 << 27, 0xF800_0000])), Some(5));
        assert_eq!(row_of(Bus::Pow, &of(&[33, 0, 2, 1 << 31, 1 << 31])), None);
        assert_eq!(row_of(Bus::Exec, &of(&[0])), None);
    }
}
