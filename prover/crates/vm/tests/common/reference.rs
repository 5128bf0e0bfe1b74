use isa::Op;

const W: u128 = 1 << 32;
const WW: u128 = 1 << 64;

/// C of an operation with A, B and the old C, by the text of section 2.5 in unbounded integers; nothing here is shared with the executor.
/// i32 operations get operands below 2^32.
pub fn alu(op: Op, inv: bool, a: u64, b: u64, old: u64) -> u64 {
    let (x, y) = (u128::from(a), u128::from(b));
    let compare = |holds: bool| if inv { u128::from(!holds) } else { u128::from(holds) };
    let value = match op {
        Op::Add32 => (x + y) % W,
        Op::Add64 => (x + y) % WW,
        Op::Sub32 => (x + WW - y) % W,
        Op::Sub64 => (x + WW - y) % WW,
        Op::Ltu => compare(x < y),
        Op::Lts32 => compare(signed(x, 32) < signed(y, 32)),
        Op::Lts64 => compare(signed(x, 64) < signed(y, 64)),
        Op::Eq => compare(x == y),
        Op::Cmov => {
            if y % W == 0 {
                u128::from(old)
            } else {
                x
            }
        }
        Op::And => bitwise(x, y, |p, q| p + q == 2),
        Op::Or => bitwise(x, y, |p, q| p + q > 0),
        Op::Xor => bitwise(x, y, |p, q| p + q == 1),
        Op::Mul32 => (x * y) % W,
        Op::Mul64 => (x * y) % WW,
        Op::Divu => x / y,
        Op::Remu => x - y * (x / y),
        Op::Shl32 => (x * power(y % 32)) % W,
        Op::Shl64 => (x * power(y % 64)) % WW,
        Op::Shru32 => x / power(y % 32),
        Op::Shru64 => x / power(y % 64),
        Op::Shrs32 => unsigned(signed(x, 32).div_euclid(power(y % 32) as i128), 32),
        Op::Shrs64 => unsigned(signed(x, 64).div_euclid(power(y % 64) as i128), 64),
        Op::Rotl32 => rotate(x, y % 32, 32),
        Op::Rotl64 => rotate(x, y % 64, 64),
        _ => panic!("{op:?} is not one of these"),
    };
    u64::try_from(value).expect("a slot has 64 bits")
}

/// What a load leaves, from the bytes of memory from the address on.
pub fn load(op: Op, bytes: &[u8]) -> u64 {
    let little = |n: usize| bytes[..n].iter().rev().fold(0u128, |sum, &byte| 256 * sum + u128::from(byte));
    let value = match op {
        Op::L8u => little(1),
        Op::L16u => little(2),
        Op::L32u => little(4),
        Op::L64 => little(8),
        Op::L8s32 => unsigned(signed(little(1), 8), 32),
        Op::L8s64 => unsigned(signed(little(1), 8), 64),
        Op::L16s32 => unsigned(signed(little(2), 16), 32),
        Op::L16s64 => unsigned(signed(little(2), 16), 64),
        Op::L32s64 => unsigned(signed(little(4), 32), 64),
        _ => panic!("{op:?} is no load"),
    };
    u64::try_from(value).expect("a slot has 64 bits")
}

fn power(k: u128) -> u128 {
    (0..k).fold(1, |p, _| 2 * p)
}

fn signed(x: u128, bits: u32) -> i128 {
    if x >= 1 << (bits - 1) { x as i128 - (1i128 << bits) } else { x as i128 }
}

fn unsigned(x: i128, bits: u32) -> u128 {
    x.rem_euclid(1 << bits) as u128
}

fn rotate(x: u128, k: u128, bits: u32) -> u128 {
    (x * power(k)) % (1 << bits) + x / power(u128::from(bits) - k)
}

fn bitwise(x: u128, y: u128, bit: impl Fn(u128, u128) -> bool) -> u128 {
    (0..64).map(|i| if bit(x / power(i) % 2, y / power(i) % 2) { power(i) } else { 0 }).sum()
}
