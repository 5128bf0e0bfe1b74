//! What the columns of an ARITH row hold, computed with plain integers (section 3.7).

use isa::Op;

/// The checked words, carries, amounts and helpers of one row; those that an operation does not use are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    /// X0..X8.
    pub x: [u32; 9],
    /// The high words that A3 asks an inverse for: X1 always, X3 and X5 where they are the high word of a product.
    pub split: [bool; 3],
    /// The carry of MUL64's high word, 0..=2.
    pub t: u32,
    /// The carry of remainder + quotient * divisor.
    pub k0: u32,
    /// The carry of (divisor - 1 - remainder) + remainder + 1.
    pub k1: u32,
    /// The amount mod 32.
    pub k: u32,
    /// The row of POW at `k`: zk, PL, PR, MK.
    pub pow: [u32; 4],
    /// Bit 5 of the amount.
    pub kb: u32,
    /// The power of two that the operand is multiplied by.
    pub p: u32,
    /// The shifted words before the words change places.
    pub u: [u32; 2],
    /// The word that holds the sign of an arithmetic shift.
    pub top: u32,
    /// Its sign.
    pub s: u32,
    /// The bits that the sign fills in.
    pub fm: u32,
}

/// The row of POW at `k` < 32: zk = [k = 0], PL = 2^k, PR = 2^((32 - k) mod 32), MK = the k top bits.
pub(super) fn pow_row(k: u32) -> [u32; 4] {
    let fill = if k == 0 { 0 } else { u32::MAX << (32 - k) };
    [u32::from(k == 0), 1 << k, 1 << ((32 - k) % 32), fill]
}

fn split(product: u64) -> (u32, u32) {
    (product as u32, (product >> 32) as u32)
}

fn product(x: u32, y: u32) -> (u32, u32) {
    split(u64::from(x) * u64::from(y))
}

impl Values {
    /// The values of `op` on operands given as (low, high) words; `None` for an operation of another chip and for a division by zero,
    /// which has no row.
    pub fn of(op: Op, a: (u32, u32), b: (u32, u32)) -> Option<Values> {
        match op {
            Op::Mul32 | Op::Mul64 => Some(Self::multiplication(op, a, b)),
            Op::Divu | Op::Remu => Self::division(a, b),
            Op::Shl32 | Op::Shl64 | Op::Rotl32 | Op::Rotl64 => Some(Self::shift(op, true, a, b.0)),
            Op::Shru32 | Op::Shru64 | Op::Shrs32 | Op::Shrs64 => Some(Self::shift(op, false, a, b.0)),
            _ => None,
        }
    }

    fn multiplication(op: Op, a: (u32, u32), b: (u32, u32)) -> Values {
        let mut v = Values { split: [true, op == Op::Mul64, op == Op::Mul64], ..Values::default() };
        (v.x[0], v.x[1]) = product(a.0, b.0);
        if op == Op::Mul64 {
            (v.x[2], v.x[3]) = product(a.0, b.1);
            (v.x[4], v.x[5]) = product(a.1, b.0);
            (v.x[6], v.t) = split(u64::from(v.x[1]) + u64::from(v.x[2]) + u64::from(v.x[4]));
        }
        v
    }

    fn division(a: (u32, u32), b: (u32, u32)) -> Option<Values> {
        let mut v = Values { split: [true, false, false], ..Values::default() };
        let join = |(lo, hi): (u32, u32)| u64::from(lo) | u64::from(hi) << 32;
        let (dividend, divisor) = (join(a), join(b));
        let quotient = dividend.checked_div(divisor)?;
        let remainder = dividend % divisor;
        (v.x[2], v.x[3]) = split(quotient);
        (v.x[4], v.x[5]) = split(remainder);
        (v.x[7], v.x[8]) = split(divisor - 1 - remainder);
        (v.x[0], v.x[1]) = product(v.x[2], b.0);
        // quotient * divisor is at most the dividend, so this sum is below 2^32 and the quotient's and the divisor's high words are not both set.
        v.x[6] = v.x[2].wrapping_mul(b.1).wrapping_add(v.x[3].wrapping_mul(b.0));
        v.k0 = split(u64::from(v.x[0]) + u64::from(v.x[4])).1;
        v.k1 = split(u64::from(v.x[7]) + u64::from(v.x[4]) + 1).1;
        Some(v)
    }

    fn shift(op: Op, left: bool, a: (u32, u32), amount: u32) -> Values {
        let mut v = Values { split: [true, true, false], k: amount % 32, kb: amount / 32 % 2, ..Values::default() };
        v.pow = pow_row(v.k);
        v.p = if left { v.pow[1] } else { v.pow[2] };
        (v.x[0], v.x[1]) = product(a.0, v.p);
        (v.x[2], v.x[3]) = product(a.1, v.p);
        v.x[6] = amount / 64;
        v.u = match op {
            Op::Shl32 => [v.x[0], 0],
            Op::Rotl32 => [v.x[0] + v.x[1], 0],
            Op::Shl64 => [v.x[0], v.x[1] + v.x[2]],
            Op::Rotl64 => [v.x[0] + v.x[3], v.x[1] + v.x[2]],
            _ if v.k == 0 => [v.x[0], v.x[2]],
            _ => [v.x[1] + v.x[2], v.x[3]],
        };
        if matches!(op, Op::Shrs32 | Op::Shrs64) {
            v.top = if op == Op::Shrs32 { a.0 } else { a.1 };
            v.s = v.top >> 31;
            v.fm = v.s * v.pow[3];
        }
        v
    }
}
