use isa::Op;

/// The result of an operation that computes C from A, B and (CMOV alone) the old C. Slots are 64 bits, lo in the low half.
///
/// These are the operations as the chips constrain them, so also for 64-bit values in 32-bit operations, which a translated program never
/// has. `None`: there is no valid row (division by zero, SHRS32 of a value above 32 bits) or the operation is not one of these.
#[inline(always)]
pub(crate) fn result(op: Op, inv: bool, a: u64, b: u64, old: u64) -> Option<u64> {
    let truth = |holds: bool| u64::from(holds != inv);
    let low = |x: u64| x & 0xFFFF_FFFF;
    let (k32, k64) = ((b & 31) as u32, (b & 63) as u32);
    Some(match op {
        Op::Add32 => low(a.wrapping_add(b)),
        Op::Add64 => a.wrapping_add(b),
        Op::Sub32 => low(a.wrapping_sub(b)),
        Op::Sub64 => a.wrapping_sub(b),
        Op::Ltu => truth(a < b),
        // The unsigned comparison, turned by the two signs (C11 to C13).
        Op::Lts32 => truth((a < b) ^ ((a ^ b) >> 31 & 1 == 1)),
        Op::Lts64 => truth((a as i64) < (b as i64)),
        Op::Eq => truth(a == b),
        Op::Cmov => {
            if low(b) != 0 {
                a
            } else {
                old
            }
        }
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Mul32 => low(low(a) * low(b)),
        Op::Mul64 => a.wrapping_mul(b),
        Op::Divu => a.checked_div(b)?,
        Op::Remu => a.checked_rem(b)?,
        Op::Shl32 => low(low(a) << k32),
        Op::Shl64 => a << k64,
        Op::Shru32 => low(a >> k32),
        Op::Shru64 => a >> k64,
        Op::Shrs32 if a >> 32 != 0 => return None,
        Op::Shrs32 => u64::from((a as i32 >> k32) as u32),
        Op::Shrs64 => (a as i64 >> k64) as u64,
        Op::Rotl32 => u64::from((a as u32).rotate_left(k32)),
        Op::Rotl64 => a.rotate_left(k64),
        _ => return None,
    })
}

/// What a load leaves in its slot, from the `access_width` bytes it read as a little-endian number.
#[inline(always)]
pub(crate) fn extend(op: Op, raw: u64) -> u64 {
    match op {
        Op::L8s32 => u64::from(raw as u8 as i8 as u32),
        Op::L8s64 => raw as u8 as i8 as u64,
        Op::L16s32 => u64::from(raw as u16 as i16 as u32),
        Op::L16s64 => raw as u16 as i16 as u64,
        Op::L32s64 => raw as u32 as i32 as u64,
        _ => raw,
    }
}
