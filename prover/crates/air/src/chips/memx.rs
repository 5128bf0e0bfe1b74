//! MEMX: loads and stores whose bytes lie in two neighbouring cells (section 3.12). MEM cannot prove these, and this chip no others.

use super::access::{Access, Kinds, Values};
use super::bytes::{bytes_of, element, four, word_of};
use crate::frontend::{access, fill_front_end_without_b, front_end_without_b, space, time_limb};
use crate::{Step, Trace, Words};
use field::{Goldilocks, Ring};
use isa::Op;

/// The operations of this chip, in the order of their flags: those of two bytes and more.
pub const OPS: &[Op] = &[Op::L16u, Op::L32u, Op::L64, Op::L16s32, Op::L16s64, Op::L32s64, Op::S16, Op::S32, Op::S64];

crate::columns::columns! {
    /// Flags, in the order of [`OPS`].
    f[9] from 1,
    pc, fp, ts, msz, oa, oc, il, a_lo, a_hi, a_pt, a_dl, c_lo, c_hi, q_lo, q_hi, c_pt, c_dl,
    /// Flags of the offset in the first cell, 1..=7.
    o[7] from 1,
    /// Bytes of both cells before.
    v[16],
    /// Bytes loaded or stored.
    x[8],
    /// The number of the first cell.
    cell,
    /// Its low limb.
    cl,
    /// Low limb of the distance from the last byte to the end of memory.
    sl,
    /// The four words of both cells after.
    n[4],
    /// The first cell, previous timestamp.
    m_pt,
    /// The first cell, low limb of the time between.
    m_dl,
    /// The second cell, previous timestamp.
    m2_pt,
    /// The second cell, low limb of the time between.
    m2_dl,
    /// The byte with the sign of a sign-extending load.
    tb,
    /// Its sign.
    sg,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 36;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 51;

/// Sums of the flags, which the specification calls g2 g3 g4 g7 g8 g9 g11 g12 g13. No operation has one byte, so more than none is more
/// than one.
fn kinds<E: Ring>([g2, g3, g4, g7, g8, g9, g11, g12, g13]: [E; 9]) -> Kinds<E> {
    let l2 = g3 + g4 + g9;
    let (l1, s1) = (l2 + g2 + g7 + g8, g13 + g12 + g11);
    Kinds::of([l1, l1, l2, g4], [s1, s1, g13 + g12, g13], None, g7 + g8, g9, g8 + g9)
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
    window.place(&c.o, 1, sink);
    let [.., o5, o6, o7] = c.o;
    sink.constraint(kinds.sized(2) * (S::E::ONE - o7));
    sink.constraint(kinds.sized(4) * (S::E::ONE - o5 - o6 - o7));
    window.in_bounds(sink);
    window.bytes(&c.v, sink);
    moved(&c, &kinds, sink);
    window.stored(sink);
    window.loaded(sink);
    let now = c.ts + S::number(2);
    let w = |u: usize| word_of::<S>(four(&c.v, 4 * u));
    access(sink, real, [S::number(space::LIN), c.cell], [w(0), w(1), c.m_pt], [c.n[0], c.n[1], now], c.m_dl);
    access(sink, real, [S::number(space::LIN), c.cell + S::E::ONE], [w(2), w(3), c.m2_pt], [c.n[2], c.n[3], now], c.m2_dl);
}

/// X6, X7: the bytes of a load are those of its window; a store changes those and no others.
fn moved<S: Words>(c: &Columns<S::E>, kinds: &Kinds<S::E>, sink: &mut S) {
    let (nl, ns) = (&kinds.nl, &kinds.ns);
    for j in 0..8 {
        let seen = (1..8).fold(S::E::ZERO, |sum, i| sum + c.o[i - 1] * c.v[i + j]);
        sink.constraint(nl[j] * (c.x[j] - seen));
        sink.constraint((nl[0] - nl[j]) * c.x[j]);
    }
    for u in 0..4 {
        let change = std::array::from_fn(|byte| {
            let at = 4 * u + byte;
            (0..8).filter(|j| (j + 1..j + 8).contains(&at)).fold(S::E::ZERO, |sum, j| sum + c.o[at - j - 1] * (ns[j] * (c.x[j] - c.v[at])))
        });
        sink.constraint(c.n[u] - word_of::<S>(four(&c.v, 4 * u)) - word_of::<S>(change));
    }
}

/// Appends the row of `step`: a load or store in bounds, across two cells.
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    fill_front_end_without_b!(c, OPS, step);
    let values = Values::of(step);
    c.o[values.offset - 1] = Goldilocks::ONE;
    for (u, (old, new)) in step.cells.iter().zip(step.cells_new).enumerate() {
        c.v[8 * u..8 * u + 8].copy_from_slice(&bytes_of(old.lo, old.hi).map(element));
        (c.n[2 * u], c.n[2 * u + 1]) = (new.0.into(), new.1.into());
    }
    c.x = values.x.map(element);
    (c.cell, c.cl, c.sl) = (values.cell.into(), (values.cell & 0xFFFF).into(), values.slack_limb.into());
    let limb = |before: u64| Goldilocks::new(time_limb(step.ts + 2, before));
    let [first, second] = step.cells.map(|cell| cell.ts);
    (c.m_pt, c.m_dl) = (Goldilocks::new(first), limb(first));
    (c.m2_pt, c.m2_dl) = (Goldilocks::new(second), limb(second));
    (c.tb, c.sg) = (element(values.tb), element(values.tb >> 7));
    trace.push(&c.row());
}
