//! The WebAssembly core suite, integer part, in both modes of the executor: the calls of a module are one script, in one instance, traps
//! included. It is skipped, with a word on standard error, where the suite is absent.
extern crate loom_vm as vm;

mod common;

use common::GO;
use common::both::run_both;
use corpus::json::Value;
use corpus::suite::{self, Call};
use std::collections::BTreeMap;
use testing::tier_count;
use vm::{Error, Limits};
use wasm::script::{self, Outcome};

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
#[derive(Debug)]
struct Tally {
    /// Runs of at most so many cycles are also traced, and the traces checked.
    traced_cycles: u64,
    /// Calls that ended as they must.
    held: usize,
    /// Calls that filled the frames as they must, which leaves no trace.
    exhausted: usize,
    /// Calls of the first kind that were traced.
    traced: usize,
    /// Those about values or modules outside of the provable subset, by reason.
    outside: BTreeMap<&'static str, u32>,
}

impl Tally {
    fn skip(&mut self, reason: &'static str) {
        *self.outside.entry(reason).or_default() += 1;
    }
}

/// How a call must end.
enum End {
    /// It ends like this; `None`: it returns, whatever it returns.
    Outcome(Option<Outcome>),
    /// It calls itself until the frames are full, which ends the run.
    Exhaustion,
}

/// A module of the file with its calls.
struct Module {
    bytes: Vec<u8>,
    place: String,
    calls: Vec<(String, script::Call, End)>,
    /// Why an export cannot be called, by its name.
    callable: BTreeMap<String, Result<(), &'static str>>,
    /// Other modules of the file may change it from now on.
    shared: bool,
}

/// The exit code that the suite's words for a trap stand for.
fn exit_code(text: &str) -> u32 {
    match text {
        "unreachable" => 2,
        "integer divide by zero" => 3,
        "integer overflow" => 4,
        "out of bounds memory access" => 6,
        _ if ["undefined element", "uninitialized element", "indirect call"].iter().any(|start| text.starts_with(start)) => 5,
        _ => panic!("no exit code for {text:?}"),
    }
}

fn translate(module: &[u8], calls: &[script::Call]) -> Result<isa::Program, &'static str> {
    wasm::translate_script(module, &wasm::Options::default(), calls).map_err(|error| error.name())
}

impl Module {
    /// Adds what a command calls, or says why it cannot be called.
    fn add(&mut self, place: String, command: &Value) -> Result<(), &'static str> {
        if self.shared {
            return Err("a module that others change");
        }
        let call = Call::of(command).ok_or("a float or a reference as value")?;
        let bits = |values: Vec<(u8, u64)>| values.into_iter().map(|(_, bits)| bits).collect();
        let expected = call.expected.map(|values| Outcome::Results(bits(values)));
        let call = script::Call { export: call.field, args: bits(call.arguments) };
        // A float function makes the module that calls it unprovable; the others are called without it.
        let alone = || translate(&self.bytes, std::slice::from_ref(&call)).map(|_| ());
        self.callable.entry(call.export.clone()).or_insert_with(alone).as_ref().map_err(|reason| *reason)?;
        let end = match command.text("type") {
            "assert_exhaustion" => End::Exhaustion,
            "assert_trap" => End::Outcome(Some(Outcome::Trap(exit_code(command.text("text"))))),
            _ => End::Outcome(expected),
        };
        self.calls.push((place, call, end));
        Ok(())
    }

    /// Makes the calls that end in one run, then each that does not in a run of its own, after those before it.
    fn play(&self, tally: &mut Tally) {
        let before = |end: usize| {
            let all = self.calls[..end].iter();
            all.filter_map(|(place, call, end)| if let End::Outcome(outcome) = end { Some((place, call, outcome)) } else { None })
        };
        let script: Vec<_> = before(self.calls.len()).map(|(_, call, _)| call.clone()).collect();
        let program = match translate(&self.bytes, &script) {
            Ok(program) => program,
            Err(reason) => return tally.skip(reason),
        };
        let fast = vm::run(&program, &[], &Limits::default(), &GO);
        let mut execution = fast.unwrap_or_else(|error| panic!("{}: {error}", self.place));
        if execution.cycles <= tally.traced_cycles {
            execution = run_both(&program, &[], true).unwrap_or_else(|error| panic!("{}: {error}", self.place));
            tally.traced += script.len();
        }
        assert_eq!(execution.exit_code, 0, "{}: instantiating", self.place);
        let outcomes = script::outcomes(&execution.output).expect("the output of a script");
        assert_eq!(outcomes.len(), script.len(), "{}", self.place);
        for ((place, call, expected), got) in before(self.calls.len()).zip(outcomes) {
            let holds = expected.as_ref().map_or(matches!(got, Outcome::Results(_)), |expected| *expected == got);
            assert!(holds, "{place}: {call:?} must end with {expected:?}, not with {got:?}");
        }
        for (i, (place, call, end)) in self.calls.iter().enumerate() {
            if matches!(end, End::Exhaustion) {
                let script: Vec<_> = before(i).map(|(_, call, _)| call).chain([call]).cloned().collect();
                let program = translate(&self.bytes, &script).expect("each of the calls is within the subset");
                let end = vm::run(&program, &[], &Limits { cycles: 1 << 28, ..Limits::default() }, &GO);
                assert!(matches!(end, Err(Error::FrameLimit { .. })), "{place}: {end:?}");
            }
        }
        tally.held += script.len();
        tally.exhausted += self.calls.len() - script.len();
    }
}

fn run_file(name: &str, tally: &mut Tally) {
    let Some(file) = suite::open(name) else { panic!("{name} is missing from the suite") };
    let mut modules: Vec<Module> = Vec::new();
    let mut names = BTreeMap::new();
    for command in &file.commands {
        let place = format!("{name}, line {}", command.text("line"));
        match command.text("type") {
            "module" => {
                names.insert(command.text("name").to_owned(), modules.len());
                let bytes = file.module(command.text("filename"));
                modules.push(Module { bytes, place, calls: Vec::new(), callable: BTreeMap::new(), shared: false });
            }
            "assert_return" | "action" | "assert_trap" | "assert_exhaustion" => {
                let action = command.get("action").expect("an action");
                let module = match action.get("module") {
                    Some(_) => names[action.text("module")],
                    None => modules.len() - 1,
                };
                if let Err(reason) = modules[module].add(place, command) {
                    tally.skip(reason);
                }
            }
            "register" => {
                let module = names.get(command.text("name")).copied().unwrap_or(modules.len() - 1);
                modules[module].shared = true;
            }
            _ => {}
        }
    }
    modules.iter().for_each(|module| module.play(tally));
}

#[test]
fn the_core_suite_holds() {
    if suite::open("i32").is_none() {
        eprintln!("skipped: the WebAssembly core suite is absent; set LOOM_SHARED to the folder that holds data/wasm-spec");
        return;
    }
    let traced_cycles = tier_count(1 << 14, vm::MAX_CYCLES);
    let mut total = Tally { traced_cycles, held: 0, exhausted: 0, traced: 0, outside: BTreeMap::new() };
    for name in FILES {
        run_file(name, &mut total);
    }
    println!("{} calls hold, {} of them traced; outside of the provable subset: {:?}", total.held, total.traced, total.outside);
    assert_eq!((total.held, total.exhausted), (6_880, 13), "{total:?}");
    assert!(total.traced as u64 >= tier_count(6_500, 6_880), "too few of them were traced: {total:?}");
}
