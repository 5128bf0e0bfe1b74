mod cells;
mod walk;

use crate::{Error, Execution, Limits, Rows, fast};
use air::{Table, Unprovable, Witness, WitnessBuilder};
use isa::Program;
use std::sync::atomic::{AtomicBool, Ordering};
use walk::Walk;

/// The most rows of a table in one segment, 2^22 (section 3.3).
const MAX_ROWS: u64 = 1 << 22;

/// Runs `program` on `input` to HALT and makes the tables of the proof.
///
/// The run is done twice: first without tables, which shows how many rows they need, so that a run too long for one segment or for
/// `limits.trace_bytes` is refused before memory is taken. Memory: [`crate::Rows::trace_bytes`], and what [`crate::run`] needs.
///
/// # Errors
/// Everything in [`Error`].
pub fn trace(program: &Program, input: &[u8], limits: &Limits, cancel: &AtomicBool) -> Result<(Execution, Witness), Error> {
    let planned = fast::run(program, input, limits, cancel)?;
    for (table, rows) in planned.rows.by_table() {
        fits(table, rows)?;
    }
    let afford = |touched: u64| {
        let needed = planned.rows.trace_bytes(program, input.len(), touched);
        if needed > limits.trace_bytes { Err(Error::TraceMemory { needed, limit: limits.trace_bytes }) } else { Ok(()) }
    };
    afford(0)?;
    let mut builder = WitnessBuilder::new(program);
    for (table, rows) in planned.rows.by_table() {
        builder.reserve(table, rows as usize);
    }
    let mut rows = Rows::default();
    let walked = Walk::new(program, input, limits).run(cancel, |table, step| {
        rows.count(table);
        builder.step(table, step).map_err(|_| Error::Unprovable { pc: step.pc, op: step.instruction.op, table: table.name() })
    })?;
    let touched = walked.touched();
    for (table, rows) in [(Table::Memb, touched.len() as u64 + 1), (Table::Intab, isa::words_of(input.len() as u64))] {
        fits(table, rows)?;
    }
    afford(touched.len() as u64)?;
    let cancelled = || cancel.load(Ordering::Relaxed);
    let witness = builder.finish_unless(&touched, &isa::input_tape(input), cancelled).map_err(internal)?;
    let execution =
        Execution { output: walked.output, exit_code: walked.exit_code, cycles: walked.cycles, memory: walked.memory, rows: planned.rows };
    Ok((execution, witness))
}

fn fits(table: Table, rows: u64) -> Result<(), Error> {
    if rows > MAX_ROWS { Err(Error::TooManyRows { table: table.name(), rows }) } else { Ok(()) }
}

/// A row that no lookup answers is a mistake of this program, not of its user.
fn internal(reason: Unprovable) -> Error {
    match reason {
        Unprovable::Cancelled => Error::Cancelled,
        _ => Error::Internal { reason: reason.to_string() },
    }
}
