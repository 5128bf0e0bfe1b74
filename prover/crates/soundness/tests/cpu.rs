//! The chips without an executor of their own rows: CPU, MEMB, INTAB, ROM, LUT on a run of every CPU operation.

#[path = "../../air/tests/support/mod.rs"]
mod support;

use air::{Table, check};
use soundness::independence::{Search, Target};
use support::{INPUT, every_operation, run};
use testing::{Seeds, tier_count};

#[test]
fn every_constraint_and_lookup_of_these_chips_is_needed() {
    let seeds = Seeds::new("independence");
    let mut random = seeds.random(0);
    let run = run(&every_operation(), &INPUT).unwrap();
    check(&run.witness, &run.public).unwrap();
    let mut untested = Vec::new();
    for table in [Table::Cpu, Table::Memb, Table::Intab] {
        let trace = run.witness.trace(table).unwrap();
        let rows: Vec<_> = (0..trace.height()).map(|row| trace.row(row)).collect();
        let mut search = Search::new(table);
        for target in search.targets() {
            if search.find(target, &rows, tier_count(20_000, 100_000) as usize, &mut random).is_none() {
                untested.push((table.name(), target));
            }
        }
    }
    assert_eq!(untested, Vec::<(&str, Target)>::new(), "nothing tests these");
}
