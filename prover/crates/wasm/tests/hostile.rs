//! Bytes that nobody meant well: whatever they are, the answer is a program or a named error, twice the same, and never a panic.

use loom_wasm::{Error, Options, translate, validate};
use testing::{Random, Seeds, tier_count};

/// Modules to start from: the samples that are small, and random ones.
fn originals(random: &mut Random) -> Vec<Vec<u8>> {
    let mut modules: Vec<_> = corpus::samples::modules().into_iter().map(|(_, bytes)| bytes).filter(|b| b.len() < 12_000).collect();
    for _ in 0..40 {
        modules.push(corpus::generate::generate(&mut || random.next()).module);
    }
    modules
}

/// Changes some bytes: replaced, flipped, taken out, put in, moved, or a large number written.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.index(bytes.len());
        match random.below(7) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => {
                bytes.remove(at);
            }
            3 => bytes.insert(at, random.pick(&[0, 1, 0x0b, 0x40, 0x7f, 0x80, 0xfc, 0xff])),
            4 => {
                let (from, len) = (random.index(bytes.len()), random.index(20));
                let part: Vec<u8> = bytes.iter().skip(from).take(len).copied().collect();
                bytes.splice(at..at, part);
            }
            5 => bytes.truncate(at),
            _ => {
                let number = [0xff, 0xff, 0xff, 0xff, 0x0f];
                let end = (at + 5).min(bytes.len());
                bytes.splice(at..end, number);
            }
        }
    }
}

fn check(bytes: &[u8]) -> Result<usize, Error> {
    let options = Options::default();
    let result = translate(bytes, &options);
    assert_eq!(translate(bytes, &options), result, "the same bytes, two answers");
    match &result {
        Ok(program) => {
            assert_eq!(validate(bytes), Ok(()));
            assert_eq!(program.check(), Ok(()));
            assert!(program.init_pages <= program.max_pages && program.max_pages <= options.max_pages);
            let len = program.instructions.len();
            let jumps = |i: &&isa::Instruction| matches!(i.op, isa::Op::Jmp | isa::Op::Jz | isa::Op::Jnz | isa::Op::Jtab | isa::Op::Call);
            assert!(program.instructions.iter().filter(jumps).all(|i| (i.il as usize) < len));
        }
        Err(error) => assert!(error.offset().is_none_or(|offset| offset <= bytes.len()), "{error}"),
    }
    result.map(|program| program.instructions.len())
}

#[test]
fn changed_modules_are_translated_or_refused() {
    let seeds = Seeds::new("changed_modules_are_translated_or_refused");
    let mut random = seeds.random(0);
    let originals = originals(&mut random);
    let (mut translated, mut refused) = (0, 0);
    for _ in 0..tier_count(6_000, 2_000_000) {
        let mut bytes = originals[random.index(originals.len())].clone();
        mutate(&mut bytes, &mut random);
        match check(&bytes) {
            Ok(_) => translated += 1,
            Err(_) => refused += 1,
        }
    }
    // Both have to happen, or the changes are too small or too large to find anything.
    assert!(translated > 100 && refused > 100, "{translated} translated, {refused} refused");
}

#[test]
fn a_module_cut_off_anywhere_is_malformed() {
    let seeds = Seeds::new("a_module_cut_off_anywhere_is_malformed");
    let mut random = seeds.random(0);
    let module = corpus::generate::generate(&mut || random.next()).module;
    let whole = (0..module.len()).filter(|&len| validate(&module[..len]).is_ok()).count();
    // A module may end after any section but the ones that others need.
    assert!(whole < 12, "{whole} prefixes are modules");
    for len in 0..module.len() {
        if let Err(error) = check(&module[..len]) {
            assert!(["Malformed", "NoEntry"].contains(&error.name()), "{len} bytes: {error}");
        }
    }
}

#[test]
fn noise_is_malformed() {
    let seeds = Seeds::new("noise_is_malformed");
    let mut random = seeds.random(0);
    for _ in 0..tier_count(3_000, 1_000_000) {
        let len = random.index(300);
        let mut bytes = b"\0asm\x01\0\0\0".to_vec();
        bytes.extend(random.bytes(len));
        if let Err(error) = check(&bytes) {
            assert!(["Malformed", "NoEntry", "TooLarge", "Unsupported", "Invalid"].contains(&error.name()), "{error}");
        }
    }
}
