//! Every constraint and every lookup of every chip is needed: there is a row that only it rejects.

mod rows;

use air::{Table, symbolic::describe};
use soundness::independence::{Search, Target};
use testing::{Seeds, tier_count};

/// Constraints that follow from the others: sg (sg - 1) = 0 in M9. On rows that sign-extend, AND(tb, 128, 128 sg) makes sg a bit; on all
/// others the constraint after it makes sg 0. They stay: they are in the specification's list, and reject early what AND rejects.
const IMPLIED: [(Table, Target); 2] = [(Table::Mem, Target::Constraint(52)), (Table::Memx, Target::Constraint(47))];

#[test]
fn every_constraint_and_every_lookup_is_needed() {
    let seeds = Seeds::new("independence");
    let mut random = seeds.random(0);
    let witnesses = rows::witnesses(4);
    let mut untested: Vec<(&str, Target)> = Vec::new();
    for table in Table::ALL.into_iter().filter(|table| !describe(*table).constraints.is_empty()) {
        let rows = rows::rows(&witnesses, table);
        let mut search = Search::new(table);
        for target in search.targets().into_iter().filter(|target| !IMPLIED.contains(&(table, *target))) {
            if search.find(target, &rows, tier_count(20_000, 100_000) as usize, &mut random).is_none() {
                untested.push((table.name(), target));
            }
        }
    }
    assert_eq!(untested, [], "nothing tests these");
}
