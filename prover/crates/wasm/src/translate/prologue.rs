use super::asm::{Asm, B};
use super::{Builder, layout};
use crate::module::Constant;
use crate::routines::{Routine, repeat};
use crate::validate::Valid;
use isa::Op;
use std::collections::BTreeMap;

/// The frame of whatever the start calls begins here.
pub(super) const CALLEE: u32 = 8;

/// The whole run of a machine: initial state, start function, entry, output, HALT.
pub(super) fn main(builder: &mut Builder<'_>, entry: u32) {
    initialise(builder);
    start_function(builder);
    let entry = builder.functions[entry as usize];
    builder.asm.call(entry, CALLEE, CALLEE);
    write_output(builder);
}

/// The module's start function, if it has one: no parameters, no results.
pub(super) fn start_function(builder: &mut Builder<'_>) {
    if let Some((function, _)) = builder.provable.valid.module.start {
        let label = builder.functions[function as usize];
        builder.asm.call(label, CALLEE, CALLEE);
    }
}

/// Data segments, globals and the function table: all of it is zero at the start (decision D10).
pub(super) fn initialise(builder: &mut Builder<'_>) {
    let (zero, value) = (0, 1);
    let provable = builder.provable;
    let asm = &mut builder.asm;
    asm.constant(0, zero);
    let mut last = None;
    for (cell, word) in initial_memory(&provable.valid) {
        if word == 0 {
            continue;
        }
        if last.replace(word) != Some(word) {
            asm.constant(word, value);
        }
        asm.access(Op::S64, zero, cell * 8, value);
        if asm.is_full() {
            return;
        }
    }
    for (cell, global) in (layout::GLOBALS..).zip(&provable.valid.globals) {
        if let Constant::Number(number) = *global
            && number != 0
        {
            asm.constant(number, value);
            asm.global_set(value, cell);
        }
    }
    let first = builder.table_cell();
    for (cell, function) in (first..).zip(&provable.table) {
        if let Some(function) = *function {
            let ty = provable.valid.canonical[provable.valid.module.functions[function as usize] as usize];
            let (to, asm) = (builder.functions[function as usize], &mut builder.asm);
            asm.address_with(to, ty + 1, value);
            asm.global_set(value, cell);
        }
        if builder.asm.is_full() {
            return;
        }
    }
}

/// The 8-byte cells that data segments touch, later segments over earlier ones.
fn initial_memory(valid: &Valid<'_>) -> BTreeMap<u32, u64> {
    let mut cells = BTreeMap::new();
    for (data, offset) in valid.module.data.iter().zip(&valid.data) {
        let Some(Constant::Number(start)) = *offset else { continue };
        for (address, &byte) in (start..).zip(data.bytes) {
            let cell: &mut u64 = cells.entry((address / 8) as u32).or_default();
            let shift = address % 8 * 8;
            *cell = *cell & !(0xff << shift) | u64::from(byte) << shift;
        }
    }
    cells
}

/// Writes the output tape: the range that `loom.output` named, the header last.
fn write_output(builder: &mut Builder<'_>) {
    let (header, zero) = (1, 5);
    if builder.routines.contains_key(&Routine::Output) {
        output_words(&mut builder.asm);
    } else {
        builder.asm.constant(0, header);
    }
    let asm = &mut builder.asm;
    asm.constant(0, zero);
    asm.output(zero, B::Slot(header));
    asm.halt();
}

/// Eight bytes a word, the last word from what is left.
fn output_words(asm: &mut Asm) {
    let (at, len, left, word, value, byte) = (0, 1, 2, 3, 4, 5);
    asm.global_get(layout::OUTPUT_START, at);
    asm.global_get(layout::OUTPUT_LEN, len);
    asm.constant(1, word);
    asm.alu(Op::And, len, B::Imm(0xffff_fff8), left);
    repeat(asm, left, 8, |asm| {
        asm.access(Op::L64, at, 0, value);
        asm.output(word, B::Slot(value));
        asm.alu(Op::Add64, at, B::Imm(8), at);
        asm.alu(Op::Add64, word, B::Imm(1), word);
    });
    let done = asm.label();
    asm.alu(Op::And, len, B::Imm(7), left);
    asm.jump_if_zero(left, done);
    asm.constant(0, value);
    asm.alu(Op::Add64, at, B::Slot(left), at);
    repeat(asm, left, 1, |asm| {
        asm.alu(Op::Sub64, at, B::Imm(1), at);
        asm.alu(Op::Shl64, value, B::Imm(8), value);
        asm.access(Op::L8u, at, 0, byte);
        asm.alu(Op::Or, value, B::Slot(byte), value);
    });
    asm.output(word, B::Slot(value));
    asm.bind(done);
}
