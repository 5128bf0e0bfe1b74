//! A small assembler and an independent reference of every operation.
#![allow(dead_code)] // Each test file uses a part of it.

pub mod asm;
pub mod both;
pub mod reference;

use isa::Program;
use std::sync::atomic::AtomicBool;

/// A flag that nobody sets.
pub static GO: AtomicBool = AtomicBool::new(false);

/// The run of a program that must reach HALT: by the fast executor, traced and checked.
pub fn run(program: &Program, input: &[u8]) -> vm::Execution {
    both::run_both(program, input, true).unwrap_or_else(|error| panic!("{error}\n{}", listing(program)))
}

/// The program, one instruction a line.
pub fn listing(program: &Program) -> String {
    program.instructions.iter().enumerate().map(|(pc, i)| format!("{pc:5} {i}\n")).collect()
}
