//! ARITH: multiplication, unsigned division, shifts and rotations (section 3.7).

mod equations;
mod values;

use crate::frontend::{fill_front_end, front_end};
use crate::{Step, Trace, Words};
use field::{Goldilocks, Ring};
use isa::Op;
use values::Values;

/// The operations of this chip, in the order of their flags.
pub const OPS: &[Op] = &[
    Op::Mul32,
    Op::Mul64,
    Op::Divu,
    Op::Remu,
    Op::Shl32,
    Op::Shl64,
    Op::Shru32,
    Op::Shru64,
    Op::Shrs32,
    Op::Shrs64,
    Op::Rotl32,
    Op::Rotl64,
];

crate::columns::columns! {
    /// Flags, in the order of [`OPS`].
    f[12] from 1,
    bi, pc, fp, ts, msz, oa, ob, oc, il, ih, a_lo, a_hi, a_pt, a_dl, b_lo, b_hi, b_pt, b_dl, c_lo, c_hi, q_lo,
    q_hi, c_pt, c_dl,
    /// The checked words X0..X8.
    x[9],
    /// Their low limbs Y0..Y8.
    y[9],
    /// 1 / (X1 - (W - 1)).
    i1,
    /// 1 / (X3 - (W - 1)) where X3 is the high word of a product.
    i3,
    /// 1 / (X5 - (W - 1)) where X5 is the high word of a product.
    i5,
    /// The carry of MUL64's high word.
    t,
    /// The carry of quotient * divisor + remainder.
    k0,
    /// The carry of (divisor - 1 - remainder) + remainder + 1.
    k1,
    /// The amount mod 32.
    k,
    /// Whether k is 0.
    zk,
    /// 2^k.
    pl,
    /// 2^((32 - k) mod 32).
    pr,
    /// The k top bits.
    mk,
    /// Bit 5 of the amount.
    kb,
    /// The power of two that A is multiplied by.
    p,
    /// A shifted by k.
    u[2],
    /// The word with the sign of an arithmetic shift.
    top,
    /// Its high limb.
    h_top,
    /// Its sign.
    s,
    /// The bits that the sign fills in.
    fm,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 36;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 66;

/// Constraints and interactions of one row.
#[inline(always)]
pub fn eval<S: Words>(row: &[S::E], sink: &mut S) {
    let c = Columns::of(row);
    let real = front_end!(c, OPS).eval(sink);
    equations::eval(&c, real, sink);
}

/// Appends the row of `step`, an instruction of [`OPS`] that does not divide by zero: such a division has no row.
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    fill_front_end!(c, OPS, step);
    let values = Values::of(step.instruction.op, (step.a.lo, step.a.hi), (step.b.lo, step.b.hi));
    set(&mut c, &values.expect("the program tests for zero before it divides"));
    trace.push(&c.row());
}

fn set(c: &mut Columns<Goldilocks>, v: &Values) {
    for i in 0..9 {
        (c.x[i], c.y[i]) = (v.x[i].into(), (v.x[i] & 0xFFFF).into());
    }
    // X - (W - 1) is not 0: the high word of a product of two words is at most W - 2.
    let inverse = |which: usize| {
        let high = Goldilocks::from(v.x[2 * which + 1]) - Goldilocks::from(u32::MAX);
        if v.split[which] { high.inverse() } else { Goldilocks::ZERO }
    };
    (c.i1, c.i3, c.i5) = (inverse(0), inverse(1), inverse(2));
    (c.t, c.k0, c.k1) = (v.t.into(), v.k0.into(), v.k1.into());
    let [zk, pl, pr, mk] = v.pow.map(Goldilocks::from);
    (c.k, c.zk, c.pl, c.pr, c.mk) = (v.k.into(), zk, pl, pr, mk);
    (c.kb, c.p) = (v.kb.into(), v.p.into());
    c.u = v.u.map(Goldilocks::from);
    (c.top, c.h_top) = (v.top.into(), (v.top >> 16).into());
    (c.s, c.fm) = (v.s.into(), v.fm.into());
}
