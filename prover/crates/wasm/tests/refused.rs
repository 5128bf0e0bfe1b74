//! What cannot be proven is refused by name, with function, byte and opcode (section 2.1); what can only be reached never, is not looked at.

mod support;

use corpus::encode::{self, HEADER, I32, I64};
use loom_wasm::{Error, Options, limits, translate, validate};
use support::{Function, Module, machine, program, run};

const F32: u8 = 0x7d;
const F64: u8 = 0x7c;
const FUNCREF: u8 = 0x70;

fn refusal(module: &Module) -> Error {
    refusal_of(&module.bytes())
}

fn refusal_of(bytes: &[u8]) -> Error {
    let error = translate(bytes, &Options::default()).expect_err("it cannot be proven");
    let text = error.to_string();
    assert!(text.starts_with(error.name()) && text.contains(';') || error == Error::NoEntry, "{text}");
    if let Some(offset) = error.offset() {
        assert!(offset <= bytes.len() && text.contains(&format!("byte {offset}")), "{text}");
    }
    error
}

/// A module whose `loom_main` is `code`; the byte at which the code begins.
fn with_code(code: &[u8]) -> (Module, usize) {
    let module = Module {
        types: vec![(vec![], vec![])],
        functions: vec![Function { ty: 0, locals: vec![], code: code.to_vec() }],
        pages: 1,
        exports: vec![("loom_main", 0)],
        ..Module::default()
    };
    // Behind the code come its end and the empty data section.
    let at = module.bytes().len() - code.len() - 1 - 3;
    (module, at)
}

#[test]
fn floats_that_can_be_reached_are_refused_with_function_byte_and_opcode() {
    for (code, opcode, at) in [
        (&[0x43, 0, 0, 0, 0, 0x1a][..], "f32.const", 0),
        (&[0x41, 0, 0x2b, 3, 0, 0x1a], "f64.load", 2),
        (&[0x41, 0, 0xb2, 0x1a], "f32.convert_i32_s", 2),
        (&[0x01, 0x00, 0xfc, 0x02, 0x1a], "i32.trunc_sat_f64_s", 2),
        (&[0x00, 0x02, F64, 0x00, 0x0b, 0x1a], "block", 1),
        (&[0x00, 0x41, 0, 0x1c, 1, F32, 0x1a], "select", 3),
    ] {
        let (module, start) = with_code(code);
        assert_eq!(refusal(&module), Error::FloatNotSupported { function: 0, offset: start + at, opcode });
    }
    let (mut module, _) = with_code(&[]);
    module.functions[0].locals = vec![I32, F32];
    assert_eq!(refusal(&module).opcode(), Some("the type of a local"));
}

#[test]
fn floats_are_looked_for_from_the_entry_the_start_and_the_table() {
    // 0 is the entry, 1 has a float, 2 calls 1.
    let base = || {
        let (mut module, _) = with_code(&[]);
        for code in [vec![0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x1a], vec![0x10, 1]] {
            module.functions.push(Function { ty: 0, locals: vec![F64], code });
        }
        module.functions[2].locals.clear();
        module
    };
    // Exported or not, nothing calls it when the machine runs.
    let mut unreached = base();
    unreached.exports.push(("other", 2));
    assert_eq!(run(&unreached, &[]).exit_code, 0);
    let mut called = base();
    called.functions[0].code = vec![0x10, 2];
    assert_eq!((refusal(&called).name(), refusal(&called).function()), ("FloatNotSupported", Some(1)));
    let mut in_table = base();
    in_table.table = vec![0, 2];
    assert_eq!(refusal(&in_table).function(), Some(1));
    let mut dead = base();
    dead.functions[0].code = vec![0x00, 0x10, 1];
    assert_eq!(refusal(&dead).function(), Some(1), "code that cannot be reached counts");
}

#[test]
fn a_function_that_cannot_run_is_no_part_of_the_program() {
    let (alone, _) = with_code(&[]);
    let (mut more, _) = with_code(&[]);
    more.functions.push(Function { ty: 0, locals: vec![], code: vec![0x10, 0, 0x10, 0] });
    assert_eq!(program(&alone).instructions, program(&more).instructions);
}

#[test]
fn references_tables_and_segments_are_refused_wherever_they_stand() {
    for (code, name, opcode) in [
        (&[0xd0, FUNCREF, 0x1a][..], "ReferenceNotSupported", "ref.null"),
        (&[0xd0, 0x6f, 0xd1, 0x1a], "ReferenceNotSupported", "ref.null"),
        (&[0x41, 0, 0x25, 0, 0x1a], "ReferenceNotSupported", "table.get"),
        (&[0xfc, 16, 0, 0x1a], "ReferenceNotSupported", "table.size"),
        (&[0x00, 0x02, FUNCREF, 0x00, 0x0b, 0x1a], "ReferenceNotSupported", "block"),
        (&[0x00, 0x26, 0], "TableWrite", "table.set"),
        (&[0x00, 0xfc, 15, 0, 0x1a], "TableWrite", "table.grow"),
        (&[0x00, 0xfc, 17, 0], "TableWrite", "table.fill"),
        (&[0x00, 0xfc, 14, 0, 0], "TableWrite", "table.copy"),
        (&[0x00, 0xfc, 12, 0, 0], "TableWrite", "table.init"),
        (&[0xfc, 13, 0], "PassiveSegment", "elem.drop"),
    ] {
        // In a function that nothing calls.
        let (mut module, _) = with_code(&[]);
        module.table = vec![0];
        module.functions.push(Function { ty: 0, locals: vec![], code: code.to_vec() });
        let error = refusal(&module);
        assert_eq!((error.name(), error.function(), error.opcode()), (name, Some(1), Some(opcode)));
    }
}

/// Its number and its bytes.
type Section<'a> = (u8, &'a [u8]);

/// A module from sections.
fn raw(sections: &[Section<'_>]) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    sections.iter().for_each(|(id, payload)| encode::section(&mut out, *id, payload));
    out
}

const TYPE: Section<'static> = (1, &[1, 0x60, 0, 0]);
const FUNCTION: Section<'static> = (3, &[1, 0]);
const MEMORY: Section<'static> = (5, &[1, 0, 1]);
const EXPORT: Section<'static> = (7, b"\x01\x09loom_main\0\0");
const CODE: Section<'static> = (10, &[1, 2, 0, 0x0b]);

#[test]
fn segments_are_active_and_fit() {
    let with = |id: u8, payload: &[u8]| {
        let (mut sections, table): (Vec<Section<'_>>, Section<'_>) = (vec![TYPE, FUNCTION, MEMORY, EXPORT, CODE], (4, &[1, FUNCREF, 0, 2]));
        sections.insert(2, table);
        sections.insert(if id == 9 { 5 } else { 6 }, (id, payload));
        raw(&sections)
    };
    assert!(translate(&with(9, &[1, 0, 0x41, 1, 0x0b, 1, 0]), &Options::default()).is_ok());
    assert!(matches!(
        refusal_of(&with(9, &[1, 0, 0x41, 1, 0x0b, 2, 0, 0])),
        Error::SegmentOutOfBounds { kind: "element", index: 0, end: 3, size: 2, .. }
    ));
    assert!(matches!(
        refusal_of(&with(9, &[1, 0, 0x41, 0x7f, 0x0b, 0])),
        Error::SegmentOutOfBounds { kind: "element", index: 0, end: 0xffff_ffff, size: 2, .. }
    ));
    assert!(matches!(refusal_of(&with(9, &[1, 1, 0, 1, 0])), Error::PassiveSegment { opcode: "a passive segment", .. }));
    assert!(matches!(refusal_of(&with(9, &[1, 3, 0, 1, 0])), Error::PassiveSegment { opcode: "a declarative segment", .. }));
    assert!(translate(&with(11, &[1, 0, 0x41, 0x80, 0x80, 4, 0x0b, 0]), &Options::default()).is_ok());
    assert!(matches!(
        refusal_of(&with(11, &[2, 0, 0x41, 0, 0x0b, 0, 0, 0x41, 0xff, 0xff, 3, 0x0b, 2, 1, 2])),
        Error::SegmentOutOfBounds { kind: "data", index: 1, end: 65_537, size: 65_536, .. }
    ));
    assert!(matches!(refusal_of(&with(11, &[1, 1, 1, 9])), Error::PassiveSegment { function: None, .. }));
}

#[test]
fn later_segments_win_and_nulls_take_functions_out() {
    let (mut module, _) = with_code(&[0x41, 0, 0x28, 2, 0, 0x41, 4, 0x28, 2, 0, 0x6a, 0x1a]);
    module.data = vec![(0, vec![1, 2, 3, 4, 5, 6, 7, 8, 9]), (2, vec![0xaa, 0xbb]), (65_535, vec![7])];
    let memory = run(&module, &[]).memory;
    assert_eq!(memory[..9], [1, 2, 0xaa, 0xbb, 5, 6, 7, 8, 9]);
    assert_eq!(memory[65_535], 7);
}

#[test]
fn there_is_one_memory_within_the_policy() {
    let pages = |pages, max_pages| Module { pages, max_pages, ..with_code(&[]).0 };
    assert_eq!(program(&pages(3, None)).max_pages, 1024);
    assert_eq!((program(&pages(3, Some(9))).init_pages, program(&pages(3, Some(9))).max_pages), (3, 9));
    assert!(matches!(refusal(&pages(1025, None)), Error::MemoryTooLarge { pages: 1025, limit: 1024, .. }));
    assert!(matches!(refusal(&pages(1, Some(1025))), Error::MemoryTooLarge { pages: 1025, limit: 1024, .. }));
    let unlimited = Options { max_pages: u32::MAX };
    assert_eq!(translate(&pages(1, None).bytes(), &unlimited).map(|p| p.max_pages), Ok(65_536));
    assert_eq!(refusal_of(&raw(&[TYPE, FUNCTION, (5, &[2, 0, 1, 0, 1]), EXPORT, CODE])).name(), "Invalid");
    for (flags, feature) in [(3, "a shared memory (threads)"), (4, "a 64-bit memory (memory64)")] {
        let error = refusal_of(&raw(&[TYPE, FUNCTION, (5, &[1, flags, 1, 1]), EXPORT, CODE]));
        assert!(matches!(error, Error::Unsupported { feature: named, .. } if named == feature), "{error}");
    }
}

#[test]
fn there_is_one_table_of_functions() {
    let with = |table: &[u8]| refusal_of(&raw(&[TYPE, FUNCTION, (4, table), MEMORY, EXPORT, CODE]));
    assert_eq!(with(&[2, FUNCREF, 0, 1, FUNCREF, 0, 1]).name(), "TableNotSupported");
    assert_eq!(with(&[1, 0x6f, 0, 1]).name(), "TableNotSupported");
}

#[test]
fn the_entry_has_no_parameters_and_no_results() {
    let (mut module, _) = with_code(&[]);
    module.exports = vec![("main", 0)];
    assert_eq!(refusal(&module), Error::NoEntry);
    module.exports = vec![("_start", 0)];
    assert_eq!(run(&module, &[]).exit_code, 0);
    // loom_main comes first, unless it has another type.
    module.types.push((vec![I32], vec![]));
    module.functions.push(Function { ty: 0, locals: vec![], code: vec![0x00] });
    module.functions.push(Function { ty: 1, locals: vec![], code: vec![] });
    module.exports.push(("loom_main", 1));
    assert_eq!(run(&module, &[]).exit_code, 2);
    module.exports[1] = ("loom_main", 2);
    assert_eq!(run(&module, &[]).exit_code, 0);
    module.exports = vec![("loom_main", 2)];
    assert_eq!(refusal(&module), Error::NoEntry);
}

#[test]
fn only_the_host_interface_is_imported_and_never_as_a_value() {
    let with = |imports: Vec<(&'static str, &'static str, u64)>| Module { imports, exports: vec![("loom_main", 1)], ..with_code(&[]).0 };
    for import in [("wasi_snapshot_preview1", "fd_write", 0), ("env", "seed", 0), ("loom", "input_sizes", 0)] {
        assert!(matches!(refusal(&with(vec![import])), Error::UnknownImport { reason: "is not offered", .. }));
    }
    let error = refusal(&with(vec![("loom", "input_size", 0)]));
    assert!(matches!(error, Error::UnknownImport { reason: "is imported with another type than it has", .. }));
    let memory = raw(&[TYPE, (2, b"\x01\x03env\x06memory\x02\0\x01"), FUNCTION, EXPORT, CODE]);
    assert!(matches!(refusal_of(&memory), Error::UnknownImport { reason: "is no function", .. }));

    let mut exported = machine(vec![]);
    exported.exports.push(("read", 1));
    assert!(matches!(refusal(&exported), Error::ImportAsValue { function: 1, place: "is exported", .. }));
    let mut in_table = machine(vec![]);
    in_table.table = vec![6, 2];
    assert!(matches!(refusal(&in_table), Error::ImportAsValue { function: 2, place: "stands in a table", .. }));
}

#[test]
fn proposals_beyond_the_subset_are_refused_by_name() {
    for (code, feature) in [
        (&[0xfd, 12][..], "SIMD"),
        (&[0xfe, 0, 0, 0], "an atomic instruction (threads)"),
        (&[0x12, 0], "a tail call"),
        (&[0x06, 0x40], "exception handling"),
        (&[0xfb, 0], "garbage collection"),
    ] {
        let (module, start) = with_code(code);
        assert_eq!(refusal(&module), Error::Unsupported { function: Some(0), offset: start, feature });
    }
}

#[test]
fn sizes_have_limits() {
    let what = |bytes: &[u8]| match refusal_of(bytes) {
        Error::TooLarge { what, function, .. } => {
            assert_eq!(function, if what.ends_with("of the module") { None } else { Some(0) }, "{what}");
            what
        }
        other => panic!("{other}"),
    };
    // Locals beyond the slots of a function, in six bytes.
    let locals = raw(&[TYPE, FUNCTION, EXPORT, (10, &[1, 6, 1, 0x80, 0x80, 4, I64, 0x0b])]);
    assert_eq!(what(&locals), "slots of one function");
    let operands = [vec![0], [0x41, 0].repeat(70_000), vec![0x0b]].concat();
    let mut code = vec![1];
    encode::sized(&mut code, &operands);
    assert_eq!(what(&raw(&[TYPE, FUNCTION, EXPORT, (10, &code)])), "slots of one function");
    // Each global.set is two instructions at least; so many make the program too long.
    let (mut long, _) = with_code(&[0x41, 1, 0x24, 0].repeat(600_000));
    long.globals = vec![(I32, 0)];
    assert_eq!(what(&long.bytes()), "LoomVM instructions of the program");
    let mut functions = Vec::new();
    encode::unsigned(&mut functions, 65_536);
    functions.extend(vec![0; 65_536]);
    assert_eq!(what(&raw(&[TYPE, (3, &functions)])), "functions of the module");
    assert_eq!(what(&raw(&[(0, &vec![0; limits::MAX_MODULE_BYTES])])), "bytes of the module");
}

#[test]
fn a_few_bytes_cannot_keep_validation_busy() {
    // A type of a thousand parameters and results, and a megabyte of blocks of that type in code that cannot be reached.
    let mut types = vec![2, 0x60, 0, 0, 0x60];
    for _ in 0..2 {
        encode::sized(&mut types, &[I32; 1000]);
    }
    let body = [vec![0, 0x00], [0x02, 1, 0x0b].repeat(350_000), vec![0x0b]].concat();
    let mut code = vec![1];
    encode::sized(&mut code, &body);
    let bytes = raw(&[(1, &types), FUNCTION, EXPORT, (10, &code)]);
    assert!(matches!(validate(&bytes), Err(Error::TooLarge { what: "steps that validation takes", .. })));
}
