use isa::{Instruction, MAX_INSTRUCTIONS, Op};

/// A place in the program that may not be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label(u32);

/// Operand B: a slot or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum B {
    Slot(u32),
    Imm(u64),
}

const UNBOUND: u32 = u32::MAX;

/// Writes instructions and resolves labels at the end. Beyond [`MAX_INSTRUCTIONS`] nothing is written any more; [`Asm::is_full`] tells.
#[derive(Debug, Default)]
pub(crate) struct Asm {
    code: Vec<Instruction>,
    labels: Vec<u32>,
    fixups: Vec<(u32, Label)>,
    /// Instructions before this one may not be changed any more: a label was bound after them.
    barrier: usize,
    full: bool,
}

impl Asm {
    pub(crate) fn label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label is here.
    pub(crate) fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.code.len() as u32;
        self.barrier = self.code.len();
    }

    pub(crate) fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// The last instruction, if it is `at` and no label was bound after it.
    pub(crate) fn last_mut(&mut self, at: usize) -> Option<&mut Instruction> {
        if at + 1 == self.code.len() && self.barrier <= at { self.code.last_mut() } else { None }
    }

    /// Takes the last instruction back. It must be no jump.
    pub(crate) fn unwrite(&mut self) {
        self.code.pop();
    }

    /// Writes an instruction and gives its index.
    pub(crate) fn write(&mut self, instruction: Instruction) -> usize {
        if self.code.len() < MAX_INSTRUCTIONS {
            self.code.push(instruction);
        } else {
            self.full = true;
        }
        self.code.len() - 1
    }

    fn write_to(&mut self, instruction: Instruction, label: Label) {
        let at = self.write(instruction);
        self.fixups.push((at as u32, label));
    }

    /// C = A op B.
    pub(crate) fn alu(&mut self, op: Op, a: u32, b: B, c: u32) -> usize {
        self.write(with_b(Instruction { oa: a, oc: c, ..Instruction::new(op) }, b))
    }

    /// C = not (A op B), for comparisons.
    pub(crate) fn alu_inv(&mut self, op: Op, a: u32, b: B, c: u32) -> usize {
        self.write(with_b(Instruction { oa: a, oc: c, inv: true, ..Instruction::new(op) }, b))
    }

    pub(crate) fn constant(&mut self, value: u64, c: u32) -> usize {
        self.write(Instruction { oc: c, il: value as u32, ih: (value >> 32) as u32, ..Instruction::new(Op::Const) })
    }

    /// C = the index of the instruction at `label`, as a constant.
    pub(crate) fn address(&mut self, label: Label, c: u32) {
        self.address_with(label, 0, c);
    }

    /// C = (the index of the instruction at `label`, `high`).
    pub(crate) fn address_with(&mut self, label: Label, high: u32, c: u32) {
        self.write_to(Instruction { oc: c, ih: high, ..Instruction::new(Op::Const) }, label);
    }

    pub(crate) fn copy(&mut self, a: u32, c: u32) {
        if a != c {
            self.alu(Op::Add64, a, B::Imm(0), c);
        }
    }

    pub(crate) fn jump(&mut self, label: Label) {
        self.write_to(Instruction::new(Op::Jmp), label);
    }

    pub(crate) fn jump_if_zero(&mut self, a: u32, label: Label) {
        self.write_to(Instruction { oa: a, ..Instruction::new(Op::Jz) }, label);
    }

    pub(crate) fn jump_if_not(&mut self, a: u32, label: Label) {
        self.write_to(Instruction { oa: a, ..Instruction::new(Op::Jnz) }, label);
    }

    /// Jumps A instructions behind `label`.
    pub(crate) fn jump_table(&mut self, a: u32, label: Label) {
        self.write_to(Instruction { oa: a, ..Instruction::new(Op::Jtab) }, label);
    }

    /// Calls with a frame that starts at slot `base`; `record` is the slot (of the caller) of its return record.
    pub(crate) fn call(&mut self, label: Label, base: u32, record: u32) {
        self.write_to(Instruction { ob: base, oc: record, ..Instruction::new(Op::Call) }, label);
    }

    /// As [`Asm::call`], to the instruction that slot `a` names.
    pub(crate) fn call_slot(&mut self, a: u32, base: u32, record: u32) {
        self.write(Instruction { oa: a, ob: base, oc: record, ..Instruction::new(Op::Callr) });
    }

    pub(crate) fn ret(&mut self, record: u32) {
        self.write(Instruction { oa: record, ..Instruction::new(Op::Ret) });
    }

    /// A load into, or store of, slot `c` at the address in slot `a` plus `offset`.
    pub(crate) fn access(&mut self, op: Op, a: u32, offset: u32, c: u32) -> usize {
        self.write(Instruction { oa: a, oc: c, il: offset, ..Instruction::new(op) })
    }

    pub(crate) fn global_get(&mut self, cell: u32, c: u32) -> usize {
        self.write(Instruction { oa: cell, oc: c, ..Instruction::new(Op::Gget) })
    }

    pub(crate) fn global_set(&mut self, a: u32, cell: u32) {
        self.write(Instruction { oa: a, oc: cell, ..Instruction::new(Op::Gset) });
    }

    /// C = SYS[cell + B].
    pub(crate) fn global_at(&mut self, cell: u32, b: u32, c: u32) {
        self.write(Instruction { oa: cell, ob: b, oc: c, ..Instruction::new(Op::Ggetx) });
    }

    /// C = input word A.
    pub(crate) fn input(&mut self, a: u32, c: u32) {
        self.write(Instruction { oa: a, oc: c, ..Instruction::new(Op::Inw) });
    }

    /// Output word A = B.
    pub(crate) fn output(&mut self, a: u32, b: B) {
        self.write(with_b(Instruction { oa: a, ..Instruction::new(Op::Outw) }, b));
    }

    pub(crate) fn halt(&mut self) {
        self.write(Instruction::new(Op::Halt));
    }

    pub(crate) fn memory_size(&mut self, c: u32) -> usize {
        self.write(Instruction { oc: c, ..Instruction::new(Op::Msize) })
    }

    pub(crate) fn set_memory_size(&mut self, a: u32) {
        self.write(Instruction { oa: a, ..Instruction::new(Op::Setmsz) });
    }

    /// The program with every label resolved.
    pub(crate) fn finish(mut self) -> Vec<Instruction> {
        for &(at, label) in &self.fixups {
            let pc = self.labels[label.0 as usize];
            assert!(pc != UNBOUND, "instruction {at} goes to a label that was never bound");
            self.code[at as usize].il = pc;
        }
        self.code
    }
}

fn with_b(mut instruction: Instruction, b: B) -> Instruction {
    match b {
        B::Slot(slot) => instruction.ob = slot,
        B::Imm(value) => {
            instruction.bi = true;
            instruction.il = value as u32;
            instruction.ih = (value >> 32) as u32;
        }
    }
    instruction
}
