use super::asm::B;
use super::prologue::{CALLEE, initialise, start_function};
use super::{Builder, layout};
use crate::script::Call;
use isa::Op;

/// Calls one after the other in one instance. A trap goes back to the script through the return record in SYS, and the next call is made.
///
/// Output: for each call a word (exit code, number of results), then the results. A trap in the start function ends the run with its exit code.
pub(super) fn script(builder: &mut Builder<'_>, calls: &[(u32, Call)]) {
    let failed = builder.asm.label();
    expect_trap(builder, failed);
    initialise(builder);
    start_function(builder);
    let mut word = 1;
    for (function, call) in calls {
        word += one(builder, *function, call, word);
        if builder.asm.is_full() {
            break;
        }
    }
    let asm = &mut builder.asm;
    asm.constant(8 * (word - 1), 0);
    finish(builder);
    builder.asm.bind(failed);
    builder.asm.global_get(layout::STATUS, 0);
    builder.asm.alu(Op::Shl64, 0, B::Imm(32), 0);
    finish(builder);
}

/// Writes slot 0 as the header and halts.
fn finish(builder: &mut Builder<'_>) {
    builder.asm.constant(0, 1);
    builder.asm.output(1, B::Slot(0));
    builder.asm.halt();
}

/// A trap goes to `label` from now on, with the script's frame.
fn expect_trap(builder: &mut Builder<'_>, label: super::asm::Label) {
    builder.asm.address(label, 0);
    builder.asm.global_set(0, layout::RESUME);
}

/// One call; gives the words that it writes, the first being word `first`.
fn one(builder: &mut Builder<'_>, function: u32, call: &Call, first: u64) -> u64 {
    let ty = builder.provable.valid.module.type_of(function);
    let (params, results) = (ty.params.len() as u32, ty.results.len() as u64);
    let (trapped, done) = (builder.asm.label(), builder.asm.label());
    expect_trap(builder, trapped);
    let entry = builder.functions[function as usize];
    let asm = &mut builder.asm;
    for (slot, &arg) in (CALLEE..).zip(&call.args) {
        asm.constant(arg, slot);
    }
    asm.call(entry, CALLEE, CALLEE + params.max(results as u32));
    asm.constant(first, 0);
    asm.output(0, B::Imm(results << 32));
    for i in 0..results {
        asm.constant(first + 1 + i, 0);
        asm.output(0, B::Slot(CALLEE + i as u32));
    }
    asm.jump(done);
    asm.bind(trapped);
    asm.global_get(layout::STATUS, 1);
    asm.alu(Op::Add64, 1, B::Imm(results << 32), 1);
    asm.constant(first, 0);
    asm.output(0, B::Slot(1));
    for i in 0..results {
        asm.constant(first + 1 + i, 0);
        asm.output(0, B::Imm(0));
    }
    asm.bind(done);
    1 + results
}
