//! MTRAP: loads and stores out of bounds (section 3.13). The next instruction is the trap vector; nothing but the address is read.

use super::mem;
use crate::frontend::{FrontEnd, Read, State, time_limb};
use crate::{Step, Trace, Words};
use field::{Goldilocks, Ring};
use isa::{Op, TRAP_VECTOR};

/// The operations of this chip, in the order of their flags: all loads and stores.
pub const OPS: &[Op] = mem::OPS;

crate::columns::columns! {
    /// Flags g1..g13, in the order of [`OPS`].
    f[13] from 1,
    pc, fp, ts, msz, oa, oc, il, a_lo, a_hi, a_pt, a_dl,
    /// Lowest limb of the distance from the end of memory to the last byte.
    e0,
    /// Middle limb of it.
    e1,
}

/// Interactions of a row.
pub const INTERACTIONS: usize = 10;

/// Constraints of its own, before those of LogUp.
pub const CONSTRAINTS: usize = 14;

/// Constraints and interactions of one row.
#[inline(always)]
pub fn eval<S: Words>(row: &[S::E], sink: &mut S) {
    let c = Columns::of(row);
    let front = FrontEnd {
        ops: OPS,
        flags: &c.f,
        state: State { pc: c.pc, fp: c.fp, ts: c.ts, msz: c.msz },
        next: [S::number(TRAP_VECTOR.into()), c.fp, c.msz],
        modifiers: S::E::ZERO,
        oa: c.oa,
        oc: c.oc,
        il: c.il,
        a: Read { lo: c.a_lo, hi: c.a_hi, pt: c.a_pt, dl: c.a_dl },
        a_space: S::E::ONE,
        a_address: c.fp + c.oa,
        b: None,
        c: None,
        halt: S::E::ZERO,
    };
    let real = front.eval(sink);
    let beyond = c.a_lo + c.il + mem::kinds(c.f).size() - S::E::ONE - S::number(S::LIMB) * c.msz;
    sink.range16(real, c.e0);
    sink.range16(real, c.e1);
    sink.range16(real, (beyond - c.e0 - S::number(S::LIMB) * c.e1) * S::number(S::INV_WORD));
}

/// Appends the row of `step`: a load or store whose last byte lies at or beyond the end of memory.
pub fn fill(step: &Step, trace: &mut Trace) {
    let mut c = Columns::<Goldilocks>::default();
    let instruction = &step.instruction;
    let flag = OPS.iter().position(|op| *op == instruction.op).expect("a load or store");
    c.f[flag] = Goldilocks::ONE;
    (c.pc, c.fp, c.ts, c.msz) = (step.pc.into(), step.fp.into(), Goldilocks::new(step.ts), step.msz.into());
    (c.oa, c.oc, c.il) = (instruction.oa.into(), instruction.oc.into(), instruction.il.into());
    (c.a_lo, c.a_hi) = (step.a.lo.into(), step.a.hi.into());
    (c.a_pt, c.a_dl) = (Goldilocks::new(step.a.ts), Goldilocks::new(time_limb(step.ts, step.a.ts)));
    let last = u64::from(step.a.lo) + u64::from(instruction.il) + u64::from(super::access::width(instruction.op)) - 1;
    let beyond = last.checked_sub(u64::from(step.msz) * isa::PAGE_BYTES).expect("the access leaves memory");
    (c.e0, c.e1) = (Goldilocks::new(beyond & 0xFFFF), Goldilocks::new(beyond >> 16 & 0xFFFF));
    trace.push(&c.row());
}
