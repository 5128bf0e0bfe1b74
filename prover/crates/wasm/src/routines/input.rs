use super::{check_range, jump_if_less};
use crate::translate::Builder;
use crate::translate::asm::{Asm, B};
use isa::{Op, Trap};

const TO: u32 = 0;
const OFFSET: u32 = 1;
const LEN: u32 = 2;
const RECORD: u32 = 3;
const END: u32 = 4;
const TEST: u32 = 5;
const WORD: u32 = 6;
const VALUE: u32 = 7;
const SHIFT: u32 = 8;
const BACK: u32 = 9;
const NEXT: u32 = 10;

/// (to, offset, len): copies input bytes to memory. Word i of the tape holds bytes 8(i-1) to 8i-1.
pub(super) fn read(builder: &mut Builder<'_>) {
    let outside = builder.traps.at(Trap::OutOfBounds);
    check_range(builder, TO, B::Slot(LEN), END);
    let asm = &mut builder.asm;
    asm.constant(0, VALUE);
    asm.input(VALUE, VALUE);
    asm.alu(Op::Add64, OFFSET, B::Slot(LEN), END);
    jump_if_less(asm, VALUE, B::Slot(END), TEST, outside);

    asm.alu(Op::And, LEN, B::Imm(0xffff_fff8), END);
    asm.alu(Op::Add64, END, B::Slot(TO), END);
    asm.alu(Op::Shru32, OFFSET, B::Imm(3), WORD);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
    asm.alu(Op::And, OFFSET, B::Imm(7), SHIFT);
    let (odd, tail) = (asm.label(), asm.label());
    asm.jump_if_not(SHIFT, odd);
    whole_words(asm);
    asm.jump(tail);
    asm.bind(odd);
    split_words(asm);
    asm.bind(tail);
    single_bytes(asm);
    asm.ret(RECORD);
}

/// Eight bytes at a time from an offset that is a multiple of eight.
fn whole_words(asm: &mut Asm) {
    let check = asm.label();
    asm.jump(check);
    let next = asm.here();
    asm.input(WORD, VALUE);
    store_word(asm);
    asm.bind(check);
    jump_if_less(asm, TO, B::Slot(END), TEST, next);
}

/// Eight bytes at a time from two words each.
fn split_words(asm: &mut Asm) {
    let (check, done) = (asm.label(), asm.label());
    asm.alu(Op::Ltu, TO, B::Slot(END), TEST);
    asm.jump_if_zero(TEST, done);
    asm.alu(Op::Shl32, SHIFT, B::Imm(3), SHIFT);
    asm.constant(64, BACK);
    asm.alu(Op::Sub64, BACK, B::Slot(SHIFT), BACK);
    asm.input(WORD, NEXT);
    let next = asm.here();
    asm.alu(Op::Shru64, NEXT, B::Slot(SHIFT), VALUE);
    asm.alu(Op::Add32, WORD, B::Imm(1), TEST);
    asm.input(TEST, NEXT);
    asm.alu(Op::Shl64, NEXT, B::Slot(BACK), TEST);
    asm.alu(Op::Or, VALUE, B::Slot(TEST), VALUE);
    store_word(asm);
    asm.bind(check);
    jump_if_less(asm, TO, B::Slot(END), TEST, next);
    asm.bind(done);
}

fn store_word(asm: &mut Asm) {
    asm.access(Op::S64, TO, 0, VALUE);
    asm.alu(Op::Add64, TO, B::Imm(8), TO);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
}

/// The last bytes, fewer than eight: each from its word.
fn single_bytes(asm: &mut Asm) {
    let check = asm.label();
    asm.alu(Op::And, LEN, B::Imm(7), TEST);
    asm.alu(Op::Add64, END, B::Slot(TEST), END);
    asm.alu(Op::And, LEN, B::Imm(0xffff_fff8), TEST);
    asm.alu(Op::Add64, OFFSET, B::Slot(TEST), OFFSET);
    asm.jump(check);
    let next = asm.here();
    asm.alu(Op::Shru32, OFFSET, B::Imm(3), WORD);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
    asm.input(WORD, VALUE);
    asm.alu(Op::Shl32, OFFSET, B::Imm(3), SHIFT);
    asm.alu(Op::Shru64, VALUE, B::Slot(SHIFT), VALUE);
    asm.access(Op::S8, TO, 0, VALUE);
    asm.alu(Op::Add64, TO, B::Imm(1), TO);
    asm.alu(Op::Add64, OFFSET, B::Imm(1), OFFSET);
    asm.bind(check);
    jump_if_less(asm, TO, B::Slot(END), TEST, next);
}
