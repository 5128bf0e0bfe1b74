//! The run that the tests of the C# verifier trace and prove by hand (tests/vectors/receipts/README.md), proven here.
use isa::{Instruction, Op, Program};
use loom_prove::{Options, image, prove};
use proto::{Image, STD};
use std::path::PathBuf;

fn file(name: &str) -> Vec<u8> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "..", "tests", "vectors", "receipts"].iter().collect();
    std::fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn by_hand(module_sha256: [u8; 32]) -> Program {
    let add = Instruction { bi: true, oc: 1, il: 5, ..Instruction::new(Op::Add32) };
    let instructions = vec![Instruction::new(Op::Const), add, Instruction::new(Op::Outw), Instruction::new(Op::Halt)];
    Program { instructions, init_pages: 1, max_pages: 1, module_sha256 }
}

#[test]
fn the_plain_prover_commits_to_the_same_program() {
    let theirs = Image::from_bytes(&file("by-hand.std.image")).expect("an image");
    let ours = image(&by_hand(theirs.module_sha256), 1, &Options::default()).expect("an image");
    assert_eq!(ours.rom_cap(STD.id), theirs.rom_cap(STD.id));
    assert!(ours.rom_cap(STD.id).is_some());
}

#[test]
fn the_plain_prover_makes_the_same_receipt_byte_for_byte() {
    let image = Image::from_bytes(&file("by-hand.std.image")).expect("an image");
    let program = by_hand(image.module_sha256);
    let proven = prove(&program, &image, &[], &STD, &vm::Limits::default(), &Options::default()).expect("a proof");
    let ours = proven.receipt.to_bytes(&Default::default()).expect("a receipt");
    let theirs = file("by-hand.std.receipt");
    assert_eq!(ours.len(), theirs.len());
    let differs = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    assert_eq!(differs, None, "the first byte that differs");
}
