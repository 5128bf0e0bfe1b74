use super::check_ranges;
use crate::translate::asm::B;
use crate::translate::{Builder, layout, resume};
use isa::{EXIT_ABORT, Op};

/// (start, len): notes the range of the output, if it is within memory.
pub(super) fn output(builder: &mut Builder<'_>) {
    let (start, len, record) = (0, 1, 2);
    check_ranges(builder, [(start, B::Slot(len))], 3);
    builder.asm.global_set(start, layout::OUTPUT_START);
    builder.asm.global_set(len, layout::OUTPUT_LEN);
    builder.asm.ret(record);
}

/// (code): ends the run with exit code 0x10000 + code mod 2^16.
pub(super) fn abort(builder: &mut Builder<'_>) {
    let (code, index) = (0, 1);
    let resumes = builder.resumes;
    let asm = &mut builder.asm;
    asm.alu(Op::And, code, B::Imm(0xffff), code);
    asm.alu(Op::Or, code, B::Imm(EXIT_ABORT.into()), code);
    if resumes {
        return resume(asm);
    }
    asm.alu(Op::Shl64, code, B::Imm(32), code);
    asm.constant(0, index);
    asm.output(index, B::Slot(code));
    asm.halt();
}
