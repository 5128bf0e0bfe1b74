use super::{REST, WORDS, check_ranges, jump_if_less, repeat};
use crate::translate::Builder;
use crate::translate::asm::{Asm, B};
use isa::Op;

/// (delta) -> pages before, or -1. The sum is one of 33 bits: a delta near 2^32 must not wrap.
pub(super) fn grow(builder: &mut Builder<'_>) {
    let (delta, record, before, after, test) = (0, 1, 2, 3, 4);
    let max = u64::from(builder.provable.max_pages);
    let asm = &mut builder.asm;
    let fails = asm.label();
    asm.memory_size(before);
    asm.alu(Op::Add64, before, B::Slot(delta), after);
    asm.alu_inv(Op::Ltu, after, B::Imm(max + 1), test);
    asm.jump_if_not(test, fails);
    asm.set_memory_size(after);
    asm.copy(before, delta);
    asm.ret(record);
    asm.bind(fails);
    asm.constant(u64::from(u32::MAX), delta);
    asm.ret(record);
}

/// (to, from, len): upwards, or downwards when the target lies behind the source, so that overlapping ranges are copied right. Eight bytes at a
/// time: upwards what is written lies below what is still to be read, downwards above.
pub(super) fn copy(builder: &mut Builder<'_>) {
    let (to, from, len, record, to_end, from_end, left) = (0, 1, 2, 3, 4, 5, 6);
    let value = 7;
    check_ranges(builder, [(to, B::Slot(len)), (from, B::Slot(len))], to_end);
    let asm = &mut builder.asm;
    let down = asm.label();
    jump_if_less(asm, from, B::Slot(to), left, down);
    let steps = |asm: &mut Asm, load: Op, store: Op, step: u64| {
        repeat(asm, left, step, |asm| {
            asm.access(load, from, 0, value);
            asm.access(store, to, 0, value);
            asm.alu(Op::Add64, from, B::Imm(step), from);
            asm.alu(Op::Add64, to, B::Imm(step), to);
        });
    };
    asm.alu(Op::And, len, WORDS, left);
    steps(asm, Op::L64, Op::S64, 8);
    asm.alu(Op::And, len, REST, left);
    steps(asm, Op::L8u, Op::S8, 1);
    asm.ret(record);

    asm.bind(down);
    let steps = |asm: &mut Asm, load: Op, store: Op, step: u64| {
        repeat(asm, left, step, |asm| {
            asm.alu(Op::Sub64, from_end, B::Imm(step), from_end);
            asm.alu(Op::Sub64, to_end, B::Imm(step), to_end);
            asm.access(load, from_end, 0, value);
            asm.access(store, to_end, 0, value);
        });
    };
    asm.alu(Op::And, len, REST, left);
    steps(asm, Op::L8u, Op::S8, 1);
    asm.alu(Op::And, len, WORDS, left);
    steps(asm, Op::L64, Op::S64, 8);
    asm.ret(record);
}

/// (to, value, len): the byte eight times over, then byte by byte.
pub(super) fn fill(builder: &mut Builder<'_>) {
    let (to, value, len, record, left) = (0, 1, 2, 3, 4);
    check_ranges(builder, [(to, B::Slot(len))], left);
    let asm = &mut builder.asm;
    asm.alu(Op::And, value, B::Imm(0xff), value);
    asm.alu(Op::Mul64, value, B::Imm(0x0101_0101_0101_0101), value);
    let steps = |asm: &mut Asm, store: Op, step: u64| {
        repeat(asm, left, step, |asm| {
            asm.access(store, to, 0, value);
            asm.alu(Op::Add64, to, B::Imm(step), to);
        });
    };
    asm.alu(Op::And, len, WORDS, left);
    steps(asm, Op::S64, 8);
    asm.alu(Op::And, len, REST, left);
    steps(asm, Op::S8, 1);
    asm.ret(record);
}
