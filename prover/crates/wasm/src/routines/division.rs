use crate::translate::Builder;
use crate::translate::asm::{Asm, B};
use isa::{Op, Trap};

const A: u32 = 0;
const DIVISOR: u32 = 1;
const RECORD: u32 = 2;
const SIGN: u32 = 3;
const TEST: u32 = 4;
const ZERO: u32 = 5;

/// (a, b) -> a / b, towards zero: by magnitudes, then the sign.
pub(super) fn divide(builder: &mut Builder<'_>, wide: bool, checked: bool) {
    if checked {
        check_zero(builder, wide);
        let overflow = builder.traps.at(Trap::Overflow);
        let asm = &mut builder.asm;
        let fine = asm.label();
        let (minus_one, least) = if wide { (u64::MAX, 1 << 63) } else { (u64::from(u32::MAX), 1 << 31) };
        asm.alu(Op::Eq, DIVISOR, B::Imm(minus_one), TEST);
        asm.jump_if_zero(TEST, fine);
        asm.alu(Op::Eq, A, B::Imm(least), TEST);
        asm.jump_if_not(TEST, overflow);
        asm.bind(fine);
    }
    let asm = &mut builder.asm;
    asm.alu(Op::Xor, A, B::Slot(DIVISOR), SIGN);
    magnitude(asm, A, A, wide);
    magnitude(asm, DIVISOR, DIVISOR, wide);
    asm.alu(Op::Divu, A, B::Slot(DIVISOR), A);
    magnitude(asm, A, SIGN, wide);
    asm.ret(RECORD);
}

/// (a, b) -> the remainder, with the sign of a. The least number by -1 gives 0 by itself.
pub(super) fn remainder(builder: &mut Builder<'_>, wide: bool, checked: bool) {
    if checked {
        check_zero(builder, wide);
    }
    let asm = &mut builder.asm;
    asm.copy(A, SIGN);
    magnitude(asm, A, A, wide);
    magnitude(asm, DIVISOR, DIVISOR, wide);
    asm.alu(Op::Remu, A, B::Slot(DIVISOR), A);
    magnitude(asm, A, SIGN, wide);
    asm.ret(RECORD);
}

fn check_zero(builder: &mut Builder<'_>, wide: bool) {
    let zero = builder.traps.at(Trap::DivisionByZero);
    if wide {
        builder.asm.alu(Op::Eq, DIVISOR, B::Imm(0), TEST);
        builder.asm.jump_if_not(TEST, zero);
    } else {
        builder.asm.jump_if_zero(DIVISOR, zero);
    }
}

/// Negates slot `x` when slot `sign` is negative.
fn magnitude(asm: &mut Asm, x: u32, sign: u32, wide: bool) {
    let positive = asm.label();
    let (less, subtract) = if wide { (Op::Lts64, Op::Sub64) } else { (Op::Lts32, Op::Sub32) };
    asm.alu(less, sign, B::Imm(0), TEST);
    asm.jump_if_zero(TEST, positive);
    asm.constant(0, ZERO);
    asm.alu(subtract, ZERO, B::Slot(x), x);
    asm.bind(positive);
}
