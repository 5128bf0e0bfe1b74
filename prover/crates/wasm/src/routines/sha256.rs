use super::{check_ranges, jump_if_less};
use crate::translate::Builder;
use crate::translate::asm::{Asm, B, Label};
use isa::Op;

const START: u32 = 0;
const LEN: u32 = 1;
const TO: u32 = 2;
const RECORD: u32 = 3;
/// The chaining value, eight words.
const STATE: u32 = 4;
/// The working variables a to h, renamed from round to round.
const WORK: u32 = 12;
/// The last sixteen words of the message schedule.
const SCHEDULE: u32 = 20;
/// Five scratch slots.
const T: u32 = 36;
const BLOCKS: u32 = 41;
/// a xor b of this round and of the one before.
const PAIRS: [u32; 2] = [42, 43];
/// The frame of [`padded_word`], which goes on where it was with every call.
const WORDS: u32 = 44;

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Of the square roots of the first eight primes (5.3.3).
const INITIAL: [u32; 8] = [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// (start, len, to): SHA-256 of a range of memory. Both ranges are checked before anything is written, and they may overlap.
pub(super) fn routine(builder: &mut Builder<'_>) {
    check_ranges(builder, [(START, B::Slot(LEN)), (TO, B::Imm(32))], T);
    let asm = &mut builder.asm;
    let word = asm.label();
    for (slot, value) in (STATE..).zip(INITIAL) {
        asm.constant(value.into(), slot);
    }
    // One byte 0x80 and eight of the length are appended.
    asm.alu(Op::Add64, LEN, B::Imm(72), BLOCKS);
    asm.alu(Op::Shru64, BLOCKS, B::Imm(6), BLOCKS);
    asm.copy(START, WORDS + WORD_AT);
    asm.copy(LEN, WORDS + WORD_LEFT);
    asm.constant(1, WORDS + WORD_PAD);
    let (next, short, compress) = (asm.label(), asm.label(), asm.label());
    asm.bind(next);
    jump_if_less(asm, WORDS + WORD_LEFT, B::Imm(64), T, short);
    whole_block(asm);
    asm.alu(Op::Sub32, BLOCKS, B::Imm(1), BLOCKS);
    asm.jump(compress);
    asm.bind(short);
    last_blocks(asm, word, compress);
    asm.bind(compress);
    rounds(asm);
    asm.jump_if_not(BLOCKS, next);
    for i in 0..8 {
        reverse(asm, STATE + i, T);
        asm.access(Op::S32, TO, 4 * i, STATE + i);
    }
    asm.ret(RECORD);
    asm.bind(word);
    padded_word(asm);
}

/// The schedule's first words from 64 bytes of the message.
fn whole_block(asm: &mut Asm) {
    for i in 0..16 {
        asm.access(Op::L32u, WORDS + WORD_AT, 4 * i, SCHEDULE + i);
        reverse(asm, SCHEDULE + i, T);
    }
    asm.alu(Op::Add64, WORDS + WORD_AT, B::Imm(64), WORDS + WORD_AT);
    asm.alu(Op::Sub32, WORDS + WORD_LEFT, B::Imm(64), WORDS + WORD_LEFT);
}

/// The same from what is left of the message and the padding; the very last block ends with the length in bits.
fn last_blocks(asm: &mut Asm, word: Label, compress: Label) {
    for i in 0..16 {
        asm.call(word, WORDS, WORDS + WORD_RECORD);
        asm.copy(WORDS + WORD, SCHEDULE + i);
    }
    asm.alu(Op::Sub32, BLOCKS, B::Imm(1), BLOCKS);
    asm.jump_if_not(BLOCKS, compress);
    asm.alu(Op::Shru32, LEN, B::Imm(29), SCHEDULE + 14);
    asm.alu(Op::Shl32, LEN, B::Imm(3), SCHEDULE + 15);
}

/// x's bytes in reverse order.
fn reverse(asm: &mut Asm, x: u32, t: u32) {
    asm.alu(Op::Rotl32, x, B::Imm(8), t);
    asm.alu(Op::And, t, B::Imm(0x00ff_00ff), t);
    asm.alu(Op::Rotl32, x, B::Imm(24), x);
    asm.alu(Op::And, x, B::Imm(0xff00_ff00), x);
    asm.alu(Op::Or, x, B::Slot(t), x);
}

/// C = the exclusive or of x rotated left by each of `by`.
fn rotations(asm: &mut Asm, x: u32, by: [u64; 3], c: u32, t: u32) {
    asm.alu(Op::Rotl32, x, B::Imm(by[0]), c);
    for amount in &by[1..] {
        asm.alu(Op::Rotl32, x, B::Imm(*amount), t);
        asm.alu(Op::Xor, c, B::Slot(t), c);
    }
}

/// C = x rotated left by two amounts and shifted right by a third.
fn small_sigma(asm: &mut Asm, x: u32, left: [u64; 2], right: u64, c: u32, t: u32) {
    asm.alu(Op::Rotl32, x, B::Imm(left[0]), c);
    asm.alu(Op::Rotl32, x, B::Imm(left[1]), t);
    asm.alu(Op::Xor, c, B::Slot(t), c);
    asm.alu(Op::Shru32, x, B::Imm(right), t);
    asm.alu(Op::Xor, c, B::Slot(t), c);
}

/// The 64 rounds on the schedule's words, and the sum into the chaining value.
fn rounds(asm: &mut Asm) {
    let add = |asm: &mut Asm, a: u32, b: u32, c: u32| asm.alu(Op::Add32, a, B::Slot(b), c);
    for i in 0..8 {
        asm.copy(STATE + i, WORK + i);
    }
    asm.alu(Op::Xor, WORK + 1, B::Slot(WORK + 2), PAIRS[1]);
    for round in 0..64u32 {
        let [a, b, _, d, e, f, g, h] = std::array::from_fn(|i| WORK + (i as u32 + 64 - round) % 8);
        let word = |back: u32| SCHEDULE + (round + 16 - back) % 16;
        let w = word(0);
        if round >= 16 {
            small_sigma(asm, word(15), [25, 14], 3, T, T + 1);
            add(asm, w, T, w);
            add(asm, w, word(7), w);
            small_sigma(asm, word(2), [15, 13], 10, T, T + 1);
            add(asm, w, T, w);
        }
        rotations(asm, e, [26, 21, 7], T, T + 1);
        asm.alu(Op::Xor, f, B::Slot(g), T + 1);
        asm.alu(Op::And, T + 1, B::Slot(e), T + 1);
        asm.alu(Op::Xor, T + 1, B::Slot(g), T + 1);
        add(asm, T, T + 1, T);
        add(asm, T, h, T);
        add(asm, T, w, T);
        asm.alu(Op::Add32, T, B::Imm(K[round as usize].into()), T);
        add(asm, d, T, d);
        rotations(asm, a, [30, 19, 10], T + 1, T + 2);
        // The majority of a, b, c is b xor (a xor b) and (b xor c).
        let (pair, before) = (PAIRS[round as usize % 2], PAIRS[(round as usize + 1) % 2]);
        asm.alu(Op::Xor, a, B::Slot(b), pair);
        asm.alu(Op::And, pair, B::Slot(before), T + 2);
        asm.alu(Op::Xor, T + 2, B::Slot(b), T + 2);
        add(asm, T, T + 1, h);
        add(asm, h, T + 2, h);
    }
    for i in 0..8 {
        add(asm, STATE + i, WORK + i, STATE + i);
    }
}

const WORD_AT: u32 = 0;
const WORD_LEFT: u32 = 1;
const WORD_PAD: u32 = 2;
const WORD: u32 = 3;
const WORD_RECORD: u32 = 4;

/// (address, bytes left, whether 0x80 is still to come) -> the next word of the padded message, in a frame of its own.
fn padded_word(asm: &mut Asm) {
    let (byte, test) = (5, 6);
    let slow = asm.label();
    jump_if_less(asm, WORD_LEFT, B::Imm(4), test, slow);
    asm.access(Op::L32u, WORD_AT, 0, WORD);
    reverse(asm, WORD, test);
    asm.alu(Op::Add64, WORD_AT, B::Imm(4), WORD_AT);
    asm.alu(Op::Sub32, WORD_LEFT, B::Imm(4), WORD_LEFT);
    asm.ret(WORD_RECORD);
    asm.bind(slow);
    asm.constant(0, WORD);
    for _ in 0..4 {
        let (none, join) = (asm.label(), asm.label());
        asm.jump_if_zero(WORD_LEFT, none);
        asm.access(Op::L8u, WORD_AT, 0, byte);
        asm.alu(Op::Add64, WORD_AT, B::Imm(1), WORD_AT);
        asm.alu(Op::Sub32, WORD_LEFT, B::Imm(1), WORD_LEFT);
        asm.jump(join);
        asm.bind(none);
        asm.alu(Op::Shl32, WORD_PAD, B::Imm(7), byte);
        asm.constant(0, WORD_PAD);
        asm.bind(join);
        asm.alu(Op::Shl32, WORD, B::Imm(8), WORD);
        asm.alu(Op::Or, WORD, B::Slot(byte), WORD);
    }
    asm.ret(WORD_RECORD);
}
