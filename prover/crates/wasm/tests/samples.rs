//! The pinned modules of `samples`: each can be translated, always to the same program, and answers its vectors.

use loom_wasm::{Options, TRANSLATOR_VERSION, disassemble, translate};
use std::sync::atomic::AtomicBool;

fn sample(name: &str) -> Vec<u8> {
    let found = corpus::samples::modules().into_iter().find(|(n, _)| n == name);
    found.unwrap_or_else(|| panic!("samples/modules/{name}.wasm is missing")).1
}

#[test]
fn every_sample_is_translated_and_always_to_the_same_program() {
    let modules = corpus::samples::modules();
    assert!(modules.len() >= 9, "only {} sample modules", modules.len());
    for (name, bytes) in modules {
        let program = translate(&bytes, &Options::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(program.check(), Ok(()), "{name}");
        assert_eq!(translate(&bytes, &Options::default()).as_ref(), Ok(&program), "{name}");
        assert_eq!(program.module_sha256, hash::digest(&bytes), "{name}");
        let text = disassemble(&program);
        assert_eq!(text.lines().count(), program.instructions.len(), "{name}");
        println!("{name}: {} bytes, {} instructions", bytes.len(), program.instructions.len());
    }
}

/// The first eight bytes of SHA-256 over the program of each sample, by [`fingerprint`].
const PINNED: [(&str, &str); 9] = [
    ("bank-ledger", "40634180a4b94e00"),
    ("counter", "2bf977ee0c169a75"),
    ("counter-assemblyscript", "3659943d4a70623a"),
    ("counter-c", "9e488393059cff00"),
    ("debt-to-income", "db6b948b9ac3db17"),
    ("debt-to-income-assemblyscript", "863b8c86fc15f7cd"),
    ("echo", "3dda34999d5e4475"),
    ("echo-assemblyscript", "274c3894f84e02f7"),
    ("expense-declaration", "a52fc2235ce9dc1b"),
];

/// SHA-256 over the pages and the fields of every instruction, each as four bytes.
fn fingerprint(program: &isa::Program) -> String {
    let mut words = vec![program.init_pages, program.max_pages];
    for i in &program.instructions {
        words.extend([i.opcode(), i.oa, i.ob, i.oc, i.il, i.ih]);
    }
    let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    hash::digest(&bytes)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_programs_of_this_version_are_pinned() {
    let found: Vec<_> =
        PINNED.iter().map(|(name, _)| (*name, fingerprint(&translate(&sample(name), &Options::default()).expect(name)))).collect();
    let same = found.iter().zip(PINNED).all(|(found, pinned)| found.1 == pinned.1);
    assert!(
        same && TRANSLATOR_VERSION == 1,
        "programs have changed, and with them image ids: if the samples have not, TRANSLATOR_VERSION must. Now: {found:#?}"
    );
}

#[test]
fn the_page_limit_is_part_of_the_program() {
    let bytes = sample("echo");
    let at = |max_pages| translate(&bytes, &Options { max_pages });
    let program = at(1024).expect("within the limit");
    assert!(program.init_pages <= program.max_pages && program.max_pages <= 1024);
    assert_eq!(at(0).expect_err("no page is too few").name(), "MemoryTooLarge");
}

#[test]
fn every_sample_answers_its_vectors() {
    for (name, vectors) in [
        ("bank-ledger", "bank-ledger"),
        ("expense-declaration", "expense-declaration"),
        ("counter", "counter"),
        ("counter-assemblyscript", "counter"),
        ("counter-c", "counter"),
        ("debt-to-income", "debt-to-income"),
        ("debt-to-income-assemblyscript", "debt-to-income"),
        ("echo", "echo"),
        ("echo-assemblyscript", "echo"),
    ] {
        let program = translate(&sample(name), &Options::default()).expect("samples are within the subset");
        let steps = corpus::vectors::steps(vectors);
        assert!(steps.len() >= 7, "{name}: only {} steps", steps.len());
        let mut cycles = 0;
        for (i, step) in steps.iter().enumerate() {
            let execution = vm::run(&program, &step.input, &vm::Limits::default(), &AtomicBool::new(false)).expect("it ends");
            cycles += execution.cycles;
            let (got, expected) = (String::from_utf8_lossy(&execution.output), String::from_utf8_lossy(&step.output));
            assert!(execution.exit_code == 0 && got == expected, "{name}, step {i} ({}):\n{got}\n{expected}", step.command);
        }
        println!("{name}: {} steps, {} cycles each", steps.len(), cycles / steps.len() as u64);
    }
}
