//! Loads and stores of every width, alignment and displacement at cell borders and at the end of memory, and `memory.grow`.

mod support;

use corpus::encode::{self, I32, I64};
use loom_wasm::script::{Call, Outcome, outcomes};
use loom_wasm::{Options, translate_script};
use support::{Function, Module, run_program};
use vm::Execution;

/// Opcode, bytes, whether the sign is extended, whether the value is an i64.
const LOADS: [(u8, u32, bool, bool); 12] = [
    (0x28, 4, false, false),
    (0x29, 8, false, true),
    (0x2c, 1, true, false),
    (0x2d, 1, false, false),
    (0x2e, 2, true, false),
    (0x2f, 2, false, false),
    (0x30, 1, true, true),
    (0x31, 1, false, true),
    (0x32, 2, true, true),
    (0x33, 2, false, true),
    (0x34, 4, true, true),
    (0x35, 4, false, true),
];

const STORES: [(u8, u32, bool); 7] =
    [(0x36, 4, false), (0x37, 8, true), (0x3a, 1, false), (0x3b, 2, false), (0x3c, 1, true), (0x3d, 2, true), (0x3e, 4, true)];

const PAGE: usize = 65_536;

/// One page with bytes of both signs at its start and its end.
fn page() -> Vec<u8> {
    let mut page = vec![0; PAGE];
    for i in 0..24 {
        page[i] = (i * 37 + 120) as u8;
        page[PAGE - 24 + i] = (i * 59 + 200) as u8;
    }
    page
}

fn module(params: Vec<u8>, results: Vec<u8>, code: Vec<u8>) -> Module {
    let page = page();
    Module {
        types: vec![(params, results)],
        functions: vec![Function { ty: 0, locals: vec![], code }],
        pages: 1,
        exports: vec![("f", 0)],
        data: vec![(0, page[..24].to_vec()), (PAGE as u64 - 24, page[PAGE - 24..].to_vec())],
        ..Module::default()
    }
}

fn execute(module: &Module, calls: &[Vec<u64>]) -> (Vec<Outcome>, Execution) {
    let calls: Vec<_> = calls.iter().map(|args| Call { export: "f".to_owned(), args: args.clone() }).collect();
    let program = translate_script(&module.bytes(), &Options::default(), &calls).unwrap_or_else(|e| panic!("{e}"));
    let execution = run_program(&program, &[]);
    (outcomes(&execution.output).expect("a script's output"), execution)
}

/// Every alignment that is allowed, with displacements that stay, that reach the end, and that leave every memory.
fn arguments(bytes: u32) -> impl Iterator<Item = (u8, u32)> {
    (0..=bytes.trailing_zeros() as u8).flat_map(|align| [0, 5, PAGE as u32 - 12, 0xffff_fff0, u32::MAX].map(|offset| (align, offset)))
}

fn access(code: u8, align: u8, offset: u32) -> Vec<u8> {
    let mut out = vec![code, align];
    encode::unsigned(&mut out, offset.into());
    out
}

fn addresses() -> Vec<u64> {
    (0..13).chain(PAGE as u64 - 13..PAGE as u64 + 2).chain([u64::from(u32::MAX)]).collect()
}

#[test]
fn the_promised_alignment_has_no_effect() {
    let instructions = |module: Module| {
        let call = Call { export: "f".to_owned(), args: vec![0; module.types[0].0.len()] };
        translate_script(&module.bytes(), &Options::default(), &[call]).expect("it is within the subset").instructions
    };
    for (code, bytes, wide) in LOADS.map(|(code, bytes, _, wide)| (code, bytes, wide)).into_iter().chain(STORES) {
        let value = if wide { I64 } else { I32 };
        let of = |align| {
            if LOADS.iter().any(|load| load.0 == code) {
                instructions(module(vec![I32], vec![value], [&[0x20, 0][..], &access(code, align, 3)].concat()))
            } else {
                instructions(module(vec![I32, value], vec![], [&[0x20, 0, 0x20, 1][..], &access(code, align, 3)].concat()))
            }
        };
        let natural = of(bytes.trailing_zeros() as u8);
        assert!((0..bytes.trailing_zeros() as u8).all(|align| of(align) == natural), "{code:#x}");
    }
}

#[test]
fn loads_give_what_memory_holds_or_trap() {
    let page = page();
    for (code, bytes, signed, wide) in LOADS {
        for (align, offset) in arguments(bytes) {
            let body = [&[0x20, 0][..], &access(code, align, offset)].concat();
            let module = module(vec![I32], vec![if wide { I64 } else { I32 }], body);
            let calls: Vec<_> = addresses().into_iter().map(|a| vec![a]).collect();
            for (got, address) in execute(&module, &calls).0.into_iter().zip(addresses()) {
                let start = address + u64::from(offset);
                let expected = if start + u64::from(bytes) > PAGE as u64 {
                    Outcome::Trap(6)
                } else {
                    let mut raw = [0; 8];
                    raw[..bytes as usize].copy_from_slice(&page[start as usize..][..bytes as usize]);
                    let shift = 64 - 8 * bytes;
                    let value = u64::from_le_bytes(raw);
                    let value = if signed { ((value << shift) as i64 >> shift) as u64 } else { value };
                    Outcome::Results(vec![if wide { value } else { value & u64::from(u32::MAX) }])
                };
                assert_eq!(got, expected, "{code:#x} align {align} offset {offset} at {address}");
            }
        }
    }
}

#[test]
fn stores_change_their_bytes_or_trap_and_change_nothing() {
    let value = 0xf1e2_d3c4_b5a6_9788u64;
    for (code, bytes, wide) in STORES {
        for (align, offset) in arguments(bytes) {
            let body = [&[0x20, 0, 0x20, 1][..], &access(code, align, offset)].concat();
            let module = module(vec![I32, if wide { I64 } else { I32 }], vec![], body);
            let value = if wide { value } else { value & u64::from(u32::MAX) };
            for address in addresses() {
                let (outcomes, execution) = execute(&module, &[vec![address, value]]);
                let mut expected = page();
                let start = address + u64::from(offset);
                let fits = start + u64::from(bytes) <= PAGE as u64;
                if fits {
                    expected[start as usize..][..bytes as usize].copy_from_slice(&value.to_le_bytes()[..bytes as usize]);
                }
                let outcome = if fits { Outcome::Results(vec![]) } else { Outcome::Trap(6) };
                assert_eq!(outcomes, [outcome], "{code:#x} align {align} offset {offset} at {address}");
                assert!(execution.memory == expected, "{code:#x} align {align} offset {offset} at {address}");
            }
        }
    }
}

#[test]
fn memory_grows_to_its_maximum_and_no_further() {
    // The size before the growth and the size after it.
    let mut grow = module(vec![I32], vec![I32, I32], vec![0x20, 0, 0x40, 0, 0x3f, 0]);
    grow.max_pages = Some(5);
    let calls = [2, 3, u64::from(u32::MAX), 2, 1, 0].map(|delta| vec![delta]);
    let failed = u64::from(u32::MAX);
    let expected = [[1, 3], [failed, 3], [failed, 3], [3, 5], [failed, 5], [5, 5]].map(|pair| Outcome::Results(pair.to_vec()));
    let (got, execution) = execute(&grow, &calls);
    assert_eq!(got, expected);
    assert_eq!(execution.memory.len(), 5 * PAGE);
}
