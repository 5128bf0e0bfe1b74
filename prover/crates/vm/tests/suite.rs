//! The WebAssembly core suite, integer part, through the translator on the executor. It is skipped, with a word on standard error, where
//! the suite is absent.
extern crate loom_vm as vm;

mod common;

use common::GO;
use common::both::run_both;
use corpus::suite::{self, Call};
use isa::Program;
use std::collections::HashMap;
use testing::{Random, Seeds, tier_count};
use vm::{Error, Limits};

/// The files of section 6.6.
const FILES: &[&str] = &[
    "i32",
    "i64",
    "local_get",
    "local_set",
    "local_tee",
    "global",
    "memory",
    "memory_copy",
    "memory_fill",
    "memory_grow",
    "memory_redundancy",
    "memory_size",
    "memory_trap",
    "load",
    "store",
    "address",
    "align",
    "endianness",
    "br",
    "br_if",
    "br_table",
    "block",
    "loop",
    "if",
    "call",
    "call_indirect",
    "select",
    "nop",
    "unreachable",
    "unwind",
    "traps",
    "int_exprs",
    "int_literals",
    "bulk",
    "stack",
    "fac",
    "forward",
    "func",
    "func_ptrs",
    "labels",
    "left-to-right",
    "return",
    "start",
    "switch",
    "type",
    "data",
    "elem",
    "conversions",
    "skip-stack-guard-page",
];

/// What became of the commands of a file.
#[derive(Debug, Default)]
struct Tally {
    /// Assertions and actions that ran as they must.
    held: u32,
    /// Those about values or modules outside of the provable subset, by reason.
    outside: HashMap<&'static str, u32>,
}

impl Tally {
    fn skip(&mut self, reason: &'static str) {
        *self.outside.entry(reason).or_default() += 1;
    }
}

/// A module of the file, and the calls that returned so far: its state is what they left.
struct Module {
    bytes: Result<Vec<u8>, &'static str>,
    calls: Vec<Call>,
    /// Why an export cannot be called, by its name.
    callable: HashMap<String, Result<(), &'static str>>,
    /// Other modules of the file may change it from now on.
    shared: bool,
}

/// The program that makes the calls, or the reason why there is none.
fn translate(module: &[u8], calls: &[Call]) -> Result<Program, &'static str> {
    let driven = suite::with_calls(module, calls).ok_or("an export that is no function")?;
    wasm::translate(&driven, &wasm::Options::default()).map_err(|e| e.name())
}

/// The exit code of the calls on a fresh instance; an error if it is none, or the reason why the module cannot be run.
fn play(module: &[u8], calls: &[Call]) -> Result<Result<u32, Error>, &'static str> {
    let program = translate(module, calls)?;
    let limits = Limits { cycles: 1 << 28, ..Limits::default() };
    Ok(vm::run(&program, &[], &limits, &GO).map(|execution| execution.exit_code))
}

/// The exit code that the suite's words for a trap stand for.
fn exit_code(text: &str) -> u32 {
    match text {
        "unreachable" => 2,
        "integer divide by zero" => 3,
        "integer overflow" => 4,
        "undefined element" | "uninitialized element" | "indirect call type mismatch" | "indirect call" => 5,
        "out of bounds memory access" => 6,
        _ if text.starts_with("uninitialized element") || text.starts_with("undefined element") => 5,
        _ => panic!("no exit code for {text:?}"),
    }
}

fn run_file(name: &str, tally: &mut Tally, random: &mut Random) {
    let Some(file) = suite::open(name) else { panic!("{name} is missing from the suite") };
    let mut modules: Vec<Module> = Vec::new();
    let mut names = HashMap::new();
    // Assertions that return are played together: in the order of the file, on one instance.
    for command in &file.commands {
        let place = format!("{name}, line {}", command.text("line"));
        match command.text("type") {
            "module" => {
                names.insert(command.text("name").to_owned(), modules.len());
                let bytes = file.module(command.text("filename"));
                // The module must run by itself: what cannot be translated with no call at all is outside of the subset.
                let bytes = play(&bytes, &[]).map(|end| {
                    assert_eq!(end, Ok(0), "{place}: instantiating");
                    bytes
                });
                modules.push(Module { bytes, calls: Vec::new(), callable: HashMap::new(), shared: false });
            }
            kind @ ("assert_return" | "action" | "assert_trap" | "assert_exhaustion") => {
                let action = command.get("action").expect("an action");
                let module = match action.get("module") {
                    Some(_) => names[action.text("module")],
                    None => modules.len() - 1,
                };
                let Module { bytes, calls, callable, shared } = &mut modules[module];
                let bytes = match bytes {
                    Ok(bytes) => bytes,
                    Err(reason) => {
                        tally.skip(reason);
                        continue;
                    }
                };
                if *shared {
                    tally.skip("a module that others change");
                    continue;
                }
                let Some(call) = Call::of(command) else {
                    tally.skip("a float or a reference as value");
                    continue;
                };
                // A float function makes the module that calls it unprovable; the others are played without it.
                let field = call.field.clone();
                let provable = callable.entry(field).or_insert_with(|| translate(bytes, std::slice::from_ref(&call)).map(|_| ()));
                if let Err(reason) = provable {
                    tally.skip(reason);
                    continue;
                }
                calls.push(call);
                match kind {
                    "assert_return" | "action" => {}
                    "assert_trap" => {
                        let end = play(bytes, calls).unwrap_or_else(|reason| panic!("{place}: {reason}"));
                        assert_eq!(end, Ok(exit_code(command.text("text"))), "{place}");
                        calls.pop();
                    }
                    _ => {
                        let end = play(bytes, calls).unwrap_or_else(|reason| panic!("{place}: {reason}"));
                        assert!(matches!(end, Err(Error::FrameLimit { .. })), "{place}: {end:?}");
                        calls.pop();
                    }
                }
                tally.held += 1;
            }
            "register" => {
                let module = names.get(command.text("name")).copied().unwrap_or(modules.len() - 1);
                modules[module].shared = true;
            }
            _ => {}
        }
    }
    for module in &modules {
        if let Ok(bytes) = &module.bytes {
            // In the short tier one in sixteen is traced and checked.
            explain(name, bytes, &module.calls, random.one_in(tier_count(16, 1)));
        }
    }
}

/// All calls must return what they must; if not, names the first that does not.
fn explain(name: &str, bytes: &[u8], calls: &[Call], trace: bool) {
    let program = translate(bytes, calls).expect("each of the calls is within the subset");
    let end = if trace { run_both(&program, &[], true) } else { vm::run(&program, &[], &Limits::default(), &GO) };
    if end.is_ok_and(|execution| execution.exit_code == 0) {
        return;
    }
    for count in 1..=calls.len() {
        let end = play(bytes, &calls[..count]);
        assert_eq!(end, Ok(Ok(0)), "{name}: call {count}, {:?}", calls[count - 1]);
    }
    panic!("{name}: the calls fail together but not one by one");
}

#[test]
fn the_core_suite_holds() {
    if suite::open("i32").is_none() {
        eprintln!("skipped: the WebAssembly core suite is absent; set LOOM_SHARED to the folder that holds data/wasm-spec");
        return;
    }
    let seeds = Seeds::new("the_core_suite_holds");
    let mut random = seeds.random(0);
    let mut total = Tally::default();
    for name in FILES {
        run_file(name, &mut total, &mut random);
    }
    let mut outside: Vec<_> = total.outside.iter().collect();
    outside.sort();
    println!("{} assertions hold; outside of the provable subset: {outside:?}", total.held);
    assert!(total.held > 4_000, "too few assertions ran: {total:?}");
}
