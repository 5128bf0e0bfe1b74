//! Every single constraint and interaction, from the row to the verdict: a proof made without it fails the verifier's identity, and passes
//! it where the verifier lacks the same.
//!
//! The proofs are of one row of one table, so that they are small; their buses do not balance, which is the last thing a verifier looks at.

use crate::rows;
use crate::rows::support::{INPUT, count_to, run};
use crate::statement::Statement;
use air::symbolic::describe;
use air::{Mask, Table, Trace, Witness};
use field::{Goldilocks, Ring};
use soundness::independence::{IMPLIED, Search, Target};
use testing::{Random, Seeds, tier_count};
use verify::VerifyError;

/// A statement whose only real row is `row` of `table`, besides what every proof must have.
fn of_row(base: &Statement, table: Table, row: &[Goldilocks]) -> Statement {
    let mut traces = vec![Trace::new(Table::Memb), Trace::new(Table::Intab)];
    traces.retain(|trace| trace.table != table);
    let mut trace = Trace::new(table);
    trace.push(row);
    trace.pad(8);
    traces.iter_mut().for_each(|trace| trace.pad(0));
    traces.push(trace);
    traces.sort_by_key(|trace| trace.table);
    let Statement { image, claim, input, output, .. } = base;
    Statement { image: image.clone(), claim: *claim, input: input.clone(), output: output.clone(), witness: Witness { traces } }
}

/// The statement about a whole run; what its proofs have in common with those of rows is the image.
fn base() -> Statement {
    let program = count_to(10);
    let run = run(&program, &INPUT).expect("an honest run");
    Statement::new(&program, &[], &10u64.to_le_bytes(), 0, run.public.cycles, run.witness)
}

fn felt(statement: &Statement, mask: Mask) {
    let receipt = statement.prove_without(&[mask]);
    assert_eq!(statement.judge(&receipt), Err(VerifyError::ConstraintIdentity { segment: 0 }), "{mask:?}");
    let without = statement.judge_without(&[mask], &receipt);
    assert_eq!(without, Err(VerifyError::BusImbalance), "without {mask:?} everything holds up to the last check");
}

/// Some of the items, others in every run; all in the long tier.
fn some<T>(mut items: Vec<T>, count: u64, random: &mut Random) -> Vec<T> {
    let count = tier_count(count, items.len() as u64) as usize;
    while items.len() > count {
        items.swap_remove(random.index(items.len()));
    }
    items
}

#[test]
fn a_proof_without_any_one_constraint_is_refused() {
    let seeds = Seeds::new("a_proof_without_any_one_constraint_is_refused");
    let mut random = seeds.random(0);
    let (base, witnesses) = (base(), rows::witnesses(4));
    for table in Table::ALL.into_iter().filter(|table| !describe(*table).constraints.is_empty()) {
        let (rows, mut search) = (rows::rows(&witnesses, table), Search::new(table));
        let constraints = search.targets().into_iter().filter_map(|target| match target {
            Target::Constraint(index) if !IMPLIED.contains(&(table, target)) => Some(index),
            _ => None,
        });
        for index in some(constraints.collect(), 1, &mut random) {
            let row = search.find(Target::Constraint(index), &rows, 100_000, &mut random);
            let row = row.unwrap_or_else(|| panic!("no row that only constraint {index} of {} rejects", table.name()));
            felt(&of_row(&base, table, &row), Mask::Constraint(table, index));
        }
    }
}

#[test]
fn a_proof_without_any_one_interaction_is_refused() {
    let seeds = Seeds::new("a_proof_without_any_one_interaction_is_refused");
    let mut random = seeds.random(0);
    let (base, witnesses) = (base(), rows::witnesses(2));
    for table in Table::ALL {
        let interactions = describe(table).interactions;
        for index in some((0..interactions.len()).collect(), 1, &mut random) {
            let mask = Mask::Interaction(table, index);
            if matches!(table, Table::Rom | Table::Lut) {
                // They have their preprocessed columns, and the count of one row.
                let mut traces = base.witness.traces.clone();
                traces.retain(|trace| matches!(trace.table, Table::Rom | Table::Memb | Table::Intab) || trace.table == table);
                for trace in &mut traces {
                    trace.columns.iter_mut().flatten().for_each(|cell| *cell = Goldilocks::ZERO);
                }
                let mut witness = Witness { traces };
                witness.trace_mut(table).expect("present").columns[index][3] = Goldilocks::ONE;
                felt(&Statement { witness, ..of_row(&base, Table::Memb, &[Goldilocks::ZERO; air::chips::memb::WIDTH]) }, mask);
                continue;
            }
            let said = |row: &Vec<Goldilocks>| interactions[index].multiplicity.at(row) != Goldilocks::ZERO;
            let row = rows::rows(&witnesses, table).into_iter().find(said);
            let row = row.unwrap_or_else(|| panic!("no row says interaction {index} of {}", table.name()));
            felt(&of_row(&base, table, &row), mask);
        }
    }
}
