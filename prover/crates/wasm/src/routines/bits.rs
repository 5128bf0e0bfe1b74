use crate::translate::asm::{Asm, B};
use isa::Op;

const X: u32 = 0;
const RECORD: u32 = 1;

/// (x) -> its leading zeros: halves the number as often as its width allows.
pub(super) fn leading_zeros(asm: &mut Asm, width: u32) {
    let (count, test) = (2, 3);
    let shift = if width == 64 { Op::Shl64 } else { Op::Shl32 };
    let some = asm.label();
    asm.alu_inv(Op::Eq, X, B::Imm(0), test);
    asm.jump_if_not(test, some);
    asm.constant(width.into(), X);
    asm.ret(RECORD);
    asm.bind(some);
    asm.constant(0, count);
    let mut half = width / 2;
    while half > 0 {
        let set = asm.label();
        asm.alu_inv(Op::Ltu, X, B::Imm(1 << (width - half)), test);
        asm.jump_if_not(test, set);
        asm.alu(shift, X, B::Imm(half.into()), X);
        asm.alu(Op::Add32, count, B::Imm(half.into()), count);
        asm.bind(set);
        half /= 2;
    }
    asm.copy(count, X);
    asm.ret(RECORD);
}

/// (x) -> its trailing zeros: the ones of (x - 1) and not x.
pub(super) fn trailing_zeros(asm: &mut Asm, wide: bool) {
    let less = 2;
    let (subtract, all) = if wide { (Op::Sub64, u64::MAX) } else { (Op::Sub32, u64::from(u32::MAX)) };
    asm.alu(subtract, X, B::Imm(1), less);
    asm.alu(Op::Xor, X, B::Imm(all), X);
    asm.alu(Op::And, X, B::Slot(less), X);
    ones(asm);
}

/// (x) -> its ones: sums of neighbours, of pairs, of halves of bytes, of bytes.
pub(super) fn ones(asm: &mut Asm) {
    let t = 2;
    asm.alu(Op::Shru64, X, B::Imm(1), t);
    asm.alu(Op::And, t, B::Imm(0x5555_5555_5555_5555), t);
    asm.alu(Op::Sub64, X, B::Slot(t), X);
    asm.alu(Op::Shru64, X, B::Imm(2), t);
    asm.alu(Op::And, t, B::Imm(0x3333_3333_3333_3333), t);
    asm.alu(Op::And, X, B::Imm(0x3333_3333_3333_3333), X);
    asm.alu(Op::Add64, X, B::Slot(t), X);
    asm.alu(Op::Shru64, X, B::Imm(4), t);
    asm.alu(Op::Add64, X, B::Slot(t), X);
    asm.alu(Op::And, X, B::Imm(0x0f0f_0f0f_0f0f_0f0f), X);
    asm.alu(Op::Mul64, X, B::Imm(0x0101_0101_0101_0101), X);
    asm.alu(Op::Shru64, X, B::Imm(56), X);
    asm.ret(RECORD);
}
