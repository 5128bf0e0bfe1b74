use super::{INPUT, INPUT_LIMIT, PAGES, input, module, pages, run_failure, translate};
use crate::args::{Args, Command, JSON, Opt};
use crate::failure::{Failure, Result};
use crate::{files, interrupt, print, report};
use json::{Object, hex};
use std::io::BufRead;
use std::path::Path;
use vm::{Execution, Limits};

const CYCLES: Opt = Opt { name: "--cycles", value: Some("N"), about: "cycle limit [1073741823]" };
const OUTPUT: Opt = Opt { name: "--output", value: Some("FILE"), about: "write the output there" };
const CHECK: Opt = Opt { name: "--check", value: None, about: "also make the tables of a proof and check every constraint and bus" };
const BATCH: Opt = Opt { name: "--batch", value: None, about: "run many: MODULE is a list (- for standard input)" };

/// `loom-prover run`.
pub const COMMAND: Command = Command {
    name: "run",
    about: "Run a module on the executor, without a proof",
    details: "It prints exit code, cycles (LoomVM instructions, not WebAssembly ones), output and the SHA-256 of the final memory. An exit code\n\
              of the module other than 0 is a result, not a failure of this command.\n\
              With --batch each line of the list is a module's path, a tab and an input's path (or nothing); for each one line of JSON comes\n\
              out, at once, with an \"error\" where the module is refused or the run has no result.",
    places: &[("MODULE", "the WebAssembly module")],
    options: &[INPUT, OUTPUT, CYCLES, PAGES, CHECK, BATCH, JSON],
    run,
};

fn run(args: &Args) -> Result {
    let cycles = args.number(CYCLES.name, 1, vm::MAX_CYCLES)?.unwrap_or(vm::MAX_CYCLES);
    let limits = Limits { cycles, pages: pages(args)?, ..Limits::default() };
    let check = args.flag(CHECK.name);
    if args.flag(BATCH.name) {
        if let Some(other) = [INPUT, OUTPUT].iter().find(|option| args.flag(option.name)) {
            return Err(Failure::usage(format!("{} does not go with --batch", other.name)));
        }
        return batch(args.place(0), &limits, check);
    }
    let execution = execute(&module(args.place(0))?, &input(args)?, &limits, check)?;
    if let Some(path) = args.path(OUTPUT.name) {
        files::write(&path, &execution.output)?;
    }
    if args.flag(JSON.name) {
        return print(&(object(&execution).finish() + "\n"));
    }
    print(&format!(
        "exit code      {}\ncycles         {}\noutput         {} bytes: {}\nmemory         {} bytes, SHA-256 {}\n",
        execution.exit_code,
        execution.cycles,
        execution.output.len(),
        shown(&execution.output),
        execution.memory.len(),
        hex(&execution.memory_sha256())
    ))
}

fn execute(module: &[u8], input: &[u8], limits: &Limits, check: bool) -> Result<Execution> {
    let program = translate(module, limits.pages)?;
    let cancel = interrupt::flag();
    if !check {
        return vm::run(&program, input, limits, cancel).map_err(run_failure);
    }
    let (execution, witness) = vm::trace(&program, input, limits, cancel).map_err(run_failure)?;
    let public = air::Public {
        init_pages: program.init_pages,
        cycles: execution.cycles,
        input: isa::input_tape(input),
        output: isa::output_tape(&execution.output, execution.exit_code),
    };
    air::check(&witness, &public).map_err(|violation| run_failure(vm::Error::Internal { reason: violation.to_string() }))?;
    Ok(execution)
}

fn object(execution: &Execution) -> Object {
    let rows = execution.rows.by_table().into_iter().fold(Object::new(), |object, (table, rows)| object.number(table.name(), rows));
    Object::new()
        .number("exitCode", execution.exit_code)
        .number("cycles", execution.cycles)
        .bytes("output", &execution.output)
        .number("memoryBytes", execution.memory.len())
        .bytes("memorySha256", &execution.memory_sha256())
        .object("rows", rows)
}

fn batch(list: &str, limits: &Limits, check: bool) -> Result {
    let lines: Box<dyn BufRead> = if list == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::io::Cursor::new(files::read(Path::new(list), 1 << 30)?))
    };
    for line in lines.lines() {
        let line = line.map_err(|e| Failure::new(crate::failure::Kind::Files, format!("{list}: {e}")))?;
        let (path, input) = line.split_once('\t').unwrap_or((&line, ""));
        let result = module(path).and_then(|module| {
            let input = if input.is_empty() { Vec::new() } else { files::read(Path::new(input), INPUT_LIMIT)? };
            execute(&module, &input, limits, check)
        });
        match result {
            Ok(execution) => print(&(object(&execution).finish() + "\n"))?,
            Err(failure) if failure.kind == crate::failure::Kind::Cancelled => return Err(failure),
            Err(failure) => report(&failure, true),
        }
    }
    Ok(())
}

/// The output as text where it is printable, else in hexadecimal; the beginning of it.
fn shown(output: &[u8]) -> String {
    let start = &output[..output.len().min(200)];
    let rest = if start.len() < output.len() { "..." } else { "" };
    match std::str::from_utf8(start) {
        Ok(text) if !text.chars().any(char::is_control) => format!("{text}{rest}"),
        _ => format!("{}{rest}", hex(start)),
    }
}
