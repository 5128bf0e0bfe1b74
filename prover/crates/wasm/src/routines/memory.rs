use super::{check_range, jump_if_less};
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

/// (to, from, len): upwards, or downwards when the target lies behind the source, so that overlapping ranges are copied right.
pub(super) fn copy(builder: &mut Builder<'_>) {
    let (to, from, len, record, end, test) = (0, 1, 2, 3, 4, 5);
    let value = 6;
    check_range(builder, to, B::Slot(len), 4);
    check_range(builder, from, B::Slot(len), 4);
    let asm = &mut builder.asm;
    let down = asm.label();
    jump_if_less(asm, from, B::Slot(to), test, down);
    // Eight bytes at a time: what is written lies below what is still to be read.
    asm.alu(Op::And, len, B::Imm(0xffff_fff8), end);
    asm.alu(Op::Add64, end, B::Slot(from), end);
    let up = |asm: &mut Asm, load: Op, store: Op, step: u64| {
        let check = asm.label();
        asm.jump(check);
        let next = asm.here();
        asm.access(load, from, 0, value);
        asm.access(store, to, 0, value);
        asm.alu(Op::Add64, from, B::Imm(step), from);
        asm.alu(Op::Add64, to, B::Imm(step), to);
        asm.bind(check);
        jump_if_less(asm, from, B::Slot(end), test, next);
    };
    up(asm, Op::L64, Op::S64, 8);
    asm.alu(Op::And, len, B::Imm(7), test);
    asm.alu(Op::Add64, end, B::Slot(test), end);
    up(asm, Op::L8u, Op::S8, 1);
    asm.ret(record);

    asm.bind(down);
    // From the ends: the odd bytes first, then eight at a time.
    asm.copy(from, end);
    asm.alu(Op::And, len, B::Imm(0xffff_fff8), test);
    asm.alu(Op::Add64, end, B::Slot(test), end);
    asm.alu(Op::Add64, from, B::Slot(len), from);
    asm.alu(Op::Add64, to, B::Slot(len), to);
    let below = |asm: &mut Asm, load: Op, store: Op, step: u64| {
        let check = asm.label();
        asm.jump(check);
        let next = asm.here();
        asm.alu(Op::Sub64, from, B::Imm(step), from);
        asm.alu(Op::Sub64, to, B::Imm(step), to);
        asm.access(load, from, 0, value);
        asm.access(store, to, 0, value);
        asm.bind(check);
        jump_if_less(asm, end, B::Slot(from), test, next);
    };
    below(asm, Op::L8u, Op::S8, 1);
    asm.alu(Op::And, len, B::Imm(0xffff_fff8), test);
    asm.alu(Op::Sub64, end, B::Slot(test), end);
    below(asm, Op::L64, Op::S64, 8);
    asm.ret(record);
}

/// (to, value, len): the byte eight times over, then byte by byte.
pub(super) fn fill(builder: &mut Builder<'_>) {
    let (to, value, len, record, end, test) = (0, 1, 2, 3, 4, 5);
    check_range(builder, to, B::Slot(len), 4);
    let asm = &mut builder.asm;
    asm.alu(Op::And, value, B::Imm(0xff), value);
    asm.alu(Op::Mul64, value, B::Imm(0x0101_0101_0101_0101), value);
    asm.alu(Op::And, len, B::Imm(0xffff_fff8), end);
    asm.alu(Op::Add64, end, B::Slot(to), end);
    let up = |asm: &mut Asm, store: Op, step: u64| {
        let check = asm.label();
        asm.jump(check);
        let next = asm.here();
        asm.access(store, to, 0, value);
        asm.alu(Op::Add64, to, B::Imm(step), to);
        asm.bind(check);
        jump_if_less(asm, to, B::Slot(end), test, next);
    };
    up(asm, Op::S64, 8);
    asm.alu(Op::And, len, B::Imm(7), test);
    asm.alu(Op::Add64, end, B::Slot(test), end);
    up(asm, Op::S8, 1);
    asm.ret(record);
}
