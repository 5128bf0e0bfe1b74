//! A provable module to a LoomVM program (sections 2.4 and 2.5).
//!
//! Order of the program: `JMP start`, `JMP trap6` (the trap vector), the trap stubs, the functions that can run by index, the routines that are
//! used, the start. Everything follows from the module; nothing is kept in an order that could differ from run to run.

pub(crate) mod asm;
mod branches;
mod calls;
mod compare;
mod control;
mod divide;
mod function;
pub(crate) mod layout;
mod locals;
mod memory;
mod numeric;
mod operands;
mod operators;
mod prologue;
mod script;
mod select;
mod values;

use crate::routines::{self, Routine};
use crate::script::Call;
use crate::subset::Provable;
use crate::{Error, limits};
use asm::{Asm, B, Label};
use isa::{MAX_INSTRUCTIONS, Program, Trap};
use std::collections::BTreeMap;

/// What the start calls.
#[derive(Clone, Debug)]
pub(crate) enum Entry<'c> {
    /// The entry of a machine; its output is the output tape.
    Main(u32),
    /// Calls one after the other, for tests.
    Script(&'c [(u32, Call)]),
}

/// Where each trap goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traps([Label; 6]);

impl Traps {
    pub(crate) fn at(&self, trap: Trap) -> Label {
        self.0[trap as usize - 1]
    }
}

/// A program that is being written.
pub(crate) struct Builder<'a> {
    pub provable: &'a Provable<'a>,
    pub asm: Asm,
    pub traps: Traps,
    /// The first instruction of every function; of those that cannot run, `unreachable`'s.
    pub functions: Vec<Label>,
    /// Routines that are used, with their entries.
    pub routines: BTreeMap<Routine, Label>,
    /// Whether traps come back to a test script.
    pub resumes: bool,
}

impl Builder<'_> {
    /// The entry of a routine, which will be written.
    pub(crate) fn routine(&mut self, routine: Routine) -> Label {
        let asm = &mut self.asm;
        *self.routines.entry(routine).or_insert_with(|| asm.label())
    }

    /// The SYS cell of function table entry 0.
    pub(crate) fn table_cell(&self) -> u32 {
        layout::GLOBALS + self.provable.valid.globals.len() as u32
    }
}

/// Translates. The module is within the subset.
pub(crate) fn translate(provable: &Provable<'_>, entry: &Entry<'_>) -> Result<Program, Error> {
    let module = &provable.valid.module;
    let globals = provable.valid.globals.len() as u64;
    if globals > limits::MAX_TABLE {
        return Err(Error::TooLarge { function: None, offset: 0, what: "globals", size: globals, limit: limits::MAX_TABLE });
    }
    let mut asm = Asm::default();
    let traps = Traps(std::array::from_fn(|_| asm.label()));
    let functions = provable.reachable.iter().map(|&runs| if runs { asm.label() } else { traps.at(Trap::Unreachable) }).collect();
    let resumes = matches!(entry, Entry::Script(_));
    let mut builder = Builder { provable, asm, traps, functions, routines: BTreeMap::new(), resumes };
    let start = builder.asm.label();
    builder.asm.jump(start);
    builder.asm.jump(traps.at(Trap::OutOfBounds));
    trap_stubs(&mut builder);
    let mut values = values::Values::default();
    let mut first = locals::FirstAccess::default();
    for index in module.imported_functions..module.functions.len() {
        if provable.reachable[index] {
            function::translate(&mut builder, index as u32, &mut values, &mut first).map_err(|e| e.in_function(index as u32))?;
        }
    }
    // The start may use routines too.
    builder.asm.bind(start);
    match *entry {
        Entry::Main(main) => prologue::main(&mut builder, main),
        Entry::Script(calls) => script::script(&mut builder, calls),
    }
    routines::write(&mut builder);
    if builder.asm.is_full() {
        return Err(too_long(None, 0));
    }
    let program = Program {
        instructions: builder.asm.finish(),
        init_pages: provable.init_pages,
        max_pages: provable.max_pages,
        module_sha256: hash::digest(module.bytes),
    };
    debug_assert_eq!(program.check(), Ok(()));
    Ok(program)
}

fn too_long(function: Option<u32>, offset: usize) -> Error {
    let limit = MAX_INSTRUCTIONS as u64;
    Error::TooLarge { function, offset, what: "LoomVM instructions of the program", size: limit + 1, limit }
}

/// One stub for each trap. It uses slot 0 of whatever frame it is reached from: nothing in it is needed any more.
fn trap_stubs(builder: &mut Builder<'_>) {
    use Trap::{Abort, DivisionByZero, IndirectCall, OutOfBounds, Overflow, Unreachable};
    for trap in [Abort, Unreachable, DivisionByZero, Overflow, IndirectCall, OutOfBounds] {
        let code = trap as u32;
        builder.asm.bind(builder.traps.at(trap));
        if builder.resumes {
            builder.asm.constant(code.into(), 0);
            resume(&mut builder.asm);
        } else {
            builder.asm.constant(0, 0);
            builder.asm.output(0, B::Imm(u64::from(code) << 32));
            builder.asm.halt();
        }
    }
}

/// Test scripts: goes back to the script with the exit code in slot 0.
pub(crate) fn resume(asm: &mut Asm) {
    asm.global_set(0, layout::STATUS);
    asm.global_get(layout::RESUME, 0);
    asm.ret(0);
}
