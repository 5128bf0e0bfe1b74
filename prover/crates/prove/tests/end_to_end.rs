//! A program that uses every table, run, proven and verified; then the same program leaving memory.

use isa::{Instruction, Op, Program};
use loom_prove::{Options, Phase, image, prove};
use proto::{Attachments, Claim, STD};
use std::sync::Mutex;
use verify::{Policy, VerifyError, verify};
use vm::Limits;

fn op(op: Op, oa: u32, ob: u32, oc: u32, il: u32) -> Instruction {
    Instruction { oa, ob, oc, il, ..Instruction::new(op) }
}

/// Reads the header and the first word of the input; mixes them through every chip; stores at the address that the word says; writes 8 bytes.
fn program() -> Program {
    let imm = |kind, oa, oc, il| Instruction { bi: true, ..op(kind, oa, 0, oc, il) };
    let instructions = vec![
        op(Op::Jmp, 0, 0, 0, 5),
        // The trap vector: exit code 6, no output.
        op(Op::Const, 0, 0, 0, 0),
        Instruction { ih: 6, ..op(Op::Const, 0, 0, 1, 0) },
        op(Op::Outw, 0, 1, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
        // 0 = index 1, 1 = the word, of which the low half is the address.
        op(Op::Const, 0, 0, 0, 1),
        op(Op::Inw, 0, 0, 1, 0),
        imm(Op::Add32, 1, 2, 0),
        imm(Op::Mul64, 1, 3, 0x1234_5678),
        imm(Op::Xor, 3, 3, 0xFF00_FF00),
        imm(Op::Rotl64, 3, 3, 13),
        imm(Op::Remu, 3, 4, 1000),
        // Inside a cell, across two cells, and signed back.
        op(Op::S64, 2, 0, 3, 0),
        op(Op::S32, 2, 0, 4, 6),
        op(Op::L16s64, 2, 0, 5, 7),
        op(Op::L64, 2, 0, 6, 3),
        op(Op::Sub64, 6, 5, 6, 0),
        // Output: header, then the word in 6.
        op(Op::Const, 0, 0, 7, 8),
        op(Op::Const, 0, 0, 8, 0),
        op(Op::Outw, 0, 6, 0, 0),
        op(Op::Outw, 8, 7, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    Program { instructions, init_pages: 1, max_pages: 1, module_sha256: [7; 32] }
}

#[test]
fn a_program_over_every_table_proves_and_verifies() {
    let program = program();
    let phases = Mutex::new(Vec::new());
    let progress = |progress: loom_prove::Progress| phases.lock().unwrap().push(progress.phase);
    let options = Options { progress: &progress, ..Options::default() };
    let image = image(&program, 1, &options).unwrap();
    let policy = Policy::pinned([image.id()]).allowing([STD.id]);
    for (address, exit_code) in [(64u64, 0), (65533, 6)] {
        let input = address.to_le_bytes();
        let proven = prove(&program, &image, &input, &STD, &Limits::default(), &options).unwrap();
        let (claim, output) = (proven.receipt.claim, proven.execution.output);
        assert_eq!((claim.exit_code, output.len()), (exit_code, if exit_code == 0 { 8 } else { 0 }));
        let attachments = Attachments { input: Some(&input), output: Some(&output), image: Some(&image.to_bytes()), note: None };
        let receipt = proven.receipt.to_bytes(&attachments).unwrap();
        let verified = verify(&policy, None, &claim, None, None, &receipt);
        assert!(verified.is_ok(), "{verified:?}");
        let other = Claim { cycles: claim.cycles + 1, ..claim };
        let mut relabelled = proven.receipt.clone();
        relabelled.claim = other;
        let refused = verify(&policy, None, &other, None, None, &relabelled.to_bytes(&attachments).unwrap());
        assert!(matches!(refused, Err(VerifyError::ConstraintIdentity { .. } | VerifyError::DeepValue { .. })), "{refused:?}");
    }
    let mut phases = phases.into_inner().unwrap();
    phases.dedup();
    let order = [Phase::Execute, Phase::Preprocessed, Phase::Main, Phase::Aux, Phase::Quotient, Phase::Deep, Phase::Fri, Phase::Open];
    assert_eq!(phases, [order, order].concat());
}
