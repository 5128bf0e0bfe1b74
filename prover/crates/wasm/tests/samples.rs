//! The pinned modules of `samples`: each can be translated, always to the same program, and answers frames of ABI v1.

use loom_wasm::{Options, disassemble, translate};
use std::sync::atomic::AtomicBool;

/// A frame of ABI v1: each part with its length before it.
fn frame(parts: [&[u8]; 3]) -> Vec<u8> {
    parts.iter().flat_map(|part| [&(part.len() as u32).to_le_bytes(), *part].concat()).collect()
}

fn call(module: &[u8], input: &[u8]) -> vm::Execution {
    let program = translate(module, &Options::default()).expect("samples are within the subset");
    vm::run(&program, input, &vm::Limits::default(), &AtomicBool::new(false)).expect("it ends")
}

/// Status, state and events of an output frame.
fn parts(output: &[u8]) -> (u32, &[u8], &[u8]) {
    let word = |at: usize| u32::from_le_bytes(output[at..at + 4].try_into().expect("four bytes"));
    let state = word(4) as usize;
    let events = word(8 + state) as usize;
    assert_eq!(output.len(), 12 + state + events);
    (word(0), &output[8..8 + state], &output[12 + state..])
}

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

#[test]
fn the_page_limit_is_part_of_the_program() {
    let bytes = sample("echo");
    let at = |max_pages| translate(&bytes, &Options { max_pages });
    let program = at(1024).expect("within the limit");
    assert!(program.init_pages <= program.max_pages && program.max_pages <= 1024);
    assert_eq!(at(0).expect_err("no page is too few").name(), "MemoryTooLarge");
}

#[test]
fn the_ledger_opens_an_account() {
    let context = br#"{"actor":"account-alice","at":"2026-01-01T09:00:00.000000Z","commandId":"command-1","commandType":"open","principal":"alice","revision":0,"roles":[]}"#;
    for owner in ["Alice", "Zoë Ångström"] {
        let command = format!(r#"{{"owner":"{owner}"}}"#);
        let execution = call(&sample("bank-ledger"), &frame([b"", command.as_bytes(), context]));
        assert_eq!(execution.exit_code, 0);
        println!("open: {} cycles, {:?}", execution.cycles, execution.rows);
        let (status, state, events) = parts(&execution.output);
        let (state, events) = (String::from_utf8_lossy(state), String::from_utf8_lossy(events));
        assert_eq!(status, 0, "{state}");
        assert!(state.contains(&format!(r#""owner":"{owner}""#)) && events.contains("opened"), "{state} {events}");
    }
}
