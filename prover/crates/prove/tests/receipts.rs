//! Receipts of this prover: byte by byte those of a second, plain prover (which shares the constraints with it, but no arithmetic, no
//! transform, no commitment and no order of work), and refused when anything about them is changed.
extern crate verify as loom_verify;

#[path = "../../verify/tests/plain/commitment.rs"]
mod commitment;
mod everything;
#[path = "../../verify/tests/plain/polynomial.rs"]
mod polynomial;
#[allow(dead_code, reason = "its attacks are for the tests of the verifier")]
#[path = "../../verify/tests/plain/prover.rs"]
mod prover;

use loom_prove::{Options, image, lut_cap, prove};
use proto::{Attachments, COMPACT, Claim, Digest, FAST, Image, PROVEN, ParameterSet, Receipt, STD};
use prover::{Malice, rom_cap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use testing::{Seeds, tier_count};
use verify::{Policy, Verified, VerifyError, verify};
use vm::Limits;

/// Where the program stores: inside memory, and past its end (exit code 6).
const ADDRESSES: [u64; 2] = [64, 65533];

/// A proven run.
struct Proven {
    image: Image,
    input: [u8; 8],
    output: Vec<u8>,
    receipt: Receipt,
}

impl Proven {
    fn new(address: u64, params: &ParameterSet) -> Self {
        let (program, options) = (everything::program(), Options::default());
        let image = image(&program, 1, &options).expect("a program in order");
        let input = address.to_le_bytes();
        let proven = prove(&program, &image, &input, params, &Limits::default(), &options).expect("a run over every table");
        Self { image, input, output: proven.execution.output, receipt: proven.receipt }
    }

    fn bytes(&self) -> Vec<u8> {
        self.receipt.to_bytes(&Attachments::default()).expect("no attachments")
    }

    fn judge(&self, receipt: &[u8]) -> Result<Verified, VerifyError> {
        self.judge_as(&self.image, &self.receipt.claim, &self.input, &self.output, receipt)
    }

    fn judge_as(&self, image: &Image, claim: &Claim, input: &[u8], output: &[u8], receipt: &[u8]) -> Result<Verified, VerifyError> {
        let policy = Policy::pinned([image.id()]).allowing(ParameterSet::ALL.map(|set| set.id));
        verify(&policy, Some(&image.to_bytes()), claim, Some(input), Some(output), receipt)
    }

    /// The verdict on the proof under another claim that it is made to say.
    fn relabelled(&self, image: &Image, claim: Claim, input: &[u8], output: &[u8]) -> Result<Verified, VerifyError> {
        let receipt = Receipt { claim, proof: self.receipt.proof.clone() };
        self.judge_as(image, &claim, input, output, &receipt.to_bytes(&Attachments::default()).expect("no attachments"))
    }
}

/// The receipt that the tests change.
fn honest() -> &'static Proven {
    static HONEST: OnceLock<Proven> = OnceLock::new();
    HONEST.get_or_init(|| Proven::new(ADDRESSES[0], &STD))
}

#[test]
fn a_plain_prover_makes_the_same_bytes() {
    let program = everything::program();
    let sets: &[ParameterSet] = if tier_count(0, 1) == 0 { &[FAST] } else { &ParameterSet::ALL };
    for params in sets {
        for address in ADDRESSES {
            let proven = Proven::new(address, params);
            let (_, witness) = vm::trace(&program, &proven.input, &Limits::default(), &AtomicBool::new(false)).expect("the same run");
            let plain = prover::prove(&witness, &proven.image, &proven.receipt.claim, params, Malice::None);
            assert!(plain == proven.receipt, "{}, address {address}", params.name);
            assert!(proven.judge(&proven.bytes()).is_ok());
        }
    }
}

/// SHA-256 of the receipt of the run inside memory, without attachments, for each parameter set. A change here is a change of the protocol
/// or of the constraints: receipts made before would no longer verify.
const GOLDEN: [(ParameterSet, &str); 4] = [
    (STD, "e82b654c68e0cc082f86c2c9669867a22838adf37927e4a30958dfa1289a19d7"),
    (PROVEN, "edcba5da4c9b87fe180e6f8b00cdeecfc4ef184044717a00f043ced248fdaa9a"),
    (COMPACT, "04886d00bd3b19189bbd066c1163045393000fdd645d083643d62bebb0b663c9"),
    (FAST, "bd29ea4afb14e18f2c79dc08e42405e2f3c8051babc0beea91b78cebe7e3a22a"),
];

#[test]
fn receipts_are_the_golden_ones() {
    // `compact` takes four times as long as `std`.
    let sets = if tier_count(0, 1) == 0 { &GOLDEN[..2] } else { &GOLDEN };
    for (params, expected) in sets {
        let receipt = if *params == STD { honest().bytes() } else { Proven::new(ADDRESSES[0], params).bytes() };
        let got: String = hash::digest(&receipt).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(got, *expected, "{}", params.name);
    }
}

#[test]
fn caps_are_those_of_the_plain_prover_and_of_the_verifier() {
    let program = everything::program();
    let options = Options::default();
    let image = image(&program, 1, &options).expect("a program in order");
    let rom = air::chips::rom::preprocessed(&program);
    for params in ParameterSet::ALL {
        let plain: Vec<Digest> = rom_cap(&rom, program.rom_log_height(), &params);
        assert_eq!(image.rom_cap(params.id), Some(&plain[..]), "{}", params.name);
        if params != PROVEN {
            assert_eq!(lut_cap(&params, &options).expect("not cancelled"), proto::lut_cap(&params), "{}", params.name);
        }
    }
}

#[test]
fn no_changed_byte_is_accepted() {
    let seeds = Seeds::new("no_changed_byte_is_accepted");
    let mut random = seeds.random(0);
    let proven = honest();
    let mut receipt = proven.bytes();
    assert!(proven.judge(&receipt).is_ok());
    let step = tier_count(997, 7);
    let mut at = random.below(step) as usize;
    while at < receipt.len() {
        let flip = 1 + random.below(255) as u8;
        receipt[at] ^= flip;
        let verdict = catch_unwind(AssertUnwindSafe(|| proven.judge(&receipt)));
        assert!(matches!(verdict, Ok(Err(_))), "byte {at} ^ {flip:#x}: {verdict:?}");
        receipt[at] ^= flip;
        at += step as usize;
    }
}

#[test]
fn cut_and_longer_receipts_are_refused() {
    let proven = honest();
    let receipt = proven.bytes();
    for len in (0..receipt.len()).step_by(receipt.len() / 200) {
        assert!(proven.judge(&receipt[..len]).is_err(), "cut to {len}");
    }
    for tail in [&[0][..], &[1, 0, 0, 0, 0, 0], &[0; 24]] {
        assert!(proven.judge(&[&receipt[..], tail].concat()).is_err());
    }
}

#[test]
fn a_receipt_is_for_its_claim_image_input_and_output_alone() {
    let proven = honest();
    let (claim, image, input, output) = (proven.receipt.claim, &proven.image, &proven.input[..], &proven.output[..]);
    assert!(proven.relabelled(image, claim, input, output).is_ok());
    for cycles in [claim.cycles - 1, claim.cycles + 1] {
        assert!(proven.relabelled(image, Claim { cycles, ..claim }, input, output).is_err());
    }
    let other = [&output[1..], &[output[0] ^ 1]].concat();
    assert!(proven.relabelled(image, Claim::of(image.id(), input, &other, 0, claim.cycles), input, &other).is_err(), "another output");
    let other = 72u64.to_le_bytes();
    assert!(proven.relabelled(image, Claim::of(image.id(), &other, output, 0, claim.cycles), &other, output).is_err(), "another input");
    for code in [1, 6, 0x10000] {
        let ended = Claim::of(image.id(), input, &[], code, claim.cycles);
        assert!(proven.relabelled(image, ended, input, &[]).is_err(), "exit code {code}");
    }
    // Another image: of another program, or of this one said to start with another memory.
    let mut program = everything::program();
    program.instructions[8].il ^= 1;
    let another = loom_prove::image(&program, 1, &Options::default()).expect("a program in order");
    for other in [another, Image { init_pages: 0, ..image.clone() }, Image { max_pages: 2, ..image.clone() }] {
        assert!(proven.relabelled(&other, Claim { image_id: other.id(), ..claim }, input, output).is_err());
    }
    // The receipt of another run of the same program, said to be of this one.
    let trapped = Proven::new(ADDRESSES[1], &FAST);
    assert!(trapped.judge(&trapped.bytes()).is_ok());
    assert!(trapped.relabelled(image, claim, input, output).is_err(), "swapped claims");
    assert!(proven.judge(&trapped.bytes()).is_err());
}

#[test]
fn versions_backends_flags_and_sets_are_not_exchanged() {
    let proven = honest();
    let receipt = proven.bytes();
    let changes =
        [(8, 0), (8, 2), (10, 0), (10, 2), (10, 3), (12, 1), (12, 2), (13, 1), (152, 2), (152, 3), (152, 4), (152, 0), (154, 0), (154, 2)];
    for (at, value) in changes {
        let mut changed = receipt.clone();
        changed[at] = value;
        assert!(proven.judge(&changed).is_err(), "byte {at} = {value}");
    }
}
