//! MEM: loads and stores whose bytes lie in one cell of linear memory (section 3.6).

use super::access::{Access, Kinds, Values};
use super::bytes::{bytes_of, element, four, word_of};
use crate::frontend::{access, fill_front_end_without_b, front_end_without_b, space, time_limb};
use crate::{Step, Trace, Words};
use field::{Goldilocks, Ring};
use isa::Op;

/// The operations of this chip, in the order of their flags.
pub const OPS: &[Op] =
    &[Op::L8u, Op::L16u, Op::L32u, Op::L64, Op::L8s32, Op::L8s64, Op::L16s32, Op::L16s64, Op::L32s64, Op::S8, Op::S16, Op::S32, Op::S64];

crate::columns::columns! {
    /// Flags g1..g13, in the order of [`OPS`].
    f[13] from 1,
    pc, fp, ts, msz, oa, oc, il, a_lo, a_hi, a_pt, a_dl, c_lo, c_hi, q_lo, q_hi, c_pt, c_dl,
    /// Flags of the offset in the cell.
    o[8],
    /// Bytes of the cell before.
    v[8],
    /// Bytes loaded or stored.
    x[8],
    /// The number of the cell.
    cell,
    /// Its low limb.
    cl,
    /// Low limb of the distance from the last byte to the end of memory.
    sl,
    /// The cell after, low word.
    nw_lo,
    /// The cell after, high word.
    nw_hi,
    /// The cell, previous timestamp.
    m_pt,
    /// The cell, low limb of the time between.
    m_dl,
    /// The byte with the sign of a sign-extending load.
    tb,
    /// Its sign.
    sg,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 28;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 56;

/// Sums of the flags g1..g13.
pub(super) fn kinds<E: Ring>([g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13]: [E; 13]) -> Kinds<E> {
    let l2 = g3 + g4 + g9;
    let l1 = l2 + g2 + g7 + g8;
    let s1 = g13 + g12 + g11;
    Kinds::of([l1 + g1 + g5 + g6, l1, l2, g4], [s1 + g10, s1, g13 + g12, g13], Some(g5 + g6), g7 + g8, g9, g6 + g8 + g9)
}

/// Constraints and interactions of one row.
#[inline(always)]
pub fn eval<S: Words>(row: &[S::E], sink: &mut S) {
    let c = Columns::of(row);
    let real = front_end_without_b!(c, OPS).eval(sink);
    let ea = c.a_lo + c.il;
    let (slot, old) = ([c.c_lo, c.c_hi], [c.q_lo, c.q_hi]);
    let (kinds, x) = (kinds(c.f), &c.x);
    let window = Access { kinds, real, ea, msz: c.msz, c: slot, q: old, x, cell: c.cell, cl: c.cl, sl: c.sl, tb: c.tb, sg: c.sg };
    window.place(&c.o, 0, sink);
    sink.constraint(kinds.sized(2) * c.o[7]);
    sink.constraint(kinds.sized(4) * (c.o[5] + c.o[6] + c.o[7]));
    sink.constraint(kinds.sized(8) * (real - c.o[0]));
    window.in_bounds(sink);
    window.bytes(&c.v, sink);
    moved(&c, &kinds, sink);
    window.stored(sink);
    window.loaded(sink);
    let (lo, hi) = (word_of::<S>(four(&c.v, 0)), word_of::<S>(four(&c.v, 4)));
    let now = c.ts + S::number(2);
    access(sink, real, [S::number(space::LIN), c.cell], [lo, hi, c.m_pt], [c.nw_lo, c.nw_hi, now], c.m_dl);
}

/// M6, M7: the bytes of a load are those of its window; a store changes those and no others.
fn moved<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let (nl, ns) = (&kinds.nl, &kinds.ns);
    for j in 0..8 {
        let seen = (0..8 - j).fold(S::E::ZERO, |sum, i| sum + c.o[i] * c.v[i + j]);
        sink.constraint(nl[j] * (c.x[j] - seen));
        sink.constraint((nl[0] - nl[j]) * c.x[j]);
    }
    for (new, first) in [(c.nw_lo, 0), (c.nw_hi, 4)] {
        let change = std::array::from_fn(|byte| {
            let at = first + byte;
            (0..=at).fold(S::E::ZERO, |sum, j| sum + c.o[at - j] * (ns[j] * (c.x[j] - c.v[at])))
        });
        sink.constraint(new - word_of::<S>(four(&c.v, first)) - word_of::<S>(change));
    }
}

/// Appends the row of `step`: a load or store in bounds, in one cell.
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    fill_front_end_without_b!(c, OPS, step);
    let values = Values::of(step);
    c.o[values.offset] = Goldilocks::ONE;
    c.v = bytes_of(step.cells[0].lo, step.cells[0].hi).map(element);
    c.x = values.x.map(element);
    (c.cell, c.cl, c.sl) = (values.cell.into(), (values.cell & 0xFFFF).into(), values.slack_limb.into());
    (c.nw_lo, c.nw_hi) = (step.cells_new[0].0.into(), step.cells_new[0].1.into());
    c.m_pt = Goldilocks::new(step.cells[0].ts);
    c.m_dl = Goldilocks::new(time_limb(step.ts + 2, step.cells[0].ts));
    (c.tb, c.sg) = (element(values.tb), element(values.tb >> 7));
    trace.push(&c.row());
}
