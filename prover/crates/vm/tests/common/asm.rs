use isa::{Instruction, Op, Program};

/// Builds a program by hand: slots by number, labels by pc. pc 0 jumps to the start, pc 1 (the trap vector) to a stub that ends with
/// exit code 6.
pub struct Asm {
    code: Vec<Instruction>,
    pages: u32,
    words: u32,
}

/// A slot that [`Asm`] uses for itself.
const SCRATCH: u32 = 900;

impl Asm {
    pub fn new(pages: u32) -> Self {
        let mut asm = Self { code: vec![Instruction::new(Op::Jmp); 2], pages, words: 0 };
        asm.code[1].il = asm.here();
        asm.constant(SCRATCH, 0);
        asm.push(Instruction { oa: SCRATCH, bi: true, il: 0, ih: 6, ..Instruction::new(Op::Outw) });
        asm.push(Instruction::new(Op::Halt));
        asm.code[0].il = asm.here();
        asm
    }

    pub fn here(&self) -> u32 {
        self.code.len() as u32
    }

    pub fn push(&mut self, instruction: Instruction) -> u32 {
        self.code.push(instruction);
        self.here() - 1
    }

    /// The instruction at `pc` shall go to where the program is now.
    pub fn land(&mut self, pc: u32) {
        self.code[pc as usize].il = self.here();
    }

    pub fn constant(&mut self, slot: u32, value: u64) {
        self.push(Instruction { oc: slot, il: value as u32, ih: (value >> 32) as u32, ..Instruction::new(Op::Const) });
    }

    /// C = A op B.
    pub fn op(&mut self, op: Op, a: u32, b: u32, c: u32) -> u32 {
        self.push(Instruction { oa: a, ob: b, oc: c, ..Instruction::new(op) })
    }

    /// C = A op constant.
    pub fn imm(&mut self, op: Op, a: u32, b: u64, c: u32) -> u32 {
        self.push(Instruction { oa: a, bi: true, il: b as u32, ih: (b >> 32) as u32, oc: c, ..Instruction::new(op) })
    }

    /// A load or store with displacement; `slot` is what is loaded or stored.
    pub fn access(&mut self, op: Op, address: u32, displacement: u32, slot: u32) {
        self.push(Instruction { oa: address, il: displacement, oc: slot, ..Instruction::new(op) });
    }

    /// The slot becomes the next 8 bytes of output.
    pub fn emit(&mut self, slot: u32) {
        self.words += 1;
        self.constant(SCRATCH, u64::from(self.words));
        self.op(Op::Outw, SCRATCH, slot, 0);
    }

    /// Ends the program: the header with what was emitted, exit code 0.
    pub fn finish(mut self) -> Program {
        self.constant(SCRATCH, 0);
        self.imm(Op::Outw, SCRATCH, u64::from(8 * self.words), 0);
        self.push(Instruction::new(Op::Halt));
        self.program()
    }

    /// The program as it stands.
    pub fn program(self) -> Program {
        Program { instructions: self.code, init_pages: self.pages, max_pages: self.pages.max(1), module_sha256: [0; 32] }
    }
}
