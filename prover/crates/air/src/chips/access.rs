//! What MEM and MEMX say alike of an access (sections 3.6 and 3.12): where it lies, which bytes it moves, what it leaves in the slot; and
//! the plain computation of the same for their rows.

use super::bytes::{bytes_of, four, word_of};
use crate::{Bus, Step, Words};
use field::Ring;
use isa::Op;

/// The cells that both chips have, and the sums of their flags that equations are switched by.
pub(super) struct Access<'a, E> {
    /// The sums of the flags.
    pub kinds: Kinds<E>,
    /// The sum of all flags.
    pub real: E,
    /// The first byte: a_lo + il.
    pub ea: E,
    /// Pages of memory.
    pub msz: E,
    /// The slot after.
    pub c: [E; 2],
    /// The slot before.
    pub q: [E; 2],
    /// The accessed bytes.
    pub x: &'a [E; 8],
    /// The number of the (first) cell.
    pub cell: E,
    /// Its low limb.
    pub cl: E,
    /// The low limb of the distance to the end of memory.
    pub sl: E,
    /// The byte with the sign of a sign-extending load.
    pub tb: E,
    /// Its sign.
    pub sg: E,
}

/// Sums of flags.
#[derive(Clone, Copy)]
pub(super) struct Kinds<E> {
    /// NL_j for j = 0..8: loads of more than j bytes; NL_0 is ld.
    pub nl: [E; 8],
    /// NS_j for j = 0..8: stores of more than j bytes; NS_0 is st.
    pub ns: [E; 8],
    /// Sign-extending loads of one byte; `None` in a chip that has none.
    pub signed1: Option<E>,
    /// Sign-extending loads of two bytes.
    pub signed2: E,
    /// Sign-extending loads of four bytes.
    pub signed4: E,
    /// Sign-extending loads to 64 bits.
    pub wide: E,
}

impl<E: Ring> Kinds<E> {
    /// From the sums of the loads and of the stores of more than 0, 1, 2 and 4 bytes.
    pub fn of([l0, l1, l2, l4]: [E; 4], [s0, s1, s2, s4]: [E; 4], signed1: Option<E>, signed2: E, signed4: E, wide: E) -> Self {
        let (nl, ns) = ([l0, l1, l2, l2, l4, l4, l4, l4], [s0, s1, s2, s2, s4, s4, s4, s4]);
        Self { nl, ns, signed1, signed2, signed4, wide }
    }

    /// The sum of the flags with this many bytes: s1, s2, s4, s8.
    pub fn sized(&self, bytes: usize) -> E {
        let at_least = self.nl[bytes - 1] + self.ns[bytes - 1];
        if bytes == 8 { at_least } else { at_least - self.nl[bytes] - self.ns[bytes] }
    }

    /// sz: the number of bytes accessed, 1 + [> 1] + 2 [> 2] + 4 [> 4].
    pub fn size(&self) -> E {
        let more = |bytes: usize| self.nl[bytes] + self.ns[bytes];
        let (two, four) = (more(2) + more(2), more(4) + more(4));
        more(0) + more(1) + two + four + four
    }
}

/// Whether `op` extends the sign of what it loads.
fn is_signed(op: Op) -> bool {
    matches!(op, Op::L8s32 | Op::L8s64 | Op::L16s32 | Op::L16s64 | Op::L32s64)
}

/// Bytes that `op` accesses; 0 when it accesses none.
pub(super) fn width(op: Op) -> u32 {
    op.access_width().unwrap_or(0)
}

impl<E: Ring> Access<'_, E> {
    /// M1, M2: one offset in the cell, by the flags `o` of the offsets from `first` up, and the cell that the address lies in.
    pub fn place<S: Words<E = E>>(&self, o: &[E], first: u64, sink: &mut S) {
        for &flag in o {
            sink.boolean(flag);
        }
        sink.constraint(o.iter().fold(E::ZERO, |sum, &flag| sum + flag) - self.real);
        let off = o.iter().zip(first..).fold(E::ZERO, |sum, (&flag, i)| sum + S::number(i) * flag);
        sink.constraint(self.real * (self.ea - S::number(8) * self.cell - off));
        sink.range32(self.real, self.cell, self.cl);
    }

    /// M4: the last byte lies in memory, whose pages have as many bytes as a limb has values.
    pub fn in_bounds<S: Words<E = E>>(&self, sink: &mut S) {
        sink.range32(self.real, S::number(S::LIMB) * self.msz - self.ea - self.kinds.size(), self.sl);
    }

    /// M5: old bytes and accessed bytes are bytes.
    pub fn bytes<S: Words<E = E>>(&self, v: &[E], sink: &mut S) {
        for pair in v.chunks_exact(2).chain(self.x.chunks_exact(2)) {
            sink.send(self.real, Bus::Pair, pair);
        }
    }

    /// M8: a store leaves its slot as it is, and its bytes are those of the slot.
    pub fn stored<S: Words<E = E>>(&self, sink: &mut S) {
        let st = self.kinds.ns[0];
        sink.constraint(st * (self.c[0] - word_of::<S>(four(self.x, 0))));
        sink.constraint(st * (self.c[1] - word_of::<S>(four(self.x, 4))));
        sink.constraint(st * (self.c[0] - self.q[0]));
        sink.constraint(st * (self.c[1] - self.q[1]));
    }

    /// M9, M10: a load leaves its bytes in the slot, above them the sign where the operation has one. MEMX has no operation of one byte,
    /// so it does not say which byte has the sign of one.
    pub fn loaded<S: Words<E = E>>(&self, sink: &mut S) {
        let Kinds { nl: [ld, ..], signed1, signed2, signed4, wide, .. } = self.kinds;
        let (one, tb, sg) = (E::ONE, self.tb, self.sg);
        let mut any = signed2 + signed4;
        let mut above = signed2 * S::number(S::WORD - S::LIMB);
        if let Some(signed1) = signed1 {
            sink.constraint(signed1 * (tb - self.x[0]));
            any += signed1;
            above += signed1 * S::number(S::WORD - S::BYTE);
        }
        sink.constraint(signed2 * (tb - self.x[1]));
        sink.constraint(signed4 * (tb - self.x[3]));
        let sign = S::number(S::BYTE / 2);
        sink.send(any, Bus::And, &[tb, sign, sign * sg]);
        sink.boolean(sg);
        sink.constraint(sg * (one - any));
        sink.constraint(ld * self.c[0] - ld * word_of::<S>(four(self.x, 0)) - sg * above);
        sink.constraint(ld * self.c[1] - ld * word_of::<S>(four(self.x, 4)) - sg * wide * S::number(S::WORD - 1));
    }
}

/// What the cells of an access hold, from plain integers.
pub(super) struct Values {
    /// The number of the (first) cell.
    pub cell: u32,
    /// Where in it the access begins.
    pub offset: usize,
    /// The accessed bytes: of a load those it reads, then zeros; of a store all of the slot.
    pub x: [u8; 8],
    /// The low limb of the distance from the last byte to the end of memory.
    pub slack_limb: u32,
    /// The byte with the sign; 0 where none is looked at.
    pub tb: u8,
}

impl Values {
    /// The values of a load or store in bounds.
    pub fn of(step: &Step) -> Self {
        let op = step.instruction.op;
        let size = width(op) as usize;
        let ea = u64::from(step.a.lo) + u64::from(step.instruction.il);
        let slack = (u64::from(step.msz) * isa::PAGE_BYTES).checked_sub(ea + size as u64).expect("the access lies in memory");
        let (cell, offset) = (u32::try_from(ea / 8).expect("a cell of a 32-bit memory"), (ea % 8) as usize);
        let mut x = [0; 8];
        if op.is_store() {
            x = bytes_of(step.c.lo, step.c.hi);
        } else {
            let both = [bytes_of(step.cells[0].lo, step.cells[0].hi), bytes_of(step.cells[1].lo, step.cells[1].hi)].concat();
            x[..size].copy_from_slice(&both[offset..offset + size]);
        }
        let tb = if is_signed(op) { x[size - 1] } else { 0 };
        Values { cell, offset, x, slack_limb: (slack & 0xFFFF) as u32, tb }
    }
}
