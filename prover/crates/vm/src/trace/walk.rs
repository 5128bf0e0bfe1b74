use super::cells::Cells;
use crate::fast::{crosses, no_row};
use crate::output::OutputTape;
use crate::{Error, Limits, MAX_CYCLES, SYS_CELLS, alu};
use air::chips::memb;
use air::frontend::space;
use air::{Seen, Step, Table};
use isa::{Chip, Instruction, Op, PAGE_BYTES, Program, TRAP_VECTOR};
use std::sync::atomic::{AtomicBool, Ordering};

/// Instructions between two looks at the cancel flag.
const STRIDE: u64 = 1 << 12;

/// The machine with a timestamp on every cell: it goes through a run and shows each instruction as a [`Step`] (section 6.1b).
pub(crate) struct Walk<'a> {
    code: &'a [Instruction],
    tape: Vec<(u32, u32)>,
    frame: Cells,
    sys: Cells,
    linear: Cells,
    output: OutputTape,
    limits: &'a Limits,
    pc: u32,
    fp: u32,
    ts: u64,
    pages: u32,
}

/// How a walk ended.
pub(crate) struct Walked {
    pub(crate) output: Vec<u8>,
    pub(crate) exit_code: u32,
    pub(crate) cycles: u64,
    pub(crate) memory: Vec<u8>,
    frame: Cells,
    sys: Cells,
    linear: Cells,
}

impl Walked {
    /// The key of every touched address, ascending, with its last value and time (section 3.8).
    pub(crate) fn touched(&self) -> Vec<(u64, Seen)> {
        let spaces = [(space::FRAME, &self.frame), (space::SYS, &self.sys), (space::LIN, &self.linear)];
        // An address is a u32: the executor's limits are far below, cells of linear memory are below 2^29.
        let of = |(number, cells): (u64, &Cells)| {
            cells.touched().map(move |(addr, last)| (memb::key(number, addr as u32), last)).collect::<Vec<_>>()
        };
        spaces.into_iter().flat_map(of).collect()
    }
}

impl<'a> Walk<'a> {
    /// The start of a run: pc 0, fp 0, time 4, zero memory. The program is well-formed and the input shorter than 2^32.
    pub(crate) fn new(program: &'a Program, input: &[u8], limits: &'a Limits) -> Self {
        Self {
            code: &program.instructions,
            tape: isa::input_tape(input),
            frame: Cells::default(),
            sys: Cells::default(),
            linear: Cells::default(),
            output: OutputTape::new(limits.output_bytes),
            limits,
            pc: 0,
            fp: 0,
            ts: 4,
            pages: program.init_pages,
        }
    }

    /// Goes on to HALT and shows every step, with the table that its row belongs to.
    pub(crate) fn run(mut self, cancel: &AtomicBool, mut show: impl FnMut(Table, &Step) -> Result<(), Error>) -> Result<Walked, Error> {
        let limit = self.limits.cycles.min(MAX_CYCLES);
        if self.pages > self.limits.pages {
            return Err(Error::PageLimit { pages: self.pages, limit: self.limits.pages });
        }
        for cycles in 0..limit {
            if cycles % STRIDE == 0 && cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let (table, step) = self.step()?;
            show(table, &step)?;
            if step.instruction.op == Op::Halt {
                return self.finish(cycles + 1);
            }
            (self.pc, self.fp, self.pages) = step.next;
            self.ts += 4;
        }
        Err(Error::CycleLimit { limit })
    }

    fn step(&mut self) -> Result<(Table, Step), Error> {
        let (pc, fp, ts, msz) = (self.pc, self.fp, self.ts, self.pages);
        let i = *self.code.get(pc as usize).ok_or(Error::NoInstruction { pc })?;
        let mut step = Step {
            pc,
            fp,
            ts,
            msz,
            instruction: i,
            a: Seen::default(),
            b: Seen::default(),
            c: Seen::default(),
            c_new: (0, 0),
            cells: [Seen::default(); 2],
            cells_new: [(0, 0); 2],
            next: (pc + 1, fp, msz),
        };
        if i.op.access_width().is_some() {
            let table = self.access(&mut step)?;
            return Ok((table, step));
        }
        let b_slot = (i.op.uses_b() && !i.bi).then_some(i.ob);
        if i.bi {
            step.b = Seen { lo: i.il, hi: i.ih, ts: 0 };
        }
        // GGETX finds its A through B, so B's value is looked at before its time has come.
        if i.op == Op::Ggetx {
            let b = match b_slot {
                Some(ob) => self.frame.peek(self.slot(ob)?).0,
                None => i.il,
            };
            let address = u64::from(i.oa) + u64::from(b);
            if address >= SYS_CELLS {
                return Err(Error::SysLimit { pc, address });
            }
            step.a = self.sys.read(address, ts);
        } else if i.op == Op::Gget {
            step.a = self.sys.read(u64::from(i.oa), ts);
        } else if i.op.reads_a() {
            step.a = self.read_slot(i.oa, ts)?;
        }
        if let Some(ob) = b_slot {
            step.b = self.read_slot(ob, ts + 1)?;
        }
        let new = self.execute(&mut step)?;
        if i.op.writes_c() {
            step.c_new = new;
            step.c = match i.op {
                Op::Gset => self.sys.write(u64::from(i.oc), ts + 3, new),
                _ => self.frame.write(self.slot(i.oc)?, ts + 3, new),
            };
        }
        let table = match i.op.chip() {
            Chip::Cpu => Table::Cpu,
            Chip::Mem => Table::Mem,
            Chip::Bit => Table::Bit,
            Chip::Arith => Table::Arith,
        };
        Ok((table, step))
    }

    /// What a CPU, BIT or ARITH instruction does besides its reads: sets `step.next` and the tapes, and gives the new value of C.
    fn execute(&mut self, step: &mut Step) -> Result<(u32, u32), Error> {
        let (i, pc) = (step.instruction, step.pc);
        let (a, b) = ((step.a.lo, step.a.hi), (step.b.lo, step.b.hi));
        match i.op {
            Op::Jmp => step.next.0 = i.il,
            Op::Jz if a.0 == 0 => step.next.0 = i.il,
            Op::Jnz if a.0 != 0 => step.next.0 = i.il,
            Op::Jz | Op::Jnz | Op::Halt => {}
            Op::Jtab => step.next.0 = i.il.checked_add(a.0).ok_or(Error::NoInstruction { pc: u32::MAX })?,
            Op::Call | Op::Callr => {
                let callee = u64::from(step.fp) + u64::from(i.ob);
                if callee >= u64::from(self.limits.frame_slots) {
                    // The record is checked first, as the fast executor does.
                    self.slot(i.oc)?;
                    return Err(self.frame_limit(callee));
                }
                step.next.0 = if i.op == Op::Call { i.il } else { a.0 };
                step.next.1 = callee as u32;
                return Ok((pc + 1, step.fp));
            }
            Op::Ret => (step.next.0, step.next.1) = a,
            Op::Gget | Op::Ggetx | Op::Gset => return Ok(a),
            Op::Inw => {
                let words = self.tape.len() as u64;
                return self.tape.get(a.0 as usize).copied().ok_or(Error::NoInputWord { pc, word: a.0, words });
            }
            Op::Outw => self.output.write(a.0, join(b))?,
            Op::Msize => return Ok((step.msz, 0)),
            Op::Setmsz => {
                if a.0 > self.limits.pages {
                    return Err(Error::PageLimit { pages: a.0, limit: self.limits.pages });
                }
                step.next.2 = a.0;
            }
            Op::Const => return Ok((i.il, i.ih)),
            op => {
                let old = self.frame.peek(self.slot(i.oc)?);
                return alu::result(op, i.inv, join(a), join(b), join(old)).map(split).ok_or(no_row(op, pc));
            }
        }
        Ok((0, 0))
    }

    /// A load or store: inside one cell, across two, or out of bounds.
    fn access(&mut self, step: &mut Step) -> Result<Table, Error> {
        let (i, ts) = (step.instruction, step.ts);
        let width = i.op.access_width().unwrap_or(0);
        step.a = self.read_slot(i.oa, ts)?;
        let address = u64::from(step.a.lo) + u64::from(i.il);
        if address + u64::from(width) > u64::from(step.msz) * PAGE_BYTES {
            step.next.0 = TRAP_VECTOR;
            return Ok(Table::Mtrap);
        }
        let (cell, shift) = (address / 8, 8 * (address % 8) as u32);
        let across = crosses(address, width as usize);
        let slot = self.slot(i.oc)?;
        let old_slot = self.frame.peek(slot);
        let mut window = u128::from(join(self.linear.peek(cell)));
        if across {
            window |= u128::from(join(self.linear.peek(cell + 1))) << 64;
        }
        let mask = u128::from(u64::MAX >> (64 - 8 * width));
        let new_slot = if i.op.is_store() {
            window = window & !(mask << shift) | (u128::from(join(old_slot)) & mask) << shift;
            old_slot
        } else {
            split(alu::extend(i.op, (window >> shift & mask) as u64))
        };
        for k in 0..=usize::from(across) {
            step.cells_new[k] = split((window >> (64 * k)) as u64);
            step.cells[k] = self.linear.write(cell + k as u64, ts + 2, step.cells_new[k]);
        }
        step.c_new = new_slot;
        step.c = self.frame.write(slot, ts + 3, new_slot);
        Ok(if across { Table::Memx } else { Table::Mem })
    }

    fn read_slot(&mut self, operand: u32, at: u64) -> Result<Seen, Error> {
        let slot = self.slot(operand)?;
        Ok(self.frame.read(slot, at))
    }

    /// The address of a frame slot.
    fn slot(&self, operand: u32) -> Result<u64, Error> {
        let slot = u64::from(self.fp) + u64::from(operand);
        if slot < u64::from(self.limits.frame_slots) { Ok(slot) } else { Err(self.frame_limit(slot)) }
    }

    fn frame_limit(&self, slot: u64) -> Error {
        Error::FrameLimit { pc: self.pc, slot, limit: self.limits.frame_slots }
    }

    fn finish(self, cycles: u64) -> Result<Walked, Error> {
        let (output, exit_code) = self.output.finish()?;
        let mut memory = vec![0; (u64::from(self.pages) * PAGE_BYTES) as usize];
        for (cell, last) in self.linear.touched() {
            // Cells beyond the bounds exist when memory shrank.
            if let Some(bytes) = memory.get_mut(8 * cell as usize..8 * cell as usize + 8) {
                bytes.copy_from_slice(&join((last.lo, last.hi)).to_le_bytes());
            }
        }
        Ok(Walked { output, exit_code, cycles, memory, frame: self.frame, sys: self.sys, linear: self.linear })
    }
}

fn join((lo, hi): (u32, u32)) -> u64 {
    u64::from(lo) | u64::from(hi) << 32
}

fn split(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}
