//! Every constraint and every interaction of every table is needed, and the tests that show it know of all of them. For constraints and
//! lookups in LUT there is a row that only they reject; without any other interaction the buses of valid executions do not balance.

mod rows;

use air::{Sign, Table, Trace, Witness, check, chips::lut, symbolic::describe};
use field::{Goldilocks, Ring};
use isa::Chip;
use rows::support::chips;
use soundness::independence::{IMPLIED, Search, Target, VACUOUS};
use soundness::said;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use testing::{Random, Seeds, tier_count};

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

/// Executions of which every table has rows with every kind of interaction, each checked: all buses balance.
fn executions() -> Vec<Witness> {
    let mut random = Random::new(7);
    let programs = [
        rows::support::every_operation(),
        chips::operations(Chip::Bit, 3, &mut random),
        chips::operations(Chip::Arith, 6, &mut random),
        chips::accesses(3, &mut random),
    ];
    let run = |program| {
        let run = rows::support::run(program, &rows::support::INPUT).expect("rows for all of it");
        check(&run.witness, &run.public).expect("an honest run");
        run.witness
    };
    programs.iter().map(run).collect()
}

/// What each interaction of a table puts on its bus over all rows, without what it takes off again.
fn contributions(trace: &Trace) -> Vec<HashMap<Vec<Goldilocks>, Goldilocks>> {
    let mut nets = vec![HashMap::new(); trace.table.interactions()];
    for row in 0..trace.height() {
        for (net, statement) in nets.iter_mut().zip(said(trace.table, &trace.row(row), &trace.prep_row(row)).interactions) {
            if statement.multiplicity != Goldilocks::ZERO {
                let count: &mut Goldilocks = net.entry(statement.tuple).or_default();
                *count += if statement.sign == Sign::Send { statement.multiplicity } else { -statement.multiplicity };
            }
        }
    }
    nets
}

#[test]
fn every_interaction_is_missed_when_it_is_left_out() {
    let executions = executions();
    for table in Table::ALL {
        // The buses balance; without an interaction they miss exactly what it contributes.
        let mut missed = vec![None; table.interactions()];
        for (number, execution) in executions.iter().enumerate() {
            let Some(trace) = execution.trace(table) else { continue };
            for (missed, net) in missed.iter_mut().zip(contributions(trace)) {
                if net.values().any(|count| *count != Goldilocks::ZERO) {
                    missed.get_or_insert(number);
                }
            }
        }
        let silent: Vec<usize> = (0..missed.len()).filter(|i| missed[*i].is_none()).collect();
        assert_eq!(silent, [], "interactions of {} that can be left out, and every bus balances", table.name());
    }
}

/// How many constraints and interactions the generated list has of each table, counted line by line.
fn listed() -> BTreeMap<Table, (usize, usize)> {
    let (mut counts, mut table, mut constraints) = (BTreeMap::new(), Table::Cpu, true);
    for line in include_str!("../../air/constraints.md").lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            let name = heading.split(' ').next_back().unwrap_or_default();
            table = Table::ALL.into_iter().find(|table| table.name() == name).unwrap_or_else(|| panic!("no table {name}"));
            counts.insert(table, (0, 0));
        } else if line.starts_with("Constraints (") || line.starts_with("Interactions (") {
            constraints = line.starts_with('C');
        } else if line.starts_with("  ") && line.trim_start().starts_with(|c: char| c.is_ascii_digit()) {
            let count = counts.get_mut(&table).expect("behind a heading");
            *(if constraints { &mut count.0 } else { &mut count.1 }) += 1;
        }
    }
    counts
}

#[test]
fn every_line_of_the_list_of_constraints_has_a_test() {
    let listed = listed();
    assert_eq!(listed.len(), Table::ALL.len());
    // A line more or less is another arithmetisation, and another number here.
    assert_eq!(listed.values().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1)), (OWN_CONSTRAINTS, INTERACTIONS));
    for (table, (constraints, interactions)) in listed {
        let targets = Search::new(table).targets();
        // What `every_constraint_and_every_lookup_is_needed` looks for, and what it need not: together all, and nothing twice.
        let mut seen = BTreeSet::new();
        let exempt = IMPLIED.iter().chain(&VACUOUS).filter(|(of, _)| *of == table).map(|(_, target)| *target);
        let searched = targets.iter().copied().filter(|target| !IMPLIED.contains(&(table, *target)));
        for target in searched.chain(exempt) {
            assert!(seen.insert(target), "{} {target:?} is counted twice", table.name());
        }
        let of_constraints: Vec<Target> = (0..constraints).map(Target::Constraint).collect();
        let found: Vec<Target> = seen.iter().copied().filter(|target| matches!(target, Target::Constraint(_))).collect();
        assert_eq!(found, of_constraints, "{}", table.name());
        // All interactions are left out in turn by the test above; those that LUT answers are searched for besides.
        assert_eq!(interactions, table.interactions(), "{}", table.name());
        let said = describe(table).interactions;
        let lookups = said.iter().enumerate().filter(|(_, i)| i.sign == Sign::Send && lut::BUSES.contains(&i.bus));
        let lookups: Vec<Target> = lookups.map(|(i, _)| Target::Lookup(i)).collect();
        let found: Vec<Target> = seen.iter().copied().filter(|target| matches!(target, Target::Lookup(_))).collect();
        assert_eq!(found, lookups, "{}", table.name());
    }
}

/// Constraints of all tables without those of LogUp.
const OWN_CONSTRAINTS: usize = 288;

/// Interactions of all tables.
const INTERACTIONS: usize = 177;
