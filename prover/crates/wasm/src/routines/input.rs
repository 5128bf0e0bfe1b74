use super::{REST, WORDS, check_ranges, jump_if_less, repeat};
use crate::translate::Builder;
use crate::translate::asm::{Asm, B, Label};
use isa::{Op, Trap};

const TO: u32 = 0;
const OFFSET: u32 = 1;
const LEN: u32 = 2;
const RECORD: u32 = 3;
const LEFT: u32 = 4;
const WORD: u32 = 5;
const VALUE: u32 = 6;
const SHIFT: u32 = 7;
const BACK: u32 = 8;
const NEXT: u32 = 9;
const TEST: u32 = 10;

/// (to, offset, len): copies input bytes to memory. Word i of the tape holds bytes 8(i-1) to 8i-1.
pub(super) fn read(builder: &mut Builder<'_>) {
    let outside = builder.traps.at(Trap::OutOfBounds);
    check_ranges(builder, [(TO, B::Slot(LEN))], LEFT);
    let asm = &mut builder.asm;
    asm.constant(0, VALUE);
    asm.input(VALUE, VALUE);
    asm.alu(Op::Add64, OFFSET, B::Slot(LEN), NEXT);
    jump_if_less(asm, VALUE, B::Slot(NEXT), LEFT, outside);

    word_of_offset(asm);
    asm.alu(Op::And, OFFSET, REST, SHIFT);
    asm.alu(Op::And, LEN, WORDS, LEFT);
    asm.alu(Op::Add64, OFFSET, B::Slot(LEFT), OFFSET);
    let (odd, tail) = (asm.label(), asm.label());
    asm.jump_if_not(SHIFT, odd);
    repeat(asm, LEFT, 8, |asm| {
        asm.input(WORD, VALUE);
        store_word(asm);
    });
    asm.jump(tail);
    asm.bind(odd);
    split_words(asm, tail);
    asm.bind(tail);
    single_bytes(asm);
    asm.ret(RECORD);
}

/// The tape's word that holds the byte at OFFSET.
fn word_of_offset(asm: &mut Asm) {
    asm.alu(Op::Shru32, OFFSET, B::Imm(3), WORD);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
}

/// Eight bytes at a time from two words each; the second is there, for its first byte is asked for.
fn split_words(asm: &mut Asm, done: Label) {
    asm.jump_if_zero(LEFT, done);
    asm.alu(Op::Shl32, SHIFT, B::Imm(3), SHIFT);
    asm.constant(64, BACK);
    asm.alu(Op::Sub64, BACK, B::Slot(SHIFT), BACK);
    asm.input(WORD, NEXT);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
    repeat(asm, LEFT, 8, |asm| {
        asm.alu(Op::Shru64, NEXT, B::Slot(SHIFT), VALUE);
        asm.input(WORD, NEXT);
        asm.alu(Op::Shl64, NEXT, B::Slot(BACK), TEST);
        asm.alu(Op::Or, VALUE, B::Slot(TEST), VALUE);
        store_word(asm);
    });
}

fn store_word(asm: &mut Asm) {
    asm.access(Op::S64, TO, 0, VALUE);
    asm.alu(Op::Add64, TO, B::Imm(8), TO);
    asm.alu(Op::Add32, WORD, B::Imm(1), WORD);
}

/// The last bytes, fewer than eight: each from its word.
fn single_bytes(asm: &mut Asm) {
    asm.alu(Op::And, LEN, REST, LEFT);
    repeat(asm, LEFT, 1, |asm| {
        word_of_offset(asm);
        asm.input(WORD, VALUE);
        asm.alu(Op::Shl32, OFFSET, B::Imm(3), SHIFT);
        asm.alu(Op::Shru64, VALUE, B::Slot(SHIFT), VALUE);
        asm.access(Op::S8, TO, 0, VALUE);
        asm.alu(Op::Add64, TO, B::Imm(1), TO);
        asm.alu(Op::Add64, OFFSET, B::Imm(1), OFFSET);
    });
}
