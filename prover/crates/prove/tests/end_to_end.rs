//! Count to n, proven and verified.

#[path = "../../air/tests/support/mod.rs"]
mod support;

use loom_prove::{Options, image, prove_witness};
use proto::{Claim, ParameterSet, STD};
use verify::{Policy, verify};

#[test]
fn count_to_n_proves_and_verifies() {
    let program = support::count_to(100);
    let input = [];
    let run = support::run(&program, &isa::input_tape(&input)).unwrap();
    let options = Options::default();
    let image = image(&program, 1, &options).unwrap();
    let output = 100u64.to_le_bytes();
    let claim = Claim::of(image.id(), &input, &output, 0, run.public.cycles);
    let receipt = prove_witness(run.witness, &image, &claim, &STD, &options).unwrap();
    let bytes = receipt.to_bytes(&Default::default()).unwrap();
    let policy = Policy::pinned([image.id()]).allowing(ParameterSet::ALL.map(|set| set.id));
    let verified = verify(&policy, Some(&image.to_bytes()), &claim, Some(&input), Some(&output), &bytes);
    assert!(verified.is_ok(), "{verified:?}");
    eprintln!("{} bytes", bytes.len());
}
