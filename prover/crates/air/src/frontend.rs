//! The front end that every chip with instructions shares (section 3.4).

use crate::{Bus, Words};
use field::Ring;
use isa::Op;

/// Spaces of the MEM bus (section 2.3).
pub mod space {
    /// Frame slots.
    pub const FRAME: u64 = 1;
    /// Globals, function table, output range.
    pub const SYS: u64 = 2;
    /// Linear memory, by cell of 8 bytes.
    pub const LIN: u64 = 3;
    /// The key after the last touched address: sp = 4, addr = 0.
    pub const END: u64 = 4;
}

/// pc, fp, ts and msz: the tuple of the EXEC bus.
#[derive(Clone, Copy, Debug)]
pub struct State<E> {
    /// Row of the ROM.
    pub pc: E,
    /// Frame pointer.
    pub fp: E,
    /// Timestamp.
    pub ts: E,
    /// Pages of linear memory.
    pub msz: E,
}

/// A read: the value, the time of the access before, the low limb of the time difference.
#[derive(Clone, Copy, Debug)]
pub struct Read<E> {
    /// The low word.
    pub lo: E,
    /// The high word.
    pub hi: E,
    /// The previous timestamp.
    pub pt: E,
    /// The low limb of the time between.
    pub dl: E,
}

/// Operand B: a slot, or with `bi` = 1 the constant (il, ih).
#[derive(Clone, Copy, Debug)]
pub struct OperandB<E> {
    /// Whether B is the constant.
    pub bi: E,
    /// The slot operand.
    pub ob: E,
    /// The high word of the constant.
    pub ih: E,
    /// The value.
    pub read: Read<E>,
}

/// Operand C: the value before and after.
#[derive(Clone, Copy, Debug)]
pub struct Write<E> {
    /// The low word written.
    pub lo: E,
    /// The high word written.
    pub hi: E,
    /// The low word before.
    pub old_lo: E,
    /// The high word before.
    pub old_hi: E,
    /// The previous timestamp.
    pub pt: E,
    /// The low limb of the time between.
    pub dl: E,
    /// The space written to.
    pub space: E,
    /// The address written to.
    pub address: E,
}

/// What CPU, MEM, MEMX, MTRAP, ARITH and BIT share (section 3.4): one row is one instruction; it takes the state off the EXEC bus, puts the
/// next one on it, looks its instruction up in the ROM, and accesses its operands.
#[derive(Clone, Copy, Debug)]
pub struct FrontEnd<'a, E> {
    /// The operations of the flags, by code.
    pub ops: &'a [Op],
    /// One flag for each operation.
    pub flags: &'a [E],
    /// The state before the instruction.
    pub state: State<E>,
    /// Next pc, fp and msz.
    pub next: [E; 3],
    /// What is added to the op column besides the codes and 64 bi: 128 inv in CPU.
    pub modifiers: E,
    /// Operand fields of the instruction.
    pub oa: E,
    /// Operand C of the instruction.
    pub oc: E,
    /// Low word of the immediate.
    pub il: E,
    /// Operand A.
    pub a: Read<E>,
    /// The space that A is read from.
    pub a_space: E,
    /// The address of A.
    pub a_address: E,
    /// Operand B; `None` in the chips that have none (their ROM tuple has ob = ih = 0).
    pub b: Option<OperandB<E>>,
    /// Operand C; `None` in MTRAP.
    pub c: Option<Write<E>>,
    /// Flag of the instruction that has no successor.
    pub halt: E,
}

/// The sum of the flags whose operation `which` holds for.
#[inline(always)]
pub fn sum_of<E: Ring>(ops: &[Op], flags: &[E], which: impl Fn(Op) -> bool) -> E {
    ops.iter().zip(flags).filter(|(op, _)| which(**op)).fold(E::ZERO, |sum, (_, flag)| sum + *flag)
}

impl<E: Ring> FrontEnd<'_, E> {
    /// FE1 to FE3 and the interactions of the front end, in the order of section 3.4. Gives back `real`: 1 on rows that are instructions.
    #[inline(always)]
    pub fn eval<S: Words<E = E>>(&self, sink: &mut S) -> E {
        let State { pc, fp, ts, msz } = self.state;
        let form = |which: fn(Op) -> bool| sum_of(self.ops, self.flags, which);
        let (real, ra, rbf, wc) = (form(|_| true), form(Op::reads_a), form(Op::uses_b), form(Op::writes_c));
        let codes = self.ops.iter().zip(self.flags).fold(self.modifiers, |sum, (op, flag)| sum + *flag * E::of(op.code().into()));

        for flag in self.flags {
            sink.boolean(*flag);
        }
        sink.boolean(real);
        if let Some(OperandB { bi, ih, read, .. }) = self.b {
            sink.boolean(bi);
            sink.constraint(bi * (E::ONE - rbf));
            sink.constraint(bi * (read.lo - self.il));
            sink.constraint(bi * (read.hi - ih));
        }

        let [npc, nfp, nmsz] = self.next;
        sink.recv(real, Bus::Exec, &[pc, fp, ts, msz]);
        sink.send(real - self.halt, Bus::Exec, &[npc, nfp, ts + E::of(4), nmsz]);
        let (ob, ih, opcode) = self.b.map_or((E::ZERO, E::ZERO, codes), |b| (b.ob, b.ih, codes + b.bi * E::of(64)));
        sink.send(real, Bus::Rom, &[pc, opcode, self.oa, ob, self.oc, self.il, ih]);
        let a = self.a;
        read(sink, ra, [self.a_space, self.a_address], a, ts);
        if let Some(OperandB { bi, ob, read: b, .. }) = self.b {
            read(sink, rbf - bi, [E::of(space::FRAME), fp + ob], b, ts + E::ONE);
        }
        if let Some(c) = self.c {
            access(sink, wc, [c.space, c.address], [c.old_lo, c.old_hi, c.pt], [c.lo, c.hi, ts + E::of(3)], c.dl);
        }
        real
    }
}

/// A read at `now`: the tuple goes off the MEM bus with the previous time and back on it with this one.
#[inline(always)]
pub fn read<S: Words>(sink: &mut S, multiplicity: S::E, at: [S::E; 2], value: Read<S::E>, now: S::E) {
    let Read { lo, hi, pt, dl } = value;
    access(sink, multiplicity, at, [lo, hi, pt], [lo, hi, now], dl);
}

/// An access of (space, address): recv (old lo, old hi, previous time), send (new lo, new hi, now), and previous < now by R32 with low
/// limb `dl`.
#[inline(always)]
pub fn access<S: Words>(sink: &mut S, multiplicity: S::E, [space, address]: [S::E; 2], old: [S::E; 3], new: [S::E; 3], dl: S::E) {
    sink.recv(multiplicity, Bus::Mem, &[space, address, old[0], old[1], old[2]]);
    sink.send(multiplicity, Bus::Mem, &[space, address, new[0], new[1], new[2]]);
    sink.range32(multiplicity, new[2] - old[2] - S::E::ONE, dl);
}

/// The low limb of the time between two accesses, as the `dl` columns hold it: the low 16 bits of now - before - 1.
pub fn time_limb(now: u64, before: u64) -> u64 {
    debug_assert!(before < now, "an access at {now} follows one at {before}");
    (now - before - 1) & 0xFFFF
}

/// The front end of a chip whose columns have the standard names, with operand B (CPU, BIT, ARITH). `..front_end!(c, OPS)` leaves room for
/// other fields.
macro_rules! front_end {
    ($c:expr, $ops:expr) => {
        $crate::frontend::FrontEnd {
            b: Some($crate::frontend::OperandB {
                bi: $c.bi,
                ob: $c.ob,
                ih: $c.ih,
                read: $crate::frontend::Read { lo: $c.b_lo, hi: $c.b_hi, pt: $c.b_pt, dl: $c.b_dl },
            }),
            ..$crate::frontend::front_end_without_b!($c, $ops)
        }
    };
}
pub(crate) use front_end;

/// The same without operand B (MEM, MEMX).
macro_rules! front_end_without_b {
    ($c:expr, $ops:expr) => {
        $crate::frontend::FrontEnd {
            ops: $ops,
            flags: &$c.f,
            state: $crate::frontend::State { pc: $c.pc, fp: $c.fp, ts: $c.ts, msz: $c.msz },
            next: [$c.pc + field::Ring::ONE, $c.fp, $c.msz],
            modifiers: field::Ring::ZERO,
            oa: $c.oa,
            oc: $c.oc,
            il: $c.il,
            a: $crate::frontend::Read { lo: $c.a_lo, hi: $c.a_hi, pt: $c.a_pt, dl: $c.a_dl },
            a_space: field::Ring::ONE,
            a_address: $c.fp + $c.oa,
            b: None,
            c: Some($crate::frontend::Write {
                lo: $c.c_lo,
                hi: $c.c_hi,
                old_lo: $c.q_lo,
                old_hi: $c.q_hi,
                pt: $c.c_pt,
                dl: $c.c_dl,
                space: field::Ring::ONE,
                address: $c.fp + $c.oc,
            }),
            halt: field::Ring::ZERO,
        }
    };
}
pub(crate) use front_end_without_b;

/// Fills the front end columns of standard names from a step, with operand B.
macro_rules! fill_front_end {
    ($c:expr, $ops:expr, $step:expr) => {
        $crate::frontend::fill_front_end_without_b!($c, $ops, $step);
        let instruction = $step.instruction;
        $c.bi = field::Goldilocks::from(u32::from(instruction.bi));
        $c.ob = instruction.ob.into();
        $c.ih = instruction.ih.into();
        if instruction.op.uses_b() {
            ($c.b_lo, $c.b_hi) = ($step.b.lo.into(), $step.b.hi.into());
            if !instruction.bi {
                $c.b_pt = field::Goldilocks::new($step.b.ts);
                $c.b_dl = field::Goldilocks::new($crate::frontend::time_limb($step.ts + 1, $step.b.ts));
            }
        }
    };
}
pub(crate) use fill_front_end;

/// Fills the front end columns of standard names from a step, without operand B.
macro_rules! fill_front_end_without_b {
    ($c:expr, $ops:expr, $step:expr) => {
        let instruction = &$step.instruction;
        let flag = $ops.iter().position(|op| *op == instruction.op).expect("the chip has the operation of the step");
        $c.f[flag] = field::Ring::ONE;
        ($c.pc, $c.fp, $c.msz) = ($step.pc.into(), $step.fp.into(), $step.msz.into());
        $c.ts = field::Goldilocks::new($step.ts);
        ($c.oa, $c.oc, $c.il) = (instruction.oa.into(), instruction.oc.into(), instruction.il.into());
        if instruction.op.reads_a() {
            ($c.a_lo, $c.a_hi) = ($step.a.lo.into(), $step.a.hi.into());
            $c.a_pt = field::Goldilocks::new($step.a.ts);
            $c.a_dl = field::Goldilocks::new($crate::frontend::time_limb($step.ts, $step.a.ts));
        }
        if instruction.op.writes_c() {
            ($c.c_lo, $c.c_hi) = ($step.c_new.0.into(), $step.c_new.1.into());
            ($c.q_lo, $c.q_hi) = ($step.c.lo.into(), $step.c.hi.into());
            $c.c_pt = field::Goldilocks::new($step.c.ts);
            $c.c_dl = field::Goldilocks::new($crate::frontend::time_limb($step.ts + 3, $step.c.ts));
        }
    };
}
pub(crate) use fill_front_end_without_b;
