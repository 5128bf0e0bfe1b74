//! A program that uses every table, run, proven and verified; then the same program leaving memory.

mod everything;

use loom_prove::{Options, Phase, image, prove};
use proto::{Attachments, Claim, STD};
use std::sync::Mutex;
use verify::{Policy, VerifyError, verify};
use vm::Limits;

#[test]
fn a_program_over_every_table_proves_and_verifies() {
    let program = everything::program();
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
