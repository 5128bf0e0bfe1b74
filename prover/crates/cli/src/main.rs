//! loom-prover, the command.
mod args;
mod commands;
mod failure;
mod files;
mod help;
mod interrupt;
mod memory;
mod progress;

use args::{Args, Command};
use commands::COMMANDS;
use failure::{Failure, Result};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    match dispatch(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err((failure, as_json)) => {
            report(&failure, as_json);
            ExitCode::from(failure.kind as u8)
        }
    }
}

/// Runs the command; with a failure comes whether it is to be told as JSON.
fn dispatch(mut words: Vec<String>) -> std::result::Result<(), (Failure, bool)> {
    let plain = |failure| (failure, false);
    let Some(first) = words.first().cloned() else {
        return Err(plain(Failure::usage("no command; loom-prover --help lists them")));
    };
    match first.as_str() {
        "--help" | "-h" | "help" => return print(&help::program(COMMANDS)).map_err(plain),
        "--version" | "-V" => return print(concat!("loom-prover ", env!("CARGO_PKG_VERSION"), "\n")).map_err(plain),
        _ => {}
    }
    words.remove(0);
    let as_json = words.iter().any(|word| word == "--json");
    let command = find(&first).map_err(|failure| (failure, as_json))?;
    if words.iter().any(|word| word == "--help" || word == "-h") {
        return print(&help::command(command)).map_err(plain);
    }
    Args::parse(command, words).and_then(|args| (command.run)(&args)).map_err(|failure| (failure, as_json))
}

fn find(name: &str) -> Result<&'static Command> {
    COMMANDS
        .iter()
        .find(|command| command.name == name)
        .ok_or_else(|| Failure::usage(format!("there is no command {name:?}; loom-prover --help lists them")))
}

/// Prints to standard output; a reader that has gone away is no failure.
fn print(text: &str) -> Result {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::new(failure::Kind::Files, format!("standard output: {e}"))),
        _ => Ok(()),
    }
}

fn report(failure: &Failure, as_json: bool) {
    if as_json {
        let mut error = json::Object::new().text("kind", failure.kind.word());
        if let Some(name) = failure.name {
            error = error.text("name", name);
        }
        // Where output is wanted as JSON, so is the error; nothing else can be done if that cannot be printed.
        let error = error.text("message", &failure.message).and(failure.fields.clone());
        let _ = print(&(json::Object::new().object("error", error).finish() + "\n"));
    } else {
        eprintln!("loom-prover: {}", failure.message);
    }
}
