//! Every cell of sample rows is changed: +1, -1, one limb up or down, a random value, the value of another row. The row must then be rejected, even if the
//! prover adjusts all lookup counts; or (column, operation) stands in the don't-care manifest, which holds nothing that is not free.

use crate::{Said, said};
use air::{Table, Trace, Witness};
use field::{Goldilocks, Ring};
use std::collections::{BTreeMap, BTreeSet};
use testing::Random;

/// What kind of row a row is: the operation of its flag (with `#` for an immediate operand), or a name that the table's rows have.
pub fn kind(table: Table, row: &[Goldilocks]) -> String {
    let one = |index: usize| row[index] == Goldilocks::ONE;
    if row.iter().all(|cell| *cell == Goldilocks::ZERO) {
        return "padding".to_owned();
    }
    if let Some(flag) = (0..table.ops().len()).find(|flag| one(*flag)) {
        // `bi` follows the flags in the chips that have operand B.
        let immediate = matches!(table, Table::Cpu | Table::Arith | Table::Bit) && one(table.ops().len());
        return format!("{}{}", table.ops()[flag].mnemonic(), if immediate { "#" } else { "" });
    }
    match table {
        Table::Memb if one(1) => "end".to_owned(),
        _ => "row".to_owned(),
    }
}

/// Free cells found: for each table and kind of row the columns in which a change was accepted.
pub type Free = BTreeMap<(Table, String), BTreeSet<String>>;

/// How many sample rows of each kind there were.
pub type Samples = BTreeMap<(Table, String), usize>;

/// Changes every main cell of up to `samples` rows of each kind. The witness must be valid.
pub fn free_cells(witness: &Witness, samples: usize, random: &mut Random, free: &mut Free, counts: &mut Samples) {
    let rom = witness.trace(Table::Rom);
    for trace in &witness.traces {
        let names = trace.table.main_names();
        for index in sample_rows(trace, samples, counts) {
            let (row, prep) = (trace.row(index), trace.prep_row(index));
            let key = (trace.table, kind(trace.table, &row));
            let valid = said(trace.table, &row, &prep);
            let net = valid.net();
            for column in 0..row.len() {
                let other = trace.columns[column][random.index(trace.height())];
                // Besides the neighbours also a step of one limb: a word whose low limb stands in another cell can only move so.
                let steps = [Goldilocks::ONE, -Goldilocks::ONE, Goldilocks::new(1 << 16), -Goldilocks::new(1 << 16)];
                let changes = steps.map(|step| row[column] + step).into_iter().chain([Goldilocks::new(random.next()), other]);
                for value in changes.filter(|value| *value != row[column]) {
                    let mut changed = row.clone();
                    changed[column] = value;
                    let now = said(trace.table, &changed, &prep);
                    if holds(&now, rom) && now.net() == net {
                        free.entry(key.clone()).or_default().insert(names[column].clone());
                    }
                }
            }
        }
    }
}

fn holds(said: &Said, rom: Option<&Trace>) -> bool {
    let in_rom = |tuple: &[Goldilocks]| {
        rom.is_some_and(|rom| {
            let pc = tuple[0].value();
            pc < rom.height() as u64 && rom.prep_row(pc as usize) == tuple
        })
    };
    said.constraints.iter().all(|value| *value == Goldilocks::ZERO) && said.lookups_hold(in_rom)
}

/// Up to `samples` rows of each kind, spread over the trace.
fn sample_rows(trace: &Trace, samples: usize, counts: &mut Samples) -> Vec<usize> {
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in 0..trace.height() {
        kinds.entry(kind(trace.table, &trace.row(index))).or_default().push(index);
    }
    let mut rows = Vec::new();
    for (kind, all) in kinds {
        let step = all.len().div_ceil(samples).max(1);
        let picked: Vec<_> = all.into_iter().step_by(step).collect();
        *counts.entry((trace.table, kind)).or_default() += picked.len();
        rows.extend(picked);
    }
    rows
}
