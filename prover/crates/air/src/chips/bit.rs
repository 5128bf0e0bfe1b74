//! BIT: AND, OR and XOR, byte by byte through the AND table (section 3.7). The shortest chip: read it first.

use super::bytes::{bytes_of_word, four, word_of};
use crate::frontend::{fill_front_end, front_end};
use crate::{Bus, Step, Trace, Words};
use field::Goldilocks;
use isa::Op;

/// The operations of this chip, in the order of their flags.
pub const OPS: &[Op] = &[Op::And, Op::Or, Op::Xor];

crate::columns::columns! {
    /// Flags: AND, OR, XOR.
    f[3] from 1,
    bi, pc, fp, ts, msz, oa, ob, oc, il, ih, a_lo, a_hi, a_pt, a_dl, b_lo, b_hi, b_pt, b_dl, c_lo, c_hi, q_lo,
    q_hi, c_pt, c_dl,
    /// Low three bytes of A's low word; the fourth is what is left of it.
    al[3],
    /// Low three bytes of A's high word.
    ah[3],
    /// Low three bytes of B's low word.
    bl[3],
    /// Low three bytes of B's high word.
    bh[3],
    /// The AND of each pair of bytes.
    z[8],
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 23;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 14;

/// Constraints and interactions of one row.
#[inline(always)]
pub fn eval<S: Words>(row: &[S::E], sink: &mut S) {
    let c = Columns::of(row);
    let real = front_end!(c, OPS).eval(sink);
    let [and, or, xor] = c.f;
    let halves = [([c.a_lo, c.b_lo, c.c_lo], c.al, c.bl, 0), ([c.a_hi, c.b_hi, c.c_hi], c.ah, c.bh, 4)];
    for ([a, b, result], a_low, b_low, at) in halves {
        let z = four(&c.z, at);
        let (x, y) = (bytes_of_word::<S>(a, a_low), bytes_of_word::<S>(b, b_low));
        for i in 0..4 {
            sink.send(real, Bus::And, &[x[i], y[i], z[i]]);
        }
        let both = word_of::<S>(z);
        sink.constraint(and * (result - both));
        sink.constraint(or * (result - a - b + both));
        sink.constraint(xor * (result - a - b + both + both));
    }
}

/// Appends the row of `step`, an instruction of [`OPS`].
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    fill_front_end!(c, OPS, step);
    let byte = |word: u32, i: usize| Goldilocks::from(word >> (8 * i) & 0xFF);
    for i in 0..3 {
        (c.al[i], c.ah[i]) = (byte(step.a.lo, i), byte(step.a.hi, i));
        (c.bl[i], c.bh[i]) = (byte(step.b.lo, i), byte(step.b.hi, i));
    }
    for i in 0..4 {
        (c.z[i], c.z[4 + i]) = (byte(step.a.lo & step.b.lo, i), byte(step.a.hi & step.b.hi, i));
    }
    trace.push(&c.row());
}
