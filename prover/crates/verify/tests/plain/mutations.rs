//! Changed receipts (section 6.6 d): whatever byte is changed, the verifier returns an error and does not panic.
use crate::{Case, INPUT, honest};
use loom_verify::{Policy, VerifyError, verify};
use proto::{Attachments, Claim, DecodeError, Image, ParameterSet, Receipt, ReceiptView, image_id};
use std::panic::catch_unwind;
use testing::{Seeds, tier_count};

/// What the verifier says of a changed receipt.
fn refused(case: &Case, receipt: &[u8], what: &str) -> VerifyError {
    match catch_unwind(|| case.judge(receipt)) {
        Ok(Err(error)) => error,
        Ok(Ok(_)) => panic!("accepted: {what}"),
        Err(_) => panic!("panicked: {what}"),
    }
}

#[test]
fn no_changed_byte_is_accepted() {
    let (case, receipt) = honest();
    let seeds = Seeds::new("no_changed_byte_is_accepted");
    let mut random = seeds.random(0);
    let step = tier_count(1499, 7);
    // Everything up to the first opening, and beyond it a sample that is another one in every run.
    let queries = receipt.len() - proto::FAST.queries * 4096;
    let mut at = random.below(step) as usize;
    let mut changed = receipt.clone();
    let mut count = 0;
    while at < receipt.len() {
        for flip in [1u8 << random.index(8), 0xFF] {
            changed[at] ^= flip;
            refused(case, &changed, &format!("byte {at} ^ {flip:#x}"));
            changed[at] ^= flip;
            count += 1;
        }
        at += if at < queries { step as usize / 7 + 1 } else { step as usize };
    }
    assert!(count > 400, "{count} changes");
    assert_eq!(changed, *receipt);
}

#[test]
fn headers_heights_and_claims_are_tried_byte_by_byte() {
    let (case, receipt) = honest();
    let mut changed = receipt.clone();
    for at in 0..152 + 20 {
        for value in [0, 1, 7, 8, 22, 23, 0x80, 0xFE, 0xFF, receipt[at] ^ 1, receipt[at].wrapping_add(1)] {
            if value != receipt[at] {
                changed[at] = value;
                refused(case, &changed, &format!("byte {at} = {value:#x}"));
                changed[at] = receipt[at];
            }
        }
    }
}

#[test]
fn cut_and_longer_receipts_are_refused() {
    let (case, receipt) = honest();
    for len in (0..receipt.len()).step_by(receipt.len() / 300) {
        refused(case, &receipt[..len], &format!("cut to {len}"));
    }
    for tail in [&[0][..], &[4, 0, 1, 0, 0, 0], &[0; 32]] {
        refused(case, &[&receipt[..], tail].concat(), "something behind");
    }
    // A proof with bytes behind it, counted in the header.
    let proof = ReceiptView::parse(receipt).expect("a receipt").proof;
    let longer = Receipt { claim: case.claim, proof: [proof, &[0; 8]].concat() };
    let error = refused(case, &longer.to_bytes(&Attachments::default()).expect("no attachments"), "a longer proof");
    assert_eq!(error, VerifyError::Proof(DecodeError::LengthMismatch { expected: Some(proof.len()), got: proof.len() + 8 }));
}

#[test]
fn a_note_is_ignored_and_other_attachments_are_not() {
    let (case, receipt) = honest();
    let view = ReceiptView::parse(receipt).expect("a receipt");
    let with = |attachments: &Attachments<'_>| {
        Receipt { claim: case.claim, proof: view.proof.to_vec() }.to_bytes(attachments).expect("small attachments")
    };
    for note in [&b""[..], b"one note", b"another"] {
        assert!(case.judge(&with(&Attachments { note: Some(note), ..Attachments::default() })).is_ok());
    }
    let image = case.image.to_bytes();
    let all = with(&Attachments { input: Some(INPUT), output: Some(&case.output), image: Some(&image), note: None });
    let policy = Policy::pinned([case.image.id()]).allowing([proto::FAST.id]);
    assert!(verify(&policy, None, &case.claim, None, None, &all).is_ok(), "the attachments are enough");
    refused(case, &with(&Attachments { output: Some(INPUT), ..Attachments::default() }), "another output");
}

#[test]
fn nothing_is_accepted_for_another_claim_image_input_or_parameter_set() {
    let (case, receipt) = honest();
    let policy = Policy::pinned([case.image.id()]).allowing(ParameterSet::ALL.map(|set| set.id));
    let image = case.image.to_bytes();
    let proof = ReceiptView::parse(receipt).expect("a receipt").proof;
    // The receipt itself made to say the other claim.
    let judge = |policy: &Policy, claim: Claim, image: &[u8], input: &[u8], output: &[u8]| {
        let receipt = Receipt { claim, proof: proof.to_vec() }.to_bytes(&Attachments::default()).expect("no attachments");
        verify(policy, Some(image), &claim, Some(input), Some(output), &receipt).map(|_| ())
    };
    assert_eq!(judge(&policy, case.claim, &image, INPUT, &case.output), Ok(()));
    let swapped = Claim { input_digest: case.claim.output_digest, output_digest: case.claim.input_digest, ..case.claim };
    assert!(judge(&policy, swapped, &image, INPUT, &case.output).is_err());
    for cycles in [case.claim.cycles - 1, case.claim.cycles + 1] {
        assert!(judge(&policy, Claim { cycles, ..case.claim }, &image, INPUT, &case.output).is_err());
    }
    let input = b"an input that nobody read";
    let other = Claim::of(case.image.id(), input, &case.output, 0, case.claim.cycles);
    assert!(judge(&policy, other, &image, input, &case.output).is_err(), "another input");
    let other = Claim::of(case.image.id(), INPUT, &[], 0, case.claim.cycles);
    assert!(judge(&policy, other, &image, INPUT, &[]).is_err(), "another output");
    let other = Claim { exit_code: 2, ..other };
    assert!(judge(&policy, other, &image, INPUT, &[]).is_err(), "another exit code");
    // Images that differ in a page, in the module, and in the program: pinned, but not what was proven.
    let images = [
        Image { max_pages: 5, ..case.image.clone() },
        Image { init_pages: 2, ..case.image.clone() },
        Image { module_sha256: [1; 32], ..case.image.clone() },
        Image {
            rom_caps: case.image.rom_caps.iter().map(|(id, cap)| (*id, cap.iter().rev().copied().collect())).collect(),
            ..case.image.clone()
        },
    ];
    for image in images {
        let bytes = image.to_bytes();
        let policy = Policy { images: vec![image_id(&bytes)], ..policy.clone() };
        assert!(judge(&policy, Claim { image_id: image_id(&bytes), ..case.claim }, &bytes, INPUT, &case.output).is_err());
    }
    // The proof said to be of another set: its length is another.
    for params in ParameterSet::ALL.into_iter().filter(|params| *params != proto::FAST) {
        let mut changed = receipt.clone();
        changed[152] = params.id as u8;
        let error = refused(case, &changed, params.name);
        assert!(matches!(error, VerifyError::Proof(DecodeError::LengthMismatch { .. })), "{error}");
    }
}
