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

/// Traps unless `start` + `len` is within memory: a sum of 33 bits (section 2.4). Uses three slots from `scratch`.
fn check_range(builder: &mut Builder<'_>, start: u32, len: B, scratch: u32) {
    let outside = builder.traps.at(Trap::OutOfBounds);
    let asm = &mut builder.asm;
    asm.alu(Op::Add64, start, len, scratch);
    memory_bytes(asm, scratch + 1);
    asm.alu(Op::Ltu, scratch + 1, B::Slot(scratch), scratch + 2);
    asm.jump_if_not(scratch + 2, outside);
}

/// C = bytes of memory.
fn memory_bytes(asm: &mut Asm, c: u32) {
    asm.memory_size(c);
    asm.alu(Op::Shl64, c, B::Imm(16), c);
}

/// Jumps when A < B, unsigned; `test` is scratch.
fn jump_if_less(asm: &mut Asm, a: u32, b: B, test: u32, label: Label) {
    asm.alu(Op::Ltu, a, b, test);
    asm.jump_if_not(test, label);
}
