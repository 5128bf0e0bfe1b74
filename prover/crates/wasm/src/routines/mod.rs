//! What has no instruction: routines in LoomVM code with the frames of functions, parameters in slots 0 and up, the return record behind them.

mod bits;
mod division;
mod host;
mod input;
mod memory;
mod sha256;

use crate::translate::Builder;
use crate::translate::asm::Label;
use crate::translate::asm::{Asm, B};
use isa::{Op, Trap};

/// A routine. Programs have those that they use, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Routine {
    /// (delta) -> pages before, or -1.
    Grow,
    /// (to, from, len).
    Copy,
    /// (to, value, len).
    Fill,
    Div32,
    Div32Unchecked,
    Div64,
    Div64Unchecked,
    Rem32,
    Rem32Unchecked,
    Rem64,
    Rem64Unchecked,
    Clz32,
    Clz64,
    Ctz32,
    Ctz64,
    /// Of an i32 as of an i64.
    Popcnt,
    /// (to, offset, len).
    InputRead,
    /// (start, len).
    Output,
    /// (code), does not return.
    Abort,
    /// (start, len, to).
    Sha256,
}

impl Routine {
    /// The same division without the checks for divisors 0 and -1.
    pub(crate) fn unchecked(self) -> Self {
        match self {
            Routine::Div32 => Routine::Div32Unchecked,
            Routine::Div64 => Routine::Div64Unchecked,
            Routine::Rem32 => Routine::Rem32Unchecked,
            Routine::Rem64 => Routine::Rem64Unchecked,
            other => other,
        }
    }
}

/// Writes the routines that are used. None uses another.
pub(crate) fn write(builder: &mut Builder<'_>) {
    for (routine, label) in builder.routines.clone() {
        builder.asm.bind(label);
        match routine {
            Routine::Grow => memory::grow(builder),
            Routine::Copy => memory::copy(builder),
            Routine::Fill => memory::fill(builder),
            Routine::Div32 => division::divide(builder, false, true),
            Routine::Div32Unchecked => division::divide(builder, false, false),
            Routine::Div64 => division::divide(builder, true, true),
            Routine::Div64Unchecked => division::divide(builder, true, false),
            Routine::Rem32 => division::remainder(builder, false, true),
            Routine::Rem32Unchecked => division::remainder(builder, false, false),
            Routine::Rem64 => division::remainder(builder, true, true),
            Routine::Rem64Unchecked => division::remainder(builder, true, false),
            Routine::Clz32 => bits::leading_zeros(&mut builder.asm, 32),
            Routine::Clz64 => bits::leading_zeros(&mut builder.asm, 64),
            Routine::Ctz32 => bits::trailing_zeros(&mut builder.asm, false),
            Routine::Ctz64 => bits::trailing_zeros(&mut builder.asm, true),
            Routine::Popcnt => bits::ones(&mut builder.asm),
            Routine::InputRead => input::read(builder),
            Routine::Output => host::output(builder),
            Routine::Abort => host::abort(builder),
            Routine::Sha256 => sha256::routine(builder),
        }
    }
}

/// The whole words, and what is left then, of a length in bytes.
const WORDS: B = B::Imm(0xffff_fff8);
const REST: B = B::Imm(7);

/// Traps unless each `start` + `len` is within memory: sums of 33 bits (section 2.4). They are left in the slots from `ends`; two more behind
/// them are scratch.
fn check_ranges<const N: usize>(builder: &mut Builder<'_>, ranges: [(u32, B); N], ends: u32) {
    let outside = builder.traps.at(Trap::OutOfBounds);
    let (size, test) = (ends + N as u32, ends + N as u32 + 1);
    let asm = &mut builder.asm;
    asm.memory_size(size);
    asm.alu(Op::Shl64, size, B::Imm(16), size);
    for ((start, len), end) in ranges.into_iter().zip(ends..) {
        asm.alu(Op::Add64, start, len, end);
        jump_if_less(asm, size, B::Slot(end), test, outside);
    }
}

/// Does `body` once for every `step` of slot `left`, which counts down to zero. It holds a multiple of `step` below 2^32.
pub(crate) fn repeat(asm: &mut Asm, left: u32, step: u64, body: impl FnOnce(&mut Asm)) {
    let done = asm.label();
    asm.jump_if_zero(left, done);
    let next = asm.here();
    body(asm);
    asm.alu(Op::Sub32, left, B::Imm(step), left);
    asm.jump_if_not(left, next);
    asm.bind(done);
}

/// Jumps when A < B, unsigned; `test` is scratch.
fn jump_if_less(asm: &mut Asm, a: u32, b: B, test: u32, label: Label) {
    asm.alu(Op::Ltu, a, b, test);
    asm.jump_if_not(test, label);
}
