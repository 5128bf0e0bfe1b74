use crate::linear::Linear;
use crate::output::OutputTape;
use crate::{Error, Execution, Limits, MAX_CYCLES, Rows, SYS_CELLS, alu};
use isa::{Chip, Instruction, Op, Program, TRAP_VECTOR};
use std::sync::atomic::{AtomicBool, Ordering};

/// Instructions between two looks at the cancel flag.
const STRIDE: u64 = 1 << 16;

/// Runs `program` on `input` to HALT.
///
/// Memory: 8 bytes a frame slot and a SYS cell, the linear memory twice while it grows, twice the output; all of it bounded by `limits`.
///
/// # Errors
/// Everything in [`Error`] that is not about traces.
pub fn run(program: &Program, input: &[u8], limits: &Limits, cancel: &AtomicBool) -> Result<Execution, Error> {
    program.check().map_err(|(pc, reason)| Error::Malformed { pc: pc as u32, reason })?;
    if u32::try_from(input.len()).is_err() {
        return Err(Error::InputTooLong { len: input.len() });
    }
    let machine = Machine {
        code: &program.instructions,
        tape: isa::input_tape(input),
        slots: vec![0; limits.frame_slots as usize],
        sys: Vec::new(),
        linear: Linear::new(program.init_pages, limits.pages)?,
        output: OutputTape::new(limits.output_bytes),
        executed: vec![0; program.instructions.len()],
        crossing: 0,
        outside: 0,
        limits,
        cancel,
    };
    machine.run()
}

struct Machine<'a> {
    code: &'a [Instruction],
    tape: Vec<(u32, u32)>,
    slots: Vec<u64>,
    sys: Vec<u64>,
    linear: Linear,
    output: OutputTape,
    /// How often each instruction ran.
    executed: Vec<u32>,
    /// Accesses that crossed a cell, and accesses out of bounds.
    crossing: u64,
    outside: u64,
    limits: &'a Limits,
    cancel: &'a AtomicBool,
}

/// A frame slot, or the error that it is beyond the frame area.
macro_rules! slot {
    ($machine:ident, $pc:ident, $fp:ident, $operand:expr) => {{
        let at = $fp + $operand as usize;
        match $machine.slots.get_mut(at) {
            Some(slot) => slot,
            None => return Err(Error::FrameLimit { pc: $pc, slot: at as u64, limit: $machine.limits.frame_slots }),
        }
    }};
}

impl Machine<'_> {
    fn run(mut self) -> Result<Execution, Error> {
        let limit = self.limits.cycles.min(MAX_CYCLES);
        let (mut pc, mut fp) = (0u32, 0usize);
        let (mut cycles, mut pause) = (0u64, 0u64);
        loop {
            if cycles == pause {
                if self.cancel.load(Ordering::Relaxed) {
                    return Err(Error::Cancelled);
                }
                if cycles == limit {
                    return Err(Error::CycleLimit { limit });
                }
                pause = limit.min(cycles + STRIDE);
            }
            cycles += 1;
            let i = *self.code.get(pc as usize).ok_or(Error::NoInstruction { pc })?;
            self.executed[pc as usize] += 1;
            let mut next = pc + 1;
            match i.op {
                Op::Jmp => next = i.il,
                Op::Jz => {
                    if *slot!(self, pc, fp, i.oa) as u32 == 0 {
                        next = i.il;
                    }
                }
                Op::Jnz => {
                    if *slot!(self, pc, fp, i.oa) as u32 != 0 {
                        next = i.il;
                    }
                }
                Op::Jtab => {
                    let target = u64::from(i.il) + u64::from(*slot!(self, pc, fp, i.oa) as u32);
                    next = u32::try_from(target).map_err(|_| Error::NoInstruction { pc: u32::MAX })?;
                }
                Op::Call | Op::Callr => {
                    next = if i.op == Op::Call { i.il } else { *slot!(self, pc, fp, i.oa) as u32 };
                    *slot!(self, pc, fp, i.oc) = u64::from(pc + 1) | (fp as u64) << 32;
                    fp += i.ob as usize;
                    // Every frame has slots above fp, so a run that goes on would fail there; stopping here keeps fp a u32.
                    if fp >= self.slots.len() {
                        return Err(Error::FrameLimit { pc, slot: fp as u64, limit: self.limits.frame_slots });
                    }
                }
                Op::Ret => {
                    let record = *slot!(self, pc, fp, i.oa);
                    next = record as u32;
                    fp = (record >> 32) as usize;
                }
                Op::Gget => *slot!(self, pc, fp, i.oc) = self.sys.get(i.oa as usize).copied().unwrap_or(0),
                Op::Ggetx => {
                    let index = if i.bi { i.il } else { *slot!(self, pc, fp, i.ob) as u32 };
                    let address = u64::from(i.oa) + u64::from(index);
                    if address >= SYS_CELLS {
                        return Err(Error::SysLimit { pc, address });
                    }
                    *slot!(self, pc, fp, i.oc) = self.sys.get(address as usize).copied().unwrap_or(0);
                }
                Op::Gset => {
                    let value = *slot!(self, pc, fp, i.oa);
                    let at = i.oc as usize;
                    if at >= self.sys.len() {
                        self.sys.resize(at + 1, 0);
                    }
                    self.sys[at] = value;
                }
                Op::Inw => {
                    let word = *slot!(self, pc, fp, i.oa) as u32;
                    let words = self.tape.len() as u64;
                    let &(lo, hi) = self.tape.get(word as usize).ok_or(Error::NoInputWord { pc, word, words })?;
                    *slot!(self, pc, fp, i.oc) = u64::from(lo) | u64::from(hi) << 32;
                }
                Op::Outw => {
                    let index = *slot!(self, pc, fp, i.oa) as u32;
                    let value = if i.bi { i.immediate() } else { *slot!(self, pc, fp, i.ob) };
                    self.output.write(index, value)?;
                }
                Op::Halt => return self.finish(cycles),
                Op::Msize => *slot!(self, pc, fp, i.oc) = u64::from(self.linear.pages()),
                Op::Setmsz => {
                    let pages = *slot!(self, pc, fp, i.oa) as u32;
                    self.linear.set_pages(pages)?;
                }
                Op::Const => *slot!(self, pc, fp, i.oc) = i.immediate(),
                Op::L8u | Op::L8s32 | Op::L8s64 => next = self.load::<1>(pc, fp, &i)?,
                Op::L16u | Op::L16s32 | Op::L16s64 => next = self.load::<2>(pc, fp, &i)?,
                Op::L32u | Op::L32s64 => next = self.load::<4>(pc, fp, &i)?,
                Op::L64 => next = self.load::<8>(pc, fp, &i)?,
                Op::S8 => next = self.store::<1>(pc, fp, &i)?,
                Op::S16 => next = self.store::<2>(pc, fp, &i)?,
                Op::S32 => next = self.store::<4>(pc, fp, &i)?,
                Op::S64 => next = self.store::<8>(pc, fp, &i)?,
                op => {
                    let a = *slot!(self, pc, fp, i.oa);
                    let b = if i.bi { i.immediate() } else { *slot!(self, pc, fp, i.ob) };
                    let c = slot!(self, pc, fp, i.oc);
                    *c = alu::result(op, i.inv, a, b, *c).ok_or(no_row(op, pc))?;
                }
            }
            pc = next;
        }
    }

    /// A load of `N` bytes; the pc after it.
    #[inline(always)]
    fn load<const N: usize>(&mut self, pc: u32, fp: usize, i: &Instruction) -> Result<u32, Error> {
        let address = u64::from(*slot!(self, pc, fp, i.oa) as u32) + u64::from(i.il);
        let Some(bytes) = self.linear.load::<N>(address) else { return Ok(self.outside()) };
        let mut raw = [0; 8];
        raw[..N].copy_from_slice(&bytes);
        *slot!(self, pc, fp, i.oc) = alu::extend(i.op, u64::from_le_bytes(raw));
        self.crossing += u64::from(crosses(address, N));
        Ok(pc + 1)
    }

    /// A store of `N` bytes; the pc after it.
    #[inline(always)]
    fn store<const N: usize>(&mut self, pc: u32, fp: usize, i: &Instruction) -> Result<u32, Error> {
        let address = u64::from(*slot!(self, pc, fp, i.oa) as u32) + u64::from(i.il);
        let Some(room) = self.linear.room::<N>(address) else { return Ok(self.outside()) };
        room.copy_from_slice(&slot!(self, pc, fp, i.oc).to_le_bytes()[..N]);
        self.crossing += u64::from(crosses(address, N));
        Ok(pc + 1)
    }

    /// An access left memory: section 3.13.
    #[cold]
    fn outside(&mut self) -> u32 {
        self.outside += 1;
        TRAP_VECTOR
    }

    fn finish(self, cycles: u64) -> Result<Execution, Error> {
        let (output, exit_code) = self.output.finish()?;
        let mut rows = Rows { memx: self.crossing, mtrap: self.outside, ..Rows::default() };
        for (instruction, &times) in self.code.iter().zip(&self.executed) {
            *match instruction.op.chip() {
                Chip::Cpu => &mut rows.cpu,
                Chip::Mem => &mut rows.mem,
                Chip::Bit => &mut rows.bit,
                Chip::Arith => &mut rows.arith,
            } += u64::from(times);
        }
        rows.mem -= rows.memx + rows.mtrap;
        Ok(Execution { output, exit_code, cycles, memory: self.linear.into_bytes(), rows })
    }
}

/// Whether an access of `width` bytes reaches into the next 8-byte cell.
#[inline(always)]
pub(crate) fn crosses(address: u64, width: usize) -> bool {
    (address & 7) + width as u64 > 8
}

/// Why an ALU operation has no result.
#[cold]
pub(crate) fn no_row(op: Op, pc: u32) -> Error {
    match op {
        Op::Shrs32 => Error::NotAnI32 { pc },
        _ => Error::DivisionByZero { pc },
    }
}
