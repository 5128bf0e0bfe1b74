//! The WebAssembly core suite on translator and executor: every module's calls as one script, in one instance, traps included.

use corpus::json::Value;
use corpus::suite::{self, Call, File};
use loom_wasm::script::{self, Outcome};
use loom_wasm::{Error, Options, translate_script};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

const OPTIONS: Options = Options { max_pages: isa::MAX_PAGES };

/// What was done, and what was not and why.
#[derive(Default)]
struct Counts(BTreeMap<String, usize>);

impl Counts {
    fn add(&mut self, what: &str, count: usize) {
        *self.0.entry(what.to_owned()).or_default() += count;
    }
}

/// A call with what the suite expects of it.
struct Expected {
    line: String,
    call: script::Call,
    outcome: Option<Outcome>,
}

fn exit_code(text: &str) -> Option<u32> {
    Some(match text {
        "unreachable" => 2,
        "integer divide by zero" => 3,
        "integer overflow" => 4,
        "out of bounds memory access" => 6,
        text if text.starts_with("undefined") || text.starts_with("uninitialized") || text.starts_with("indirect call") => 5,
        _ => return None,
    })
}

/// Files whose integer calls look at what calls with floats, or calls of other modules, did.
const STATE_OF_OTHERS: [&str; 2] = ["float_memory", "linking"];

fn expected(command: &Value) -> Option<Expected> {
    if command.get("action").is_some_and(|action| action.get("module").is_some()) {
        return None;
    }
    let call = Call::of(command)?;
    let outcome = match command.text("type") {
        "assert_return" => Some(Outcome::Results(call.expected?.into_iter().map(|(_, bits)| bits).collect())),
        "assert_trap" => Some(Outcome::Trap(exit_code(command.text("text"))?)),
        "action" => None,
        _ => return None,
    };
    let args = call.arguments.into_iter().map(|(_, bits)| bits).collect();
    Some(Expected { line: command.text("line").to_owned(), call: script::Call { export: call.field, args }, outcome })
}

fn run(module: &[u8], calls: &[script::Call]) -> Vec<Outcome> {
    let program = translate_script(module, &OPTIONS, calls).expect("each call alone can be translated");
    assert_eq!(program.check(), Ok(()));
    let limits = vm::Limits { pages: isa::MAX_PAGES, ..vm::Limits::default() };
    let execution = vm::run(&program, &[], &limits, &AtomicBool::new(false)).expect("a run to its end");
    assert_eq!(execution.exit_code, 0, "the start function trapped");
    script::outcomes(&execution.output).expect("the output of a script")
}

/// Runs the commands that belong to one module.
fn check(file: &str, bytes: &[u8], commands: &[&Value], counts: &mut Counts, wrong: &mut Vec<String>) {
    let mut calls = Vec::new();
    let mut refused: BTreeMap<String, Option<Error>> = BTreeMap::new();
    for command in commands {
        let Some(call) = expected(command) else {
            counts.add("not run: floats, references, or no single call", 1);
            continue;
        };
        let alone = |call: &script::Call| translate_script(bytes, &OPTIONS, std::slice::from_ref(call)).err();
        match refused.entry(call.call.export.clone()).or_insert_with(|| alone(&call.call)) {
            None => calls.push(call),
            Some(error) => counts.add(&format!("refused: {}", error.name()), 1),
        }
    }
    let script: Vec<_> = calls.iter().map(|c| c.call.clone()).collect();
    if script.is_empty() {
        return;
    }
    let outcomes = run(bytes, &script);
    assert_eq!(outcomes.len(), calls.len());
    for (call, got) in calls.iter().zip(outcomes) {
        if call.outcome.as_ref().is_some_and(|expected| *expected != got) {
            wrong.push(format!("{file}:{} {:?}: expected {:?}, got {got:?}", call.line, call.call, call.outcome));
        }
    }
    counts.add("run", calls.len());
}

fn check_file(name: &str, file: &File, counts: &mut Counts, wrong: &mut Vec<String>) {
    let mut module: Option<Vec<u8>> = None;
    let mut commands: Vec<&Value> = Vec::new();
    for command in &file.commands {
        match command.text("type") {
            "module" => {
                if let Some(bytes) = module.replace(file.module(command.text("filename"))) {
                    check(name, &bytes, &commands, counts, wrong);
                }
                commands.clear();
            }
            "assert_return" | "assert_trap" | "action" | "assert_exhaustion" => commands.push(command),
            _ => {}
        }
    }
    if let Some(bytes) = module {
        check(name, &bytes, &commands, counts, wrong);
    }
}

#[test]
fn calls_of_the_suite_give_what_it_says() {
    let names = suite::names();
    if names.is_empty() {
        eprintln!("the WebAssembly core suite is absent (LOOM_SHARED or ../shared): nothing was run");
        return;
    }
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for name in names.iter().filter(|name| !STATE_OF_OTHERS.contains(&name.as_str())) {
        let file = suite::open(name).unwrap_or_else(|| panic!("{name}.json cannot be read"));
        check_file(name, &file, &mut counts, &mut wrong);
    }
    for (what, count) in &counts.0 {
        println!("{what}: {count}");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
    assert_eq!(counts.0["run"], 7365);
}
