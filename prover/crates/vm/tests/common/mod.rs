//! A small assembler and an independent reference of every operation.
#![allow(dead_code)] // Each test file uses a part of it.

pub mod asm;
pub mod reference;

use isa::Program;
use std::sync::atomic::AtomicBool;

/// A flag that nobody sets.
pub static GO: AtomicBool = AtomicBool::new(false);

/// The fast run of a program that must reach HALT.
pub fn run(program: &Program, input: &[u8]) -> vm::Execution {
    vm::run(program, input, &vm::Limits::default(), &GO).unwrap_or_else(|e| panic!("{e}\n{}", listing(program)))
}

/// The program, one instruction a line.
pub fn listing(program: &Program) -> String {
    program.instructions.iter().enumerate().map(|(pc, i)| format!("{pc:5} {i}\n")).collect()
}
