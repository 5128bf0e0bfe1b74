//! BIT, ARITH, MEM, MEMX and MTRAP: every constraint and lookup has a row that it alone rejects.

#[path = "../../air/tests/support/mod.rs"]
mod support;

use air::{Table, Witness, check};
use field::Goldilocks;
use isa::Chip;
use soundness::independence::{Search, Target};
use support::{chips, run};
use testing::{Random, Seeds, tier_count};

fn witnesses(random: &mut Random) -> [Witness; 3] {
    let [bit, arith] = [Chip::Bit, Chip::Arith].map(|chip| chips::operations(chip, 8, random));
    [bit, arith, chips::accesses(3, random)].map(|program| {
        let run = run(&program, &[]).unwrap();
        check(&run.witness, &run.public).unwrap();
        run.witness
    })
}

fn rows(witnesses: &[Witness], table: Table) -> Vec<Vec<Goldilocks>> {
    let traces = witnesses.iter().filter_map(|witness| witness.trace(table));
    traces.flat_map(|trace| (0..trace.height()).map(|row| trace.row(row))).collect()
}

/// sg (sg - 1) = 0 of M9: where the operation extends a sign, AND(tb, 128, 128 sg) lets sg be 0 and 1 only; elsewhere sg (1 - ..) = 0 makes
/// it 0. So no row is rejected by it alone.
const IMPLIED: [(Table, Target); 2] = [(Table::Mem, Target::Constraint(52)), (Table::Memx, Target::Constraint(47))];

/// Found by hand in `forgeries.rs` (a cell that is no number): three cells of a window must move together, which the search rarely does.
const BY_HAND: (Table, Target) = (Table::Memx, Target::Lookup(11));

#[test]
fn every_constraint_and_lookup_of_these_chips_is_needed() {
    let seeds = Seeds::new("independence of BIT, ARITH, MEM, MEMX, MTRAP");
    let mut random = seeds.random(0);
    let witnesses = witnesses(&mut random);
    for table in [Table::Bit, Table::Arith, Table::Mem, Table::Memx, Table::Mtrap] {
        let rows = rows(&witnesses, table);
        let mut search = Search::new(table);
        for target in search.targets().into_iter().filter(|target| !IMPLIED.contains(&(table, *target)) && (table, *target) != BY_HAND) {
            let found = search.find(target, &rows, tier_count(60_000, 200_000) as usize, &mut random);
            assert!(found.is_some(), "nothing tests {target:?} of {}", table.name());
        }
    }
}
