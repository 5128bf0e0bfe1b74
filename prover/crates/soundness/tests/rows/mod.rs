//! Valid witnesses that between them have rows of every operation of every chip. Always the same: what is free in them is written down.

#[path = "../../../air/tests/support/mod.rs"]
pub mod support;

use air::{Table, Witness, check};
use field::Goldilocks;
use isa::Chip;
use support::{INPUT, chips, count_to, every_operation, run};
use testing::Random;

/// The witnesses, each checked. `count` is how many instructions of each operation the larger ones have.
pub fn witnesses(count: usize) -> Vec<Witness> {
    let mut random = Random::new(0x10_0A);
    let programs = [
        every_operation(),
        count_to(20),
        chips::operations(Chip::Bit, count, &mut random),
        chips::operations(Chip::Arith, 4 * count, &mut random),
        chips::accesses(5 * count, &mut random),
    ];
    let checked = |program| {
        let run = run(&program, &INPUT).unwrap();
        check(&run.witness, &run.public).unwrap();
        run.witness
    };
    programs.into_iter().map(checked).collect()
}

/// The rows of one table in all witnesses, main and preprocessed columns.
#[allow(dead_code, reason = "the mutation test looks at whole witnesses")]
pub fn rows(witnesses: &[Witness], table: Table) -> Vec<Vec<Goldilocks>> {
    let traces = witnesses.iter().filter_map(|witness| witness.trace(table));
    traces.flat_map(|trace| (0..trace.height()).map(|row| [trace.row(row), trace.prep_row(row)].concat())).collect()
}
