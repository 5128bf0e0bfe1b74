//! A plain machine, so that this crate's tests need no executor: memory with times, one step after the other.
#![allow(dead_code, reason = "every test file uses its own part")]

use air::chips::memb;
use air::{Public, Seen, Step, Table, Unprovable, Witness, WitnessBuilder};
use isa::{Chip, Instruction, Op, PAGE_BYTES, Program, TRAP_VECTOR};
use std::collections::BTreeMap;

pub mod chips;
mod reference;

pub struct Run {
    pub steps: Vec<Step>,
    pub witness: Witness,
    pub public: Public,
}

/// An instruction with its three operands and the low immediate.
pub fn op(op: Op, oa: u32, ob: u32, oc: u32, il: u32) -> Instruction {
    Instruction { oa, ob, oc, il, ..Instruction::new(op) }
}

/// The same with operand B an immediate.
pub fn imm(op: Op, oa: u32, oc: u32, il: u32, ih: u32) -> Instruction {
    Instruction { bi: true, oa, oc, il, ih, ..Instruction::new(op) }
}

pub fn program(instructions: Vec<Instruction>) -> Program {
    Program { instructions, init_pages: 1, max_pages: 4, module_sha256: [0; 32] }
}

/// Counts up to n and puts the count on the output tape.
pub fn count_to(n: u32) -> Program {
    program(vec![
        op(Op::Const, 0, 0, 0, 0),
        imm(Op::Add64, 0, 0, 1, 0),
        Instruction { inv: true, ..imm(Op::Eq, 0, 1, n, 0) },
        op(Op::Jnz, 1, 0, 0, 1),
        op(Op::Const, 0, 0, 2, 8),
        op(Op::Const, 0, 0, 3, 1),
        op(Op::Outw, 3, 0, 0, 0),
        op(Op::Const, 0, 0, 4, 0),
        op(Op::Outw, 4, 2, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ])
}

#[derive(Default)]
struct Memory(BTreeMap<u64, Seen>);

impl Memory {
    fn read(&mut self, space: u64, address: u32, now: u64) -> Seen {
        let cell = self.0.entry(memb::key(space, address)).or_default();
        std::mem::replace(cell, Seen { ts: now, ..*cell })
    }

    fn write(&mut self, space: u64, address: u32, now: u64, (lo, hi): (u32, u32)) -> Seen {
        self.0.insert(memb::key(space, address), Seen { lo, hi, ts: now }).unwrap_or_default()
    }

    fn peek(&self, space: u64, address: u32) -> u64 {
        self.0.get(&memb::key(space, address)).map_or(0, |seen| u64::from(seen.lo) | u64::from(seen.hi) << 32)
    }
}

fn pair(value: u64) -> (u32, u32) {
    (value as u32, (value >> 32) as u32)
}

/// The cells of a load or store.
struct Cells {
    table: Table,
    old: [Seen; 2],
    new: [(u32, u32); 2],
    loaded: u64,
}

/// Accesses linear memory at `first`; `stored` is what a store stores.
fn access(memory: &mut Memory, op: Op, first: u64, pages: u32, stored: u64, now: u64) -> Cells {
    let width = op.access_width().expect("a load or store") as usize;
    if first + width as u64 > u64::from(pages) * PAGE_BYTES {
        return Cells { table: Table::Mtrap, old: [Seen::default(); 2], new: [(0, 0); 2], loaded: 0 };
    }
    let (cell, offset) = ((first / 8) as u32, (first % 8) as usize);
    let count = if offset + width > 8 { 2 } else { 1 };
    let mut old = [Seen::default(); 2];
    let mut bytes = [0; 16];
    for i in 0..count {
        old[i] = memory.read(3, cell + i as u32, now);
        bytes[8 * i..8 * i + 4].copy_from_slice(&old[i].lo.to_le_bytes());
        bytes[8 * i + 4..8 * i + 8].copy_from_slice(&old[i].hi.to_le_bytes());
    }
    let loaded = reference::load(op, &bytes[offset..offset + width]);
    if op.is_store() {
        bytes[offset..offset + width].copy_from_slice(&stored.to_le_bytes()[..width]);
    }
    let mut new = [(0, 0); 2];
    for i in 0..count {
        new[i] = pair(u64::from_le_bytes(bytes[8 * i..8 * i + 8].try_into().expect("eight bytes")));
        memory.write(3, cell + i as u32, now, new[i]);
    }
    Cells { table: if count == 2 { Table::Memx } else { Table::Mem }, old, new, loaded }
}

/// Runs a program.
pub fn run(program: &Program, input: &[(u32, u32)]) -> Result<Run, Unprovable> {
    run_lying(program, input, |_, result| result)
}

/// Runs a program; `lie` says what an instruction writes instead of its result.
pub fn run_lying(program: &Program, input: &[(u32, u32)], lie: impl Fn(&Instruction, u64) -> u64) -> Result<Run, Unprovable> {
    let mut memory = Memory::default();
    let (mut pc, mut fp, mut ts, mut msz) = (0u32, 0u32, 4u64, program.init_pages);
    let (mut steps, mut output) = (Vec::new(), BTreeMap::new());
    let mut builder = WitnessBuilder::new(program);
    loop {
        let i = program.instructions[pc as usize];
        let b_now = if i.bi { u64::from(i.il) | u64::from(i.ih) << 32 } else { memory.peek(1, fp + i.ob) };
        let (a_space, a_address) = match i.op {
            Op::Gget => (2, i.oa),
            Op::Ggetx => (2, i.oa + b_now as u32),
            _ => (1, fp + i.oa),
        };
        let a = if i.op.reads_a() { memory.read(a_space, a_address, ts) } else { Seen::default() };
        let b = match (i.op.uses_b(), i.bi) {
            (true, true) => Seen { lo: i.il, hi: i.ih, ts: 0 },
            (true, false) => memory.read(1, fp + i.ob, ts + 1),
            _ => Seen::default(),
        };
        let (c_space, c_address) = if i.op == Op::Gset { (2, i.oc) } else { (1, fp + i.oc) };
        let (x, y) = (u64::from(a.lo) | u64::from(a.hi) << 32, u64::from(b.lo) | u64::from(b.hi) << 32);
        let compared = match i.op {
            Op::Ltu => x < y,
            Op::Lts32 => (x as i32) < y as i32,
            Op::Lts64 => (x as i64) < y as i64,
            _ => x == y,
        };
        let mut next = (pc + 1, fp, msz);
        let mut table = match i.op.chip() {
            Chip::Bit => Table::Bit,
            Chip::Arith => Table::Arith,
            _ => Table::Cpu,
        };
        let (mut cells, mut cells_new, mut loaded) = ([Seen::default(); 2], [(0, 0); 2], 0);
        if i.op.chip() == Chip::Mem {
            let first = u64::from(a.lo) + u64::from(i.il);
            let stored = memory.peek(1, fp + i.oc);
            let accessed = access(&mut memory, i.op, first, msz, stored, ts + 2);
            (table, cells, cells_new, loaded) = (accessed.table, accessed.old, accessed.new, accessed.loaded);
        }
        let result = match i.op {
            _ if i.op.is_store() => memory.peek(c_space, c_address),
            _ if i.op.chip() == Chip::Mem => loaded,
            _ if matches!(i.op.chip(), Chip::Bit | Chip::Arith) => reference::result(i.op, x, y).expect("programs test for zero"),
            Op::Add32 => u64::from((x as u32).wrapping_add(y as u32)),
            Op::Add64 => x.wrapping_add(y),
            Op::Sub32 => u64::from((x as u32).wrapping_sub(y as u32)),
            Op::Sub64 => x.wrapping_sub(y),
            Op::Ltu | Op::Lts32 | Op::Lts64 | Op::Eq => u64::from(compared != i.inv),
            Op::Cmov if y as u32 != 0 => x,
            Op::Cmov => memory.peek(c_space, c_address),
            Op::Gget | Op::Ggetx | Op::Gset => x,
            Op::Inw => input.get(x as usize).map_or(0, |(lo, hi)| u64::from(*lo) | u64::from(*hi) << 32),
            Op::Msize => msz.into(),
            Op::Const => u64::from(i.il) | u64::from(i.ih) << 32,
            Op::Call | Op::Callr => u64::from(pc + 1) | u64::from(fp) << 32,
            _ => 0,
        };
        match i.op {
            Op::Jmp => next.0 = i.il,
            Op::Jz if a.lo == 0 => next.0 = i.il,
            Op::Jnz if a.lo != 0 => next.0 = i.il,
            Op::Jtab => next.0 = i.il + a.lo,
            Op::Call => (next.0, next.1) = (i.il, fp + i.ob),
            Op::Callr => (next.0, next.1) = (a.lo, fp + i.ob),
            Op::Ret => (next.0, next.1) = (a.lo, a.hi),
            Op::Setmsz => next.2 = a.lo,
            _ if table == Table::Mtrap => next.0 = TRAP_VECTOR,
            Op::Outw => assert!(output.insert(a.lo, (b.lo, b.hi)).is_none(), "an output word is written once"),
            _ => {}
        }
        let result = lie(&i, result);
        let (c, c_new) = if i.op.writes_c() && table != Table::Mtrap {
            (memory.write(c_space, c_address, ts + 3, pair(result)), pair(result))
        } else {
            (Seen::default(), (0, 0))
        };
        let step = Step { pc, fp, ts, msz, instruction: i, a, b, c, c_new, cells, cells_new, next };
        builder.step(table, &step)?;
        steps.push(step);
        if i.op == Op::Halt {
            break;
        }
        (pc, fp, msz) = next;
        ts += 4;
    }
    let touched: Vec<_> = memory.0.into_iter().collect();
    let witness = builder.finish(&touched, input)?;
    let output = output.into_values().collect();
    let public = Public { init_pages: program.init_pages, cycles: steps.len() as u64, input: input.to_vec(), output };
    Ok(Run { steps, witness, public })
}

/// A program that executes every CPU operation, most with several kinds of operands.
pub fn every_operation() -> Program {
    let wide = |oc, il, ih| Instruction { oc, il, ih, ..Instruction::new(Op::Const) };
    let inv = |i: Instruction| Instruction { inv: true, ..i };
    let mut code = vec![
        wide(1, 0xFFFF_FFFF, 0),
        wide(2, 2, 0),
        wide(3, 0x8000_0000, 0),
        wide(4, 5, 0xFFFF_FFFF),
        wide(5, 7, 1),
        wide(6, 5, 0xFFFF_FFFF),
        wide(7, 5, 3),
    ];
    for (a, b) in [(1, 2), (2, 1), (3, 2), (2, 3), (2, 2)] {
        code.extend([op(Op::Add32, a, b, 10, 0), op(Op::Sub32, a, b, 11, 0), op(Op::Lts32, a, b, 12, 0)]);
        code.push(inv(op(Op::Lts32, a, b, 12, 0)));
    }
    for (a, b) in [(4, 5), (5, 4), (4, 6), (7, 6), (1, 2), (4, 7)] {
        code.extend([op(Op::Add64, a, b, 10, 0), op(Op::Sub64, a, b, 11, 0), op(Op::Ltu, a, b, 12, 0)]);
        code.extend([inv(op(Op::Ltu, a, b, 12, 0)), op(Op::Lts64, a, b, 13, 0), inv(op(Op::Lts64, a, b, 13, 0))]);
        code.extend([op(Op::Eq, a, b, 14, 0), inv(op(Op::Eq, a, b, 14, 0)), op(Op::Cmov, a, b, 15, 0)]);
    }
    code.extend([op(Op::Cmov, 1, 0, 15, 0), imm(Op::Cmov, 4, 15, 0, 0), imm(Op::Cmov, 4, 15, 9, 9)]);
    code.extend([imm(Op::Add32, 1, 10, 1, 0), imm(Op::Sub64, 5, 10, 1, 7), imm(Op::Eq, 4, 14, 5, 0xFFFF_FFFF)]);
    code.extend([imm(Op::Lts32, 1, 10, 3, 0), imm(Op::Lts64, 4, 10, 3, 0x8000_0000)]);
    code.extend([imm(Op::Add64, 4, 10, 0xFFFF_FFFF, 8), imm(Op::Sub32, 2, 10, 3, 0), imm(Op::Ltu, 2, 10, 3, 0)]);
    // Globals: SYS[3] := slot 4, read back directly and by index, then by an immediate index.
    code.extend([op(Op::Gset, 4, 0, 3, 0), op(Op::Gget, 3, 0, 16, 0), op(Op::Ggetx, 1, 2, 17, 0)]);
    code.extend([imm(Op::Ggetx, 1, 17, 2, 0), op(Op::Gget, 9, 0, 16, 0), op(Op::Gset, 16, 0, 3, 0), op(Op::Gset, 5, 0, 8, 0)]);
    code.extend([op(Op::Ggetx, 6, 2, 18, 0), op(Op::Gget, 3, 0, 19, 0)]);
    // Tapes and memory size.
    code.extend([op(Op::Inw, 0, 0, 20, 0), op(Op::Inw, 2, 0, 21, 0), op(Op::Inw, 2, 0, 22, 0)]);
    code.extend([op(Op::Msize, 0, 0, 23, 0), op(Op::Setmsz, 2, 0, 0, 0), op(Op::Msize, 0, 0, 23, 0), op(Op::Setmsz, 2, 0, 0, 0)]);
    code.extend([op(Op::Setmsz, 23, 0, 0, 0), op(Op::Msize, 0, 0, 24, 0)]);
    code.extend([imm(Op::Outw, 2, 0, 77, 0), op(Op::Outw, 0, 4, 0, 0), op(Op::Const, 0, 0, 25, 1), op(Op::Outw, 25, 5, 0, 0)]);
    // Jumps, each to the instruction after the next; slot 0 is zero, slot 2 is not.
    for jump in [(Op::Jmp, 0), (Op::Jz, 0), (Op::Jnz, 2)] {
        for _ in 0..3 {
            let target = code.len() as u32 + 2;
            code.extend([op(jump.0, jump.1, 0, 0, target), op(Op::Halt, 0, 0, 0, 0)]);
        }
    }
    for (jump, slot) in [(Op::Jz, 2), (Op::Jnz, 0)] {
        code.extend([op(jump, slot, 0, 0, 0), op(jump, slot, 0, 0, 1)]);
    }
    for _ in 0..3 {
        let here = code.len() as u32;
        code.extend([op(Op::Jtab, 2, 0, 0, here), op(Op::Halt, 0, 0, 0, 0)]);
    }
    // Three direct and three indirect calls of a function that returns at once; slots 30 and 40 become its frames.
    let function = code.len() as u32 + 3 + 1 + 3 + 1;
    for _ in 0..3 {
        code.push(op(Op::Call, 0, 30, 31, function));
    }
    code.push(op(Op::Const, 0, 0, 26, function));
    for _ in 0..3 {
        code.push(op(Op::Callr, 26, 30, 31, 0));
    }
    code.extend([op(Op::Halt, 0, 0, 0, 0), op(Op::Ret, 1, 0, 0, 0)]);
    program(code)
}

pub const INPUT: [(u32, u32); 3] = [(16, 0), (0x0102_0304, 5), (6, 0xFFFF_FFFF)];
