//! The receipts that this verifier and the one in C# judge alike (tests/vectors/receipts/README.md).
use hash::Digest;
use proto::Claim;
use std::path::PathBuf;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "..", "tests", "vectors", "receipts"].iter().collect()
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn hex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2) && text.is_ascii(), "{text}");
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hex digits")).collect()
}

fn data(field: &str) -> Vec<u8> {
    match field.strip_prefix('@') {
        _ if field == "-" => Vec::new(),
        Some(name) => file(name),
        None => hex(field),
    }
}

fn edit(mut receipt: Vec<u8>, edit: &str) -> Vec<u8> {
    let (name, value) = edit.split_once('=').expect("an edit has a value");
    match name.split_once('@') {
        None if name == "cut" => receipt.truncate(value.parse().expect("a length")),
        None if name == "append" => receipt.extend(hex(value)),
        Some((kind, at)) => {
            let at: usize = at.parse().expect("an offset");
            for (i, byte) in hex(value).into_iter().enumerate() {
                receipt[at + i] = if kind == "xor" { receipt[at + i] ^ byte } else { byte };
            }
        }
        None => panic!("{edit}"),
    }
    receipt
}

/// SplitMix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The receipts that a line stands for, with what was done to them.
fn receipts(receipt: Vec<u8>, edits: &str) -> Vec<(String, Vec<u8>)> {
    let Some((count, seed)) = edits.strip_prefix("mutations=").and_then(|e| e.split_once(",seed=")) else {
        let edited = if edits == "-" { receipt } else { edits.split(';').fold(receipt, edit) };
        return vec![(edits.to_owned(), edited)];
    };
    let count: u64 = count.parse().expect("a count");
    let mut state: u64 = seed.parse().expect("a seed");
    (0..testing::tier_count(count, 50 * count))
        .map(|i| {
            let at = (next(&mut state) % receipt.len() as u64) as usize;
            let by = 1 + (next(&mut state) % 255) as u8;
            let mut mutated = receipt.clone();
            mutated[at] ^= by;
            (format!("mutation {i}: byte {at} xor {by}"), mutated)
        })
        .collect()
}

#[test]
fn every_receipt_of_the_corpus_is_judged_as_its_index_says() {
    let index = String::from_utf8(file("index.tsv")).expect("UTF-8");
    let (mut accepted, mut rejected) = (0, 0);
    for line in index.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, expect, receipt, edits, image, statement, input, output, sets, pinned] = fields[..] else {
            panic!("ten fields: {line}")
        };
        let image = file(image);
        let (input, output) = (data(input), data(output));
        let params = sets.split(',').map(|s| proto::ParameterSet::by_name(s).unwrap_or_else(|| panic!("{s}")).id);
        let policy = loom_verify::Policy::pinned([Digest::try_from(hex(pinned)).expect("32 bytes")]).allowing(params);
        // A statement that is none already is a refusal.
        let claim = Claim::from_bytes(&hex(statement));
        for (what, receipt) in receipts(file(receipt), edits) {
            let verdict = match &claim {
                Ok(claim) => loom_verify::verify(&policy, Some(&image), claim, Some(&input), Some(&output), &receipt)
                    .map(drop)
                    .map_err(|e| e.to_string()),
                Err(e) => Err(e.to_string()),
            };
            assert_eq!(verdict.is_ok(), expect == "accept", "{name}, {what}: {verdict:?}");
            if verdict.is_ok() {
                accepted += 1;
            } else {
                rejected += 1;
            }
        }
    }
    assert!(accepted >= 3 && rejected >= 300, "{accepted} accepted, {rejected} rejected");
}
