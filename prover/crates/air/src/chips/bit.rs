//! BIT: AND, OR and XOR, byte by byte through the AND table (section 3.7). The shortest chip: read it first.

use crate::frontend::{fill_front_end, front_end};
use crate::{Bus, Step, Trace, Words};
use field::{Goldilocks, Ring};
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

/// The four bytes of a word of which three have columns.
fn bytes_of<S: Words>(word: S::E, low: [S::E; 3]) -> [S::E; 4] {
    let rest = (0..3).fold(word, |rest, i| rest - S::byte_power(i) * low[i as usize]);
    [low[0], low[1], low[2], rest * S::number(S::INV_BYTES3)]
}

/// The word of four bytes.
fn word_of<S: Words>(bytes: &[S::E]) -> S::E {
    bytes.iter().zip(0..).fold(S::E::ZERO, |sum, (&byte, i)| sum + S::byte_power(i) * byte)
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
        let z = &c.z[at..at + 4];
        for ((x, y), &z) in bytes_of::<S>(a, a_low).into_iter().zip(bytes_of::<S>(b, b_low)).zip(z) {
            sink.send(real, Bus::And, &[x, y, z]);
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
