//! What BIT, ARITH and MEM operations mean, with plain integers and byte arrays, written from the instruction table (section 2.5).

use isa::Op;

/// The result of a BIT or ARITH operation; `None` for a division by zero.
pub fn result(op: Op, a: u64, b: u64) -> Option<u64> {
    let (x, y) = (a as u32, b as u32);
    Some(match op {
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Mul32 => x.wrapping_mul(y).into(),
        Op::Mul64 => a.wrapping_mul(b),
        Op::Divu => a.checked_div(b)?,
        Op::Remu => a.checked_rem(b)?,
        Op::Shl32 => x.wrapping_shl(y).into(),
        Op::Shl64 => a.wrapping_shl(y),
        Op::Shru32 => x.wrapping_shr(y).into(),
        Op::Shru64 => a.wrapping_shr(y),
        Op::Shrs32 => ((x as i32).wrapping_shr(y) as u32).into(),
        Op::Shrs64 => (a as i64).wrapping_shr(y) as u64,
        Op::Rotl32 => x.rotate_left(y % 32).into(),
        Op::Rotl64 => a.rotate_left(y % 64),
        _ => unreachable!("{op:?} is no operation of BIT or ARITH"),
    })
}

/// Loads the value of `op` from its bytes, lowest first.
pub fn load(op: Op, bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let value = u64::from_le_bytes(word);
    match op {
        Op::L8s32 => (value as i8 as i32 as u32).into(),
        Op::L8s64 => value as i8 as i64 as u64,
        Op::L16s32 => (value as i16 as i32 as u32).into(),
        Op::L16s64 => value as i16 as i64 as u64,
        Op::L32s64 => value as i32 as i64 as u64,
        _ => value,
    }
}
