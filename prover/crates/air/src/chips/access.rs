//! What MEM and MEMX say alike of an access (sections 3.6 and 3.12): where it lies, which bytes it moves, what it leaves in the slot; and
//! the plain computation of the same for their rows.

use crate::frontend::sum_of;
use crate::{Bus, Step, Words};
use field::{Goldilocks, Ring};
use isa::Op;

/// The cells that both chips have.
pub(super) struct Access<'a, E> {
    /// The operations of the chip, loads first.
    pub ops: &'a [Op],
    /// One flag for each.
    pub f: &'a [E],
    /// The sum of the flags.
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

/// Whether `op` extends the sign of what it loads.
pub(super) fn is_signed(op: Op) -> bool {
    matches!(op, Op::L8s32 | Op::L8s64 | Op::L16s32 | Op::L16s64 | Op::L32s64)
}

/// Bytes that `op` accesses; 0 when it accesses none.
pub(super) fn width(op: Op) -> u32 {
    op.access_width().unwrap_or(0)
}

/// The number of bytes accessed, sz, from the flags of a chip.
pub(super) fn size_of<E: Ring>(ops: &[Op], flags: &[E]) -> E {
    [1, 2, 4, 8].into_iter().fold(E::ZERO, |sum, size| sum + E::of(size.into()) * sum_of(ops, flags, |op| width(op) == size))
}

/// The word of four bytes, lowest first.
pub(super) fn word_of<S: Words>(bytes: &[S::E]) -> S::E {
    bytes.iter().zip(0..).fold(S::E::ZERO, |sum, (&byte, i)| sum + S::byte_power(i) * byte)
}

impl<E: Ring> Access<'_, E> {
    fn sum(&self, which: impl Fn(Op) -> bool) -> E {
        sum_of(self.ops, self.f, which)
    }

    /// The sum of the flags with this many bytes: s2, s4, s8.
    pub fn sized(&self, bytes: u32) -> E {
        self.sum(|op| width(op) == bytes)
    }

    /// NL_j: the sum of the load flags with more than `j` bytes; NL_0 is ld.
    pub fn nl(&self, j: usize) -> E {
        self.sum(|op| !op.is_store() && width(op) as usize > j)
    }

    /// NS_j: the sum of the store flags with more than `j` bytes; NS_0 is st.
    pub fn ns(&self, j: usize) -> E {
        self.sum(|op| op.is_store() && width(op) as usize > j)
    }

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
        sink.range32(self.real, S::number(S::LIMB) * self.msz - self.ea - size_of(self.ops, self.f), self.sl);
    }

    /// M5: old bytes and accessed bytes are bytes.
    pub fn bytes<S: Words<E = E>>(&self, v: &[E], sink: &mut S) {
        for pair in v.chunks_exact(2).chain(self.x.chunks_exact(2)) {
            sink.send(self.real, Bus::Pair, pair);
        }
    }

    /// M8: a store leaves its slot as it is, and its bytes are those of the slot.
    pub fn stored<S: Words<E = E>>(&self, sink: &mut S) {
        let st = self.ns(0);
        sink.constraint(st * (self.c[0] - word_of::<S>(&self.x[..4])));
        sink.constraint(st * (self.c[1] - word_of::<S>(&self.x[4..])));
        sink.constraint(st * (self.c[0] - self.q[0]));
        sink.constraint(st * (self.c[1] - self.q[1]));
    }

    /// M9, M10: a load leaves its bytes in the slot, above them the sign where the operation has one. MEMX has no operation of one byte,
    /// so it does not say which byte has the sign of one.
    pub fn loaded<S: Words<E = E>>(&self, sink: &mut S) {
        let (ld, one, tb, sg) = (self.nl(0), E::ONE, self.tb, self.sg);
        let signed = |bytes: u32| self.sum(|op| is_signed(op) && width(op) == bytes);
        if self.ops.contains(&Op::L8s32) {
            sink.constraint(signed(1) * (tb - self.x[0]));
        }
        sink.constraint(signed(2) * (tb - self.x[1]));
        sink.constraint(signed(4) * (tb - self.x[3]));
        let any = self.sum(is_signed);
        let sign = S::number(S::BYTE / 2);
        sink.send(any, Bus::And, &[tb, sign, sign * sg]);
        sink.boolean(sg);
        sink.constraint(sg * (one - any));
        let above = signed(1) * S::number(S::WORD - S::BYTE) + signed(2) * S::number(S::WORD - S::LIMB);
        sink.constraint(ld * self.c[0] - ld * word_of::<S>(&self.x[..4]) - sg * above);
        let wide = self.sum(|op| matches!(op, Op::L8s64 | Op::L16s64 | Op::L32s64));
        sink.constraint(ld * self.c[1] - ld * word_of::<S>(&self.x[4..]) - sg * wide * S::number(S::WORD - 1));
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

/// The bytes of two words, lowest first.
pub(super) fn bytes_of(lo: u32, hi: u32) -> [u8; 8] {
    (u64::from(lo) | u64::from(hi) << 32).to_le_bytes()
}

/// A byte as a field element.
pub(super) fn element(byte: u8) -> Goldilocks {
    u32::from(byte).into()
}
