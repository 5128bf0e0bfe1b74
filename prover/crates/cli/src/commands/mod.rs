//! The commands, one file each.
mod bench;
mod image;
mod inspect;
mod prove;
mod run;
mod security;
mod serve;
mod verify;

use crate::args::{Args, Command, Opt};
use crate::failure::{Failure, Kind, Result};
use crate::files;
use isa::Program;
use json::Object;
use std::path::Path;

/// All of them, in the order of the help.
pub const COMMANDS: &[Command] =
    &[image::COMMAND, run::COMMAND, prove::COMMAND, verify::COMMAND, inspect::COMMAND, security::COMMAND, bench::COMMAND, serve::COMMAND];

/// `--pages`, of every command that translates.
const PAGES: Opt = Opt {
    name: "--pages",
    value: Some("N"),
    about: "page limit: refuses a module with a larger maximum, and is the maximum of one that states none [1024]; part of the image",
};

/// `--input`.
const INPUT: Opt = Opt { name: "--input", value: Some("FILE"), about: "the input, - for standard input [empty]" };

/// Inputs are read up to this size: a tape holds less than 4 GiB.
const INPUT_LIMIT: u64 = u32::MAX as u64;

/// The page limit that was asked for.
fn pages(args: &Args) -> Result<u32> {
    let pages = args.number(PAGES.name, 0, u64::from(isa::MAX_PAGES))?;
    Ok(pages.map_or(wasm::limits::DEFAULT_MAX_PAGES, |pages| pages as u32))
}

/// Reads a module.
fn module(path: &str) -> Result<Vec<u8>> {
    files::read(Path::new(path), wasm::limits::MAX_MODULE_BYTES as u64)
}

/// Translates a module.
fn translate(module: &[u8], max_pages: u32) -> Result<Program> {
    wasm::translate(module, &wasm::Options { max_pages }).map_err(|error| {
        let mut fields = Object::new();
        if let Some(function) = error.function() {
            fields = fields.number("function", function);
        }
        if let Some(offset) = error.offset() {
            fields = fields.number("offset", offset);
        }
        if let Some(opcode) = error.opcode() {
            fields = fields.text("opcode", opcode);
        }
        Failure { name: Some(error.name()), fields, ..Failure::new(Kind::Module, error) }
    })
}

/// Reads the input that was asked for.
fn input(args: &Args) -> Result<Vec<u8>> {
    args.path(INPUT.name).map_or(Ok(Vec::new()), |path| files::read(&path, INPUT_LIMIT))
}

/// What a run that gave no result says.
fn run_failure(error: vm::Error) -> Failure {
    let kind = if error == vm::Error::Cancelled { Kind::Cancelled } else { Kind::Run };
    Failure { name: Some(error.name()), ..Failure::new(kind, error) }
}

/// A receipt or an image that breaks a rule.
fn rejected(reason: impl std::fmt::Display) -> Failure {
    Failure::new(Kind::Rejected, reason)
}
