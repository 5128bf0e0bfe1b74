//! Control flow, globals, tapes and limits, hand-assembled.
extern crate loom_vm as vm;

mod common;

use common::asm::Asm;
use common::{GO, run};
use isa::{Instruction, Op, Program};
use std::sync::atomic::AtomicBool;
use vm::{Error, Limits};

fn fail(program: &Program, input: &[u8], limits: &Limits) -> Error {
    vm::run(program, input, limits, &GO).expect_err("the run must fail")
}

fn output(program: &Program, input: &[u8]) -> Vec<u64> {
    let execution = run(program, input);
    assert_eq!(execution.exit_code, 0);
    execution.output.chunks(8).map(|word| u64::from_le_bytes(word.try_into().expect("whole words"))).collect()
}

/// Adds 1 to slot 0 until it is `n`.
fn count_to(n: u64) -> Program {
    let mut asm = Asm::new(0);
    asm.constant(0, 0);
    let head = asm.here();
    asm.imm(Op::Add64, 0, 1, 0);
    asm.imm(Op::Eq, 0, n, 1);
    asm.push(Instruction { oa: 1, il: head, ..Instruction::new(Op::Jz) });
    asm.emit(0);
    asm.finish()
}

#[test]
fn a_loop_counts() {
    let execution = run(&count_to(1000), &[]);
    assert_eq!(execution.output, 1000u64.to_le_bytes());
    assert_eq!(execution.cycles, 2 + 3 * 1000 + 2 + 3);
}

#[test]
fn jumps_look_at_the_low_word_alone() {
    for (op, value, taken) in
        [(Op::Jz, 1 << 32, true), (Op::Jz, 1, false), (Op::Jnz, 1 << 32, false), (Op::Jnz, 1 << 31, true), (Op::Jmp, 0, true)]
    {
        let mut asm = Asm::new(0);
        asm.constant(0, value);
        asm.constant(1, 10);
        let jump = asm.push(Instruction { oa: 0, ..Instruction::new(op) });
        asm.constant(1, 20);
        asm.land(jump);
        asm.emit(1);
        assert_eq!(output(&asm.finish(), &[]), [if taken { 10 } else { 20 }], "{op:?} {value}");
    }
}

#[test]
fn a_jump_table_adds_its_index() {
    for index in 0..3 {
        let mut asm = Asm::new(0);
        asm.constant(0, index | 7 << 32);
        asm.constant(1, 0);
        let table = asm.here() + 1;
        asm.push(Instruction { oa: 0, il: table, ..Instruction::new(Op::Jtab) });
        for _ in 0..3 {
            asm.imm(Op::Add64, 1, 1, 1);
        }
        asm.emit(1);
        assert_eq!(output(&asm.finish(), &[]), [3 - index]);
    }
}

#[test]
fn a_call_moves_the_frame_and_a_return_brings_it_back() {
    for indirect in [false, true] {
        let mut asm = Asm::new(0);
        let over = asm.push(Instruction::new(Op::Jmp));
        // The callee: slot 0 becomes slot 0 + slot 1; its return record is in slot 2.
        let callee = asm.here();
        asm.op(Op::Add64, 0, 1, 0);
        asm.push(Instruction { oa: 2, ..Instruction::new(Op::Ret) });
        asm.land(over);
        asm.constant(0, 111);
        asm.constant(5, 30);
        asm.constant(6, 12);
        asm.constant(1, u64::from(callee));
        let call = Instruction { ob: 5, oc: 7, ..Instruction::new(Op::Call) };
        asm.push(if indirect { Instruction { op: Op::Callr, oa: 1, ..call } } else { Instruction { il: callee, ..call } });
        asm.emit(5);
        asm.emit(0);
        assert_eq!(output(&asm.finish(), &[]), [42, 111]);
    }
}

#[test]
fn globals_are_cells_of_their_own_space() {
    let mut asm = Asm::new(0);
    asm.constant(0, 77 | 5 << 32);
    asm.push(Instruction { oa: 0, oc: 12, ..Instruction::new(Op::Gset) });
    asm.push(Instruction { oa: 12, oc: 1, ..Instruction::new(Op::Gget) });
    asm.constant(2, 2 | 9 << 32);
    asm.push(Instruction { oa: 10, ob: 2, oc: 3, ..Instruction::new(Op::Ggetx) });
    asm.push(Instruction { oa: 10, bi: true, il: 2, ih: 1, oc: 4, ..Instruction::new(Op::Ggetx) });
    asm.push(Instruction { oa: 13, oc: 5, ..Instruction::new(Op::Gget) });
    [1, 3, 4, 5].into_iter().for_each(|slot| asm.emit(slot));
    assert_eq!(output(&asm.finish(), &[]), [77 | 5 << 32, 77 | 5 << 32, 77 | 5 << 32, 0]);
}

#[test]
fn the_input_is_read_by_words() {
    let mut asm = Asm::new(0);
    for word in 0..3 {
        asm.constant(0, word | 3 << 32);
        asm.push(Instruction { oa: 0, oc: 1, ..Instruction::new(Op::Inw) });
        asm.emit(1);
    }
    let program = asm.finish();
    assert_eq!(output(&program, &[1, 2, 3, 4, 5, 6, 7, 8, 9]), [9, 0x0807_0605_0403_0201, 9]);
    assert!(matches!(fail(&program, &[1], &Limits::default()), Error::NoInputWord { word: 2, words: 2, .. }));
}

#[test]
fn memory_grows_shrinks_and_keeps_what_it_had() {
    let mut asm = Asm::new(1);
    let (size, resize) =
        (|slot| Instruction { oc: slot, ..Instruction::new(Op::Msize) }, |slot| Instruction { oa: slot, ..Instruction::new(Op::Setmsz) });
    asm.constant(0, 3);
    asm.constant(1, 1);
    asm.constant(2, 131_072);
    asm.push(size(3));
    asm.emit(3);
    asm.push(resize(0));
    asm.access(Op::S64, 2, 0, 2);
    asm.push(resize(1));
    asm.push(size(3));
    asm.emit(3);
    asm.push(resize(0));
    asm.access(Op::L64, 2, 0, 3);
    asm.emit(3);
    let program = asm.finish();
    assert_eq!(output(&program, &[]), [1, 1, 131_072]);
    assert_eq!(run(&program, &[]).memory.len(), 3 * 65536);
    let limits = Limits { pages: 2, ..Limits::default() };
    assert_eq!(fail(&program, &[], &limits), Error::PageLimit { pages: 3, limit: 2 });
    assert_eq!(fail(&Program { init_pages: 3, ..program }, &[], &limits), Error::PageLimit { pages: 3, limit: 2 });
}

#[test]
fn limits_are_errors_that_say_which() {
    let endless = |op: Instruction| {
        let mut asm = Asm::new(0);
        let here = asm.here();
        asm.push(Instruction { il: here, ..op });
        asm.program()
    };
    let jump = endless(Instruction::new(Op::Jmp));
    for cycles in [1, 2, 65536, 100_000] {
        let limits = Limits { cycles, ..Limits::default() };
        assert_eq!(fail(&jump, &[], &limits), Error::CycleLimit { limit: cycles });
    }
    let counted = count_to(10);
    let cycles = run(&counted, &[]).cycles;
    assert!(vm::run(&counted, &[], &Limits { cycles, ..Limits::default() }, &GO).is_ok(), "the limit itself is allowed");
    assert_eq!(fail(&counted, &[], &Limits { cycles: cycles - 1, ..Limits::default() }), Error::CycleLimit { limit: cycles - 1 });
    let calls = endless(Instruction { ob: 3, ..Instruction::new(Op::Call) });
    assert!(matches!(fail(&calls, &[], &Limits::default()), Error::FrameLimit { limit: 0x10_0000, .. }));
    assert_eq!(vm::run(&jump, &[], &Limits::default(), &AtomicBool::new(true)), Err(Error::Cancelled));
}

#[test]
fn what_no_proof_could_describe_is_an_error() {
    let of = |build: &dyn Fn(&mut Asm)| {
        let mut asm = Asm::new(0);
        build(&mut asm);
        fail(&asm.finish(), &[], &Limits::default())
    };
    let divide = |op| of(&|asm| _ = asm.imm(op, 0, 0, 0));
    assert!(matches!(divide(Op::Divu), Error::DivisionByZero { .. }));
    assert!(matches!(divide(Op::Remu), Error::DivisionByZero { .. }));
    let wide = of(&|asm| {
        asm.constant(0, 1 << 32);
        asm.imm(Op::Shrs32, 0, 1, 0);
    });
    assert!(matches!(wide, Error::NotAnI32 { .. }));
    let away = of(&|asm| _ = asm.push(Instruction { il: 1000, ..Instruction::new(Op::Jmp) }));
    assert_eq!(away, Error::NoInstruction { pc: 1000 });
    let far = of(&|asm| {
        asm.constant(0, 0xFFFF_FFFF);
        asm.push(Instruction { oa: 1, ob: 0, ..Instruction::new(Op::Ggetx) });
    });
    assert!(matches!(far, Error::SysLimit { address: 0x1_0000_0000, .. }));
    let twice = of(&|asm| {
        asm.constant(0, 0);
        asm.imm(Op::Outw, 0, 0, 0);
    });
    assert_eq!(twice, Error::OutputTwice { word: 0 });
    let malformed = of(&|asm| _ = asm.push(Instruction { oa: 1 << 24, ..Instruction::new(Op::Jz) }));
    assert!(matches!(malformed, Error::Malformed { reason: isa::Malformed::OperandTooLarge, .. }));
}
