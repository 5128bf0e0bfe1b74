//! A prover written a second time, as plainly as can be, from the specification and the pieces that prover and verifier share anyway: the
//! verifier accepts its honest receipts and refuses those of every attack that it can be told to make.
mod attacks;
mod commitment;
mod mutations;
mod polynomial;
mod prover;
#[path = "../../../air/tests/support/mod.rs"]
mod support;

use air::Table;
use loom_verify::{Policy, Verified, VerifyError, verify};
use proto::{Attachments, Claim, Image, ParameterSet};
use prover::{Malice, prove, rom_cap};
use std::sync::OnceLock;

/// The input of every run.
const INPUT: &[u8] = b"an input that nobody reads";

/// A run that counts and puts the count out.
struct Case {
    run: support::Run,
    image: Image,
    claim: Claim,
    output: Vec<u8>,
}

impl Case {
    fn new(count: u32) -> Self {
        let program = support::count_to(count);
        let run = support::run(&program, &isa::input_tape(INPUT)).expect("CPU instructions");
        let output = u64::from(count).to_le_bytes().to_vec();
        assert_eq!(run.public.output, isa::output_tape(&output, 0));
        let rom = &run.witness.trace(Table::Rom).expect("a program").prep;
        let log = program.rom_log_height();
        let image = Image {
            isa_version: 1,
            translator_version: 1,
            init_pages: program.init_pages,
            max_pages: program.max_pages,
            instructions: program.instructions.len() as u32,
            rom_log_height: log as u8,
            module_sha256: program.module_sha256,
            rom_caps: ParameterSet::ALL.map(|params| (params.id, rom_cap(rom, log, &params))).to_vec(),
        };
        let claim = Claim::of(image.id(), INPUT, &output, 0, run.public.cycles);
        Self { run, image, claim, output }
    }

    /// A run without the lookup table, whose 2^16 rows make honest proofs slow here. Everything about it is right but the sum of all tables,
    /// so that the last check refuses it and each attack has to be refused by an earlier one.
    fn small() -> Self {
        let mut case = Self::new(100);
        case.run.witness.traces.retain(|trace| trace.table != Table::Lut);
        case
    }

    fn prove(&self, params: &ParameterSet, malice: Malice) -> Vec<u8> {
        let receipt = prove(&self.run.witness, &self.image, &self.claim, params, malice);
        receipt.to_bytes(&Attachments::default()).expect("no attachments")
    }

    fn judge(&self, receipt: &[u8]) -> Result<Verified, VerifyError> {
        let policy = Policy::pinned([self.image.id()]).allowing(ParameterSet::ALL.map(|set| set.id));
        verify(&policy, Some(&self.image.to_bytes()), &self.claim, Some(INPUT), Some(&self.output), receipt)
    }
}

/// The case with the receipt that most tests change: `fast`, whose domains are the smallest.
fn honest() -> &'static (Case, Vec<u8>) {
    static HONEST: OnceLock<(Case, Vec<u8>)> = OnceLock::new();
    HONEST.get_or_init(|| {
        let case = Case::new(10);
        let receipt = case.prove(&proto::FAST, Malice::None);
        (case, receipt)
    })
}

#[test]
fn honest_receipts_are_accepted() {
    let (case, receipt) = honest();
    let verified = case.judge(receipt).expect("an honest receipt");
    assert_eq!((verified.claim, verified.params), (case.claim, proto::FAST));
    let others: &[ParameterSet] = if testing::tier_count(0, 1) == 0 { &[proto::STD] } else { &[proto::STD, proto::PROVEN, proto::COMPACT] };
    for params in others {
        let verified = case.judge(&case.prove(params, Malice::None)).expect("an honest receipt");
        assert_eq!(verified.params, *params);
        assert!(verified.account().conjectured_bits > 97.0);
    }
}

#[test]
fn a_small_segment_passes_every_check_but_the_last() {
    let case = Case::small();
    for params in ParameterSet::ALL {
        assert_eq!(case.judge(&case.prove(&params, Malice::None)), Err(VerifyError::BusImbalance), "{}", params.name);
    }
}
