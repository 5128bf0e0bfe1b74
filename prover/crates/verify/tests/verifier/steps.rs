//! Every check of section 4.7 refuses what it is there for.
//!
//! The receipts here are those of a prover that commits to zeros: zero rows satisfy every constraint and every sum is zero, so each step
//! passes but the last, where the buses do not balance. Whatever else is wrong is therefore found by its own check.

use crate::zeros::{Forgery, INPUT, OUTPUT, image};
use field::{F3, Ring};
use loom_verify::{Policy, VerifyError, security, verify};
use proto::{
    Attachments, COMPACT, Claim, ClaimError, Commitment, DecodeError, FAST, HeightsError, ImageError, PROVEN, ParameterSet, ReceiptError,
    STD,
};
use std::sync::OnceLock;

/// Zeros with the set that has the fewest queries, and their receipt.
fn compact() -> &'static (Forgery, Vec<u8>) {
    static ZEROS: OnceLock<(Forgery, Vec<u8>)> = OnceLock::new();
    ZEROS.get_or_init(|| {
        let forgery = Forgery::new(COMPACT);
        let proof = forgery.proof();
        (forgery, proof)
    })
}

fn everything_allowed(forgery: &Forgery) -> Policy {
    Policy::pinned([forgery.claim.image_id]).allowing(ParameterSet::ALL.map(|set| set.id))
}

/// Verifies with the image, claim, input and output that the receipt is for.
fn judge(forgery: &Forgery, receipt: &[u8]) -> VerifyError {
    judge_with(&everything_allowed(forgery), forgery, receipt)
}

fn judge_with(policy: &Policy, forgery: &Forgery, receipt: &[u8]) -> VerifyError {
    let image = forgery.image.to_bytes();
    verify(policy, Some(&image), &forgery.claim, Some(INPUT), Some(OUTPUT), receipt).expect_err("zeros prove nothing")
}

/// The error for a claim changed before the proof is put into a receipt.
fn with_claim(change: fn(&mut Claim)) -> VerifyError {
    let (forgery, proof) = compact();
    let mut forgery = forgery.clone();
    change(&mut forgery.claim);
    judge(&forgery, &forgery.receipt_of(proof))
}

/// The error for a receipt with bytes changed.
fn with_bytes(at: usize, bytes: &[u8]) -> VerifyError {
    let (forgery, proof) = compact();
    let mut receipt = forgery.receipt_of(proof);
    receipt[at..at + bytes.len()].copy_from_slice(bytes);
    judge(forgery, &receipt)
}

#[test]
fn step_1_receipt_and_claim() {
    let (forgery, proof) = compact();
    let receipt = forgery.receipt_of(proof);
    let max = receipt.len();
    let exact = Policy { max_receipt_bytes: max, ..everything_allowed(forgery) };
    assert_eq!(judge_with(&exact, forgery, &receipt), VerifyError::BusImbalance);
    let tight = Policy { max_receipt_bytes: max - 1, ..exact };
    assert_eq!(judge_with(&tight, forgery, &receipt), VerifyError::ReceiptTooLong { got: max, max: max - 1 });
    assert_eq!(with_bytes(0, b"X"), VerifyError::Receipt(ReceiptError::BadMagic));
    assert_eq!(with_bytes(8, &[2]), VerifyError::Receipt(ReceiptError::Version { got: 2 }));
    assert_eq!(with_bytes(10, &[3]), VerifyError::Receipt(ReceiptError::Backend { got: 3 }));
    assert_eq!(with_bytes(12, &[1]), VerifyError::Receipt(ReceiptError::Flags { got: 1 }));
    assert_eq!(with_bytes(12, &[2]), VerifyError::Receipt(ReceiptError::Flags { got: 2 }));
    for offset in 0..128 {
        assert_eq!(with_bytes(16 + offset, &[receipt[16 + offset] ^ 1]), VerifyError::ClaimMismatch { offset });
    }
    assert_eq!(with_claim(|claim| claim.cycles = 0), VerifyError::Claim(ClaimError::Cycles { got: 0 }));
    assert_eq!(with_claim(|claim| claim.cycles = 1 << 30), VerifyError::Claim(ClaimError::Cycles { got: 1 << 30 }));
    assert_eq!(with_claim(|claim| claim.input_len = 1 << 32), VerifyError::Claim(ClaimError::InputLength { got: 1 << 32 }));
    assert_eq!(with_claim(|claim| claim.output_len = 1 << 32), VerifyError::Claim(ClaimError::OutputLength { got: 1 << 32 }));
    let attached = forgery.receipt_with(proof, &Attachments { input: Some(b"other"), ..Attachments::default() });
    assert!(matches!(judge(forgery, &attached), VerifyError::Receipt(ReceiptError::Attachment { tag: 1, .. })));
    let behind = [&receipt[..], &[0]].concat();
    assert_eq!(judge(forgery, &behind), VerifyError::Receipt(ReceiptError::Truncated { at: receipt.len() }));
}

#[test]
fn step_2_image() {
    let (forgery, proof) = compact();
    let receipt = forgery.receipt_of(proof);
    let got = forgery.claim.image_id;
    assert_eq!(judge_with(&Policy::pinned([[1; 32]]), forgery, &receipt), VerifyError::ImageNotPinned { got });
    assert_eq!(judge_with(&Policy::pinned([]), forgery, &receipt), VerifyError::ImageNotPinned { got });
    let policy = everything_allowed(forgery);
    let judge = |image: Option<&[u8]>, receipt: &[u8]| verify(&policy, image, &forgery.claim, Some(INPUT), Some(OUTPUT), receipt);
    assert_eq!(judge(None, &receipt), Err(VerifyError::ImageMissing));
    let bytes = forgery.image.to_bytes();
    let attached = forgery.receipt_with(proof, &Attachments { image: Some(&bytes), ..Attachments::default() });
    assert_eq!(judge(None, &attached), Err(VerifyError::BusImbalance), "the attached image is found");
    let other = proto::image_id(b"another image");
    assert_eq!(judge(Some(b"another image"), &receipt), Err(VerifyError::ImageMismatch { expected: got, got: other }));

    // Pinned images that are not in order: the claim is about these bytes.
    let of = |bytes: Vec<u8>| {
        let forgery = Forgery::with_image(COMPACT, image(), &bytes);
        let policy = everything_allowed(&forgery);
        verify(&policy, Some(&bytes), &forgery.claim, Some(INPUT), Some(OUTPUT), &forgery.receipt_of(proof))
    };
    let with = |change: fn(&mut proto::Image)| {
        let mut image = image();
        change(&mut image);
        of(image.to_bytes())
    };
    assert_eq!(with(|image| image.max_pages = 65537), Err(VerifyError::Image(ImageError::Pages { init: 1, max: 65537 })));
    assert_eq!(of([&bytes[..], &[0]].concat()), Err(VerifyError::Image(ImageError::Leftover { count: 1 })));
    let high = |image: &mut proto::Image| {
        image.rom_log_height = 23;
        image.rom_caps.iter_mut().for_each(|(_, cap)| cap.resize(32, [0; 32]));
    };
    assert_eq!(with(high), Err(VerifyError::RomTooHigh { got: 23 }));
    assert_eq!(with(|image| image.isa_version = 2), Err(VerifyError::IsaVersion { got: 2 }));
    assert_eq!(with(|image| image.rom_caps.retain(|(id, _)| *id != 3)), Err(VerifyError::ParamNotInImage { got: 3 }));
    // Which translator made it is no matter; the proof is for another image, though, and its challenges were others.
    assert_eq!(with(|image| image.translator_version = 77), Err(VerifyError::Grinding { segment: 0, expected: 20, nonce: nonce() }));
    assert_eq!(with_bytes(152, &[9]), VerifyError::ParamNotInImage { got: 9 });
}

/// The nonce of the compact zeros.
fn nonce() -> u64 {
    let (forgery, proof) = compact();
    let layout = forgery.layout();
    let end = proof.len() - layout.params.queries * layout.query_bytes();
    u64::from_le_bytes(proof[end - 8..end].try_into().expect("8 bytes"))
}

#[test]
fn step_3_parameters_and_segments() {
    for params in ParameterSet::ALL {
        let forgery = Forgery::new(params);
        let receipt = forgery.receipt();
        let by_default = judge_with(&Policy::pinned([forgery.claim.image_id]), &forgery, &receipt);
        let expected = if params == PROVEN { VerifyError::BusImbalance } else { VerifyError::ParamNotAllowed { got: params.id } };
        assert_eq!(by_default, expected, "only `proven` is allowed by default");
        assert_eq!(judge(&forgery, &receipt), VerifyError::BusImbalance);
    }
    assert_eq!(with_bytes(154, &[0]), VerifyError::Segments { got: 0, max: 1 });
    assert_eq!(with_bytes(154, &[2]), VerifyError::Segments { got: 2, max: 1 });
    let (forgery, proof) = compact();
    let generous = Policy { max_segments: 1024, ..everything_allowed(forgery) };
    let mut receipt = forgery.receipt_of(proof);
    receipt[154] = 2;
    assert_eq!(judge_with(&generous, forgery, &receipt), VerifyError::Segments { got: 2, max: 1 }, "not before segments exist");
    for params in [STD, PROVEN, FAST] {
        let mismatch = DecodeError::LengthMismatch { expected: Some(Forgery::new(params).proof_len()), got: proof.len() };
        assert_eq!(with_bytes(152, &[params.id as u8]), VerifyError::Proof(mismatch), "relabelled");
    }
}

#[test]
fn step_4_heights() {
    let height = |table: usize, height: u8| with_bytes(156 + table, &[height]);
    let error = |error| VerifyError::Heights { segment: 0, error };
    assert_eq!(height(10, 3), error(HeightsError::UnknownTable { table: 10 }));
    assert_eq!(height(15, 0), error(HeightsError::UnknownTable { table: 15 }));
    assert_eq!(height(0, 23), error(HeightsError::TooHigh { table: 0, got: 23 }));
    assert_eq!(height(7, 15), error(HeightsError::Lut { got: 15 }));
    assert_eq!(height(0, 7), error(HeightsError::TooLow { got: 7 }), "L < 8");
    assert_eq!(height(6, 4), VerifyError::RomHeight { segment: 0, expected: 3, got: 4 });
    assert_eq!(height(4, 0xFF), VerifyError::TableMissing { table: "MEMB" });
    assert_eq!(height(5, 0xFF), VerifyError::TableMissing { table: "INTAB" });
    let (forgery, proof) = compact();
    for got in 0..20 {
        let error = judge(forgery, &forgery.receipt_of(&proof[..got]));
        assert_eq!(error, VerifyError::ProofTooShort { needed: if got < 4 { 4 } else { 20 }, got });
    }
}

#[test]
fn step_5_length_and_numbers() {
    let (forgery, proof) = compact();
    let expected = Some(proof.len());
    let of = |proof: &[u8]| judge(forgery, &forgery.receipt_of(proof));
    for got in [20, 21, proof.len() / 2, proof.len() - 1] {
        assert_eq!(of(&proof[..got]), VerifyError::Proof(DecodeError::LengthMismatch { expected, got }));
    }
    let longer = [&proof[..], &[0]].concat();
    assert_eq!(of(&longer), VerifyError::Proof(DecodeError::LengthMismatch { expected, got: longer.len() }));
    let offset = 20 + 32 * 32;
    let mut large = proof.clone();
    large[offset..offset + 8].copy_from_slice(&field::P.to_le_bytes());
    assert_eq!(of(&large), VerifyError::Proof(DecodeError::NonCanonical { offset }));
}

#[test]
fn step_6_tapes() {
    let (forgery, proof) = compact();
    let (image, receipt) = (forgery.image.to_bytes(), forgery.receipt_of(proof));
    let policy = everything_allowed(forgery);
    let judge = |input: Option<&[u8]>, output: Option<&[u8]>, receipt: &[u8]| {
        verify(&policy, Some(&image), &forgery.claim, input, output, receipt).expect_err("zeros")
    };
    let mut other = (INPUT.to_vec(), OUTPUT.to_vec());
    other.0[0] ^= 1;
    other.1[0] ^= 1;
    assert_eq!(judge(None, Some(OUTPUT), &receipt), VerifyError::InputMissing);
    assert_eq!(judge(Some(INPUT), None, &receipt), VerifyError::OutputMissing);
    assert_eq!(judge(Some(&INPUT[1..]), Some(OUTPUT), &receipt), VerifyError::InputLength { expected: 11, got: 10 });
    assert_eq!(judge(Some(INPUT), Some(b""), &receipt), VerifyError::OutputLength { expected: 6, got: 0 });
    assert_eq!(judge(Some(&other.0), Some(OUTPUT), &receipt), VerifyError::InputDigest { got: hash::digest(&other.0) });
    assert_eq!(judge(Some(INPUT), Some(&other.1), &receipt), VerifyError::OutputDigest { got: hash::digest(&other.1) });
    let attached = forgery.receipt_with(proof, &Attachments { input: Some(INPUT), output: Some(OUTPUT), ..Attachments::default() });
    assert_eq!(judge(None, None, &attached), VerifyError::BusImbalance, "attached input and output are found");
    let error = with_claim(|claim| claim.exit_code = 6);
    assert_eq!(error, VerifyError::OutputWithExitCode { exit_code: 6, output_len: 6 });
}

/// The error for a forgery made with this change.
fn forged(change: impl Fn(&mut Forgery)) -> VerifyError {
    let mut forgery = Forgery::new(COMPACT);
    change(&mut forgery);
    judge(&forgery, &forgery.receipt())
}

#[test]
fn step_7_everything_that_challenges_depend_on() {
    // A claim other than the one that the proof was made for: all challenges change, and with them the proof of work that is wanted.
    for change in [|claim: &mut Claim| claim.cycles += 1, |claim: &mut Claim| claim.cycles -= 1] {
        assert_eq!(with_claim(change), VerifyError::Grinding { segment: 0, expected: 20, nonce: nonce() });
    }
}

#[test]
fn step_8a_constraint_identity() {
    let layout = compact().0.layout();
    let failed = VerifyError::ConstraintIdentity { segment: 0 };
    // Each coordinate of Q0 and Q1, then the next accumulators from the last to the first.
    for i in 1..=6 {
        assert_eq!(forged(|forgery| (forgery.ood[layout.ood - i], forgery.work) = (F3::ONE, false)), failed);
    }
    for i in 0..3 * layout.tables.len() {
        assert_eq!(forged(|forgery| (forgery.ood[layout.ood - 7 - i], forgery.work) = (F3::ONE, false)), failed);
    }
    for table in 0..layout.tables.len() {
        assert_eq!(forged(|forgery| (forgery.sums[table], forgery.work) = (F3::ONE, false)), failed);
    }
    // The first main column of CPU is a flag f: f (f - 1) = 0 does not hold at 2.
    assert_eq!(forged(|forgery| (forgery.ood[7], forgery.work) = (F3::of(2), false)), failed);
}

#[test]
fn step_8b_grinding() {
    assert!(matches!(forged(|forgery| forgery.work = false), VerifyError::Grinding { segment: 0, expected: 20, .. }));
}

#[test]
fn step_8c_paths() {
    let (forgery, proof) = compact();
    let layout = forgery.layout();
    let mut at = proof.len() - layout.params.queries * layout.query_bytes();
    let commitments: Vec<Commitment> = layout.trees.iter().map(|(commitment, _)| *commitment).collect();
    let expected = [Commitment::Rom, Commitment::Main, Commitment::Aux, Commitment::Quotient, Commitment::Fri(0), Commitment::Fri(1)];
    assert_eq!(commitments, expected);
    for (commitment, shape) in &layout.trees {
        let (rows, path) = (8 * shape.width(), 32 * shape.path_nodes());
        let last = if path > 0 { at + rows + path - 1 } else { at };
        for position in [at, at + rows - 8, last] {
            let mut other = proof.clone();
            other[position] ^= 1;
            let error = judge(forgery, &forgery.receipt_of(&other));
            assert_eq!(error, VerifyError::MerklePath { segment: 0, query: 0, commitment: *commitment });
        }
        at += rows + path;
    }
    let mut other = proof.clone();
    *other.last_mut().expect("a proof") ^= 1;
    let error = judge(forgery, &forgery.receipt_of(&other));
    assert_eq!(error, VerifyError::MerklePath { segment: 0, query: layout.params.queries - 1, commitment: Commitment::Fri(1) });
}

#[test]
fn step_8c_values_and_folds() {
    let (zero, one) = (F3::ZERO, F3::ONE);
    // Layers that hold another constant than the zeros that the rows open to.
    let layers = |first, second, last| forged(|forgery| (forgery.layers, forgery.final_value) = (vec![first, second], last));
    assert_eq!(layers(one, one, one), VerifyError::DeepValue { segment: 0, query: 0 });
    assert_eq!(layers(zero, one, one), VerifyError::FriFold { segment: 0, query: 0, layer: 1 });
    assert_eq!(layers(zero, zero, one), VerifyError::FinalPolynomial { segment: 0, query: 0 });
    // A binding value that is not the column's; an out-of-domain value that no constraint holds against (a preprocessed column of ROM,
    // whose multiplicity is 0).
    assert_eq!(forged(|forgery| forgery.bound[3] = one), VerifyError::DeepValue { segment: 0, query: 0 });
    assert_eq!(forged(|forgery| forgery.ood[0] = one), VerifyError::DeepValue { segment: 0, query: 0 });
}

#[test]
fn step_9_buses() {
    let (forgery, proof) = compact();
    assert_eq!(judge(forgery, &forgery.receipt_of(proof)), VerifyError::BusImbalance);
}

#[test]
fn the_account_of_a_receipt_needs_no_verification() {
    let (forgery, proof) = compact();
    let receipt = forgery.receipt_of(proof);
    let statement = security(&receipt).expect("a receipt");
    assert_eq!((statement.claim, statement.heights[0]), (forgery.claim, forgery.layout().heights));
    assert_eq!((statement.proof_bytes, statement.account.params), (proof.len(), COMPACT));
    assert!(statement.account.conjectured_bits > 100.0, "with a domain this small even `compact`");
    assert!(statement.account.terms.iter().all(|term| term.bits.is_finite() && !term.name.is_empty()));
    for got in 0..20 {
        let receipt = forgery.receipt_of(&proof[..got]);
        assert!(matches!(security(&receipt), Err(VerifyError::ProofTooShort { .. })));
    }
    let mut receipt = forgery.receipt_of(proof);
    receipt[154] = 0;
    assert_eq!(security(&receipt), Err(VerifyError::Segments { got: 0, max: 1 }));
}
