use isa::{Op, Program};
use std::fmt::Write;

/// The program as text, an instruction a line: index, instruction, and where a jump goes.
pub fn disassemble(program: &Program) -> String {
    let mut text = String::new();
    for (pc, instruction) in program.instructions.iter().enumerate() {
        let jumps = matches!(instruction.op, Op::Jmp | Op::Jz | Op::Jnz | Op::Jtab | Op::Call);
        let target = if jumps { format!(" -> {}", instruction.il) } else { String::new() };
        writeln!(text, "{pc:6}  {instruction}{target}").expect("writing to a string cannot fail");
    }
    text
}
