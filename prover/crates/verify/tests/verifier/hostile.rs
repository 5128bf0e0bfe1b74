//! No bytes make the verifier panic or accept.

use crate::zeros::{Forgery, INPUT, OUTPUT};
use loom_verify::{Policy, VerifyError, security, verify};
use proto::{Attachments, COMPACT, Claim, Image, ParameterSet, ReceiptView};
use testing::{Random, Seeds, tier_count};

/// Changes bytes here and there: flips, small numbers, runs, cuts, repetitions, insertions.
fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..1 + random.index(4) {
        if bytes.is_empty() {
            bytes.push(random.next() as u8);
        }
        // Headers and heights are few bytes among many: half of the changes go there.
        let reach = if random.one_in(2) { bytes.len().min(320) } else { bytes.len() };
        let at = random.index(reach);
        match random.index(7) {
            0 => bytes[at] ^= 1 << random.index(8),
            1 => bytes[at] = random.pick(&[0, 1, 2, 7, 8, 16, 22, 23, 0x7F, 0x80, 0xFE, 0xFF]),
            2 => bytes[at] = random.next() as u8,
            3 => {
                let end = bytes.len().min(at + 1 + random.index(16));
                bytes[at..end].fill(random.pick(&[0, 0xFF]));
            }
            4 => bytes.truncate(at),
            5 => {
                let end = bytes.len().min(at + 1 + random.index(64));
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes.insert(at, random.next() as u8),
        }
    }
}

#[test]
fn no_bytes_make_the_verifier_panic_or_accept() {
    let seeds = Seeds::new("no_bytes_make_the_verifier_panic_or_accept");
    let mut random = seeds.random(1);
    let forgery = Forgery::new(COMPACT);
    let (image, proof) = (forgery.image.to_bytes(), forgery.proof());
    let attachments = Attachments { input: Some(INPUT), output: Some(OUTPUT), image: Some(&image), note: Some(b"note") };
    let receipt = forgery.receipt_with(&proof, &attachments);
    let policy = Policy::pinned([forgery.claim.image_id]).allowing(ParameterSet::ALL.map(|set| set.id));
    let mut reached = [0u64; 3];
    for _ in 0..tier_count(3_000, 1_000_000) {
        let mut bytes = receipt.clone();
        mutate(&mut random, &mut bytes);
        // The claim that the bytes themselves make, where they make one, reaches deeper than the original's.
        let own = ReceiptView::parse(&bytes).ok().and_then(|view| Claim::from_bytes(view.claim).ok());
        let claim = own.unwrap_or(forgery.claim);
        let all = Policy { images: vec![claim.image_id], ..policy.clone() };
        let error = verify(&all, None, &claim, None, None, &bytes).expect_err("zeros prove nothing");
        assert!(!error.to_string().is_empty());
        let depth = match error {
            VerifyError::Receipt(_) | VerifyError::ReceiptTooLong { .. } => 0,
            VerifyError::Heights { .. } | VerifyError::Proof(_) | VerifyError::ProofTooShort { .. } => 1,
            _ => 2,
        };
        reached[depth] += 1;
        if let Ok(statement) = security(&bytes) {
            assert!(!statement.heights.is_empty());
        }
    }
    assert!(reached.iter().all(|count| *count > 0), "every depth is reached: {reached:?}");
}

#[test]
fn no_bytes_make_the_decoder_of_images_panic() {
    let seeds = Seeds::new("no_bytes_make_the_decoder_of_images_panic");
    let mut random = seeds.random(2);
    let image = crate::zeros::image().to_bytes();
    for _ in 0..tier_count(20_000, 2_000_000) {
        let mut bytes = image.clone();
        mutate(&mut random, &mut bytes);
        if let Ok(read) = Image::from_bytes(&bytes) {
            assert_eq!(read.to_bytes(), bytes, "what is read is all there is");
        }
    }
}
