//! Modules written by hand for tests, and runs of them.
#![allow(dead_code, reason = "each test file uses a part")]

use corpus::encode::{self, HEADER};
use isa::Program;
use loom_wasm::{Options, translate};
use std::sync::atomic::AtomicBool;
use vm::Execution;

/// A function: type index, types of its locals, instructions without the last `end`.
pub struct Function {
    pub ty: u64,
    pub locals: Vec<u8>,
    pub code: Vec<u8>,
}

/// A module with a memory; function `entry` (counted with the imports) is `loom_main`.
#[derive(Default)]
pub struct Module {
    pub types: Vec<(Vec<u8>, Vec<u8>)>,
    pub imports: Vec<(&'static str, &'static str, u64)>,
    pub functions: Vec<Function>,
    pub pages: u64,
    pub max_pages: Option<u64>,
    pub globals: Vec<(u8, u64)>,
    pub table: Vec<u64>,
    pub data: Vec<(u64, Vec<u8>)>,
    pub exports: Vec<(&'static str, u64)>,
}

fn number(value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    encode::unsigned(&mut out, value);
    out
}

impl Module {
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = HEADER.to_vec();
        encode::section(&mut out, 1, &encode::vector(&self.types, encode::function_type));
        encode::section(
            &mut out,
            2,
            &encode::vector(&self.imports, |out, (module, name, ty)| {
                encode::sized(out, module.as_bytes());
                encode::sized(out, name.as_bytes());
                out.push(0);
                encode::unsigned(out, *ty);
            }),
        );
        encode::section(&mut out, 3, &encode::vector(&self.functions, |out, f| encode::unsigned(out, f.ty)));
        if !self.table.is_empty() {
            let mut table = vec![1, 0x70, 0];
            encode::unsigned(&mut table, self.table.len() as u64);
            encode::section(&mut out, 4, &table);
        }
        let mut memory = vec![1, u8::from(self.max_pages.is_some())];
        encode::unsigned(&mut memory, self.pages);
        self.max_pages.iter().for_each(|&max| encode::unsigned(&mut memory, max));
        encode::section(&mut out, 5, &memory);
        encode::section(
            &mut out,
            6,
            &encode::vector(&self.globals, |out, &(ty, value)| {
                out.extend([ty, 1]);
                constant(out, ty, value);
                out.push(0x0b);
            }),
        );
        encode::section(
            &mut out,
            7,
            &encode::vector(&self.exports, |out, (name, index)| {
                encode::sized(out, name.as_bytes());
                out.push(0);
                encode::unsigned(out, *index);
            }),
        );
        if !self.table.is_empty() {
            let mut elements = vec![1, 0, 0x41, 0, 0x0b];
            elements.extend(encode::vector(&self.table, |out, &index| encode::unsigned(out, index)));
            encode::section(&mut out, 9, &elements);
        }
        encode::section(
            &mut out,
            10,
            &encode::vector(&self.functions, |out, f| {
                let mut body = encode::vector(&f.locals, |out, &ty| out.extend([1, ty]));
                body.extend_from_slice(&f.code);
                body.push(0x0b);
                encode::sized(out, &body);
            }),
        );
        encode::section(
            &mut out,
            11,
            &encode::vector(&self.data, |out, (offset, bytes)| {
                out.extend(number(0));
                constant(out, encode::I32, *offset);
                out.push(0x0b);
                encode::sized(out, bytes);
            }),
        );
        out
    }
}

/// Appends `i32.const` or `i64.const`.
pub fn constant(code: &mut Vec<u8>, ty: u8, value: u64) {
    if ty == encode::I32 {
        code.push(0x41);
        encode::signed(code, i64::from(value as i32));
    } else {
        code.push(0x42);
        encode::signed(code, value as i64);
    }
}

/// The i32 constants, then a call.
pub fn call(code: &mut Vec<u8>, function: u64, args: &[u32]) {
    args.iter().for_each(|&arg| constant(code, encode::I32, arg.into()));
    code.push(0x10);
    encode::unsigned(code, function);
}

/// Indices of the imports of [`machine`].
pub const INPUT_SIZE: u64 = 0;
pub const INPUT_READ: u64 = 1;
pub const OUTPUT: u64 = 2;
pub const ABORT: u64 = 3;
pub const SHA256: u64 = 4;
pub const ENV_ABORT: u64 = 5;

/// A module that imports the whole host interface; its `loom_main` is `code`, with four i32 locals.
pub fn machine(code: Vec<u8>) -> Module {
    let i32s = |n| vec![encode::I32; n];
    Module {
        types: vec![(vec![], vec![]), (vec![], i32s(1)), (i32s(1), vec![]), (i32s(2), vec![]), (i32s(3), vec![]), (i32s(4), vec![])],
        imports: vec![
            ("loom", "input_size", 1),
            ("loom", "input_read", 4),
            ("loom", "output", 3),
            ("loom", "abort", 2),
            ("loom", "sha256", 4),
            ("env", "abort", 5),
        ],
        functions: vec![Function { ty: 0, locals: i32s(4), code }],
        pages: 1,
        exports: vec![("loom_main", 6)],
        ..Module::default()
    }
}

pub fn program(module: &Module) -> Program {
    let program = translate(&module.bytes(), &Options::default()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(program.check(), Ok(()));
    program
}

pub fn run_program(program: &Program, input: &[u8]) -> Execution {
    // Fewer slots than the default: clearing them takes longer than these runs.
    let limits = vm::Limits { frame_slots: 1 << 13, ..vm::Limits::default() };
    vm::run(program, input, &limits, &AtomicBool::new(false)).unwrap_or_else(|e| panic!("{e}"))
}

pub fn run(module: &Module, input: &[u8]) -> Execution {
    run_program(&program(module), input)
}
