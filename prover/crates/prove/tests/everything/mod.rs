//! A program that uses every table.
use isa::{Instruction, Op, Program};

fn op(op: Op, oa: u32, ob: u32, oc: u32, il: u32) -> Instruction {
    Instruction { oa, ob, oc, il, ..Instruction::new(op) }
}

/// Reads the header and the first word of the input; mixes them through every chip; stores at the address that the word says; writes 8 bytes.
pub fn program() -> Program {
    let imm = |kind, oa, oc, il| Instruction { bi: true, ..op(kind, oa, 0, oc, il) };
    let instructions = vec![
        op(Op::Jmp, 0, 0, 0, 5),
        // The trap vector: exit code 6, no output.
        op(Op::Const, 0, 0, 0, 0),
        Instruction { ih: 6, ..op(Op::Const, 0, 0, 1, 0) },
        op(Op::Outw, 0, 1, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
        // 0 = index 1, 1 = the word, of which the low half is the address.
        op(Op::Const, 0, 0, 0, 1),
        op(Op::Inw, 0, 0, 1, 0),
        imm(Op::Add32, 1, 2, 0),
        imm(Op::Mul64, 1, 3, 0x1234_5678),
        imm(Op::Xor, 3, 3, 0xFF00_FF00),
        imm(Op::Rotl64, 3, 3, 13),
        imm(Op::Remu, 3, 4, 1000),
        // Inside a cell, across two cells, and signed back.
        op(Op::S64, 2, 0, 3, 0),
        op(Op::S32, 2, 0, 4, 6),
        op(Op::L16s64, 2, 0, 5, 7),
        op(Op::L64, 2, 0, 6, 3),
        op(Op::Sub64, 6, 5, 6, 0),
        // Output: header, then the word in 6.
        op(Op::Const, 0, 0, 7, 8),
        op(Op::Const, 0, 0, 8, 0),
        op(Op::Outw, 0, 6, 0, 0),
        op(Op::Outw, 8, 7, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    Program { instructions, init_pages: 1, max_pages: 1, module_sha256: [7; 32] }
}
