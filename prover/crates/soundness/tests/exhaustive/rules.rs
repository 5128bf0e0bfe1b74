//! What a chip demands of one kind of row.

use crate::form::{Check, WithOne};
use crate::poly::{Polynomial, SMALL, Said, substitute};
use air::Bus;
use std::collections::BTreeSet;

/// The rows of a lookup table at this scale; `None` for a bus that is no lookup.
fn rows(bus: Bus) -> Option<Vec<Vec<u16>>> {
    let numbers = 0..4u16;
    Some(match bus {
        Bus::R16 => numbers.map(|x| vec![x]).collect(),
        Bus::Sgn => numbers.map(|x| vec![x, x >> 1]).collect(),
        Bus::And => numbers.map(|x| vec![x >> 1, x & 1, (x >> 1) & x & 1]).collect(),
        Bus::Pair => numbers.map(|x| vec![x >> 1, x & 1]).collect(),
        Bus::Pow => {
            numbers.map(|k| vec![k, u16::from(k == 0), 1 << k, 1 << ((4 - k) % 4), if k == 0 { 0 } else { 16 - (1 << (4 - k)) }]).collect()
        }
        _ => return None,
    })
}

/// Whether `bus` is a lookup.
pub fn is_lookup(bus: Bus) -> bool {
    rows(bus).is_some()
}

/// A constraint, or a lookup that the row makes.
#[derive(Clone)]
pub enum Rule {
    Zero(Polynomial),
    Member(Vec<Vec<u16>>, Vec<Polynomial>),
}

impl Rule {
    pub fn columns(&self) -> BTreeSet<u8> {
        let all = |p: &Polynomial| p.keys().flatten().copied().collect::<Vec<u8>>();
        match self {
            Rule::Zero(p) => all(p).into_iter().collect(),
            Rule::Member(_, tuple) => tuple.iter().flat_map(all).collect(),
        }
    }
}

/// The rules of one kind of row: what `said` says once `given` columns (flags, for instance) are fixed. `skip` leaves out one constraint.
pub fn rules(said: &Said, given: &[Option<u64>], skip: &dyn Fn(bool, usize) -> bool) -> Vec<Rule> {
    let fixed = |p: &Polynomial| substitute(p, given);
    let mut rules = Vec::new();
    for (i, constraint) in said.constraints.iter().enumerate() {
        let constraint = fixed(constraint);
        if !skip(true, i) && !constraint.is_empty() {
            rules.push(Rule::Zero(constraint));
        }
    }
    for (i, interaction) in said.interactions.iter().enumerate() {
        let multiplicity = fixed(&interaction.multiplicity);
        if let (false, false, Some(rows)) = (skip(false, i), multiplicity.is_empty(), rows(interaction.bus)) {
            assert!(multiplicity.keys().all(Vec::is_empty), "with the flags given, a multiplicity is a constant");
            rules.push(Rule::Member(rows, interaction.tuple.iter().map(fixed).collect()));
        }
    }
    rules
}

/// Folds R32 of a column: where a limb occurs in two rules only, R16(limb) and R16((word - limb)/4), they say that the word has one of 16
/// values. Counts stay as they are, because the limb is then determined.
pub fn fold_words(rules: Vec<Rule>) -> Vec<Rule> {
    let mut folded = rules;
    let all: BTreeSet<u8> = folded.iter().flat_map(Rule::columns).collect();
    for limb in all {
        let (with, rest): (Vec<Rule>, Vec<Rule>) = folded.iter().cloned().partition(|rule| rule.columns().contains(&limb));
        let others: BTreeSet<u8> = with.iter().flat_map(Rule::columns).filter(|&c| c != limb).collect();
        let words = with.iter().all(|rule| matches!(rule, Rule::Member(rows, tuple) if rows.len() == 4 && tuple.len() == 1));
        if let (true, 2, &[word]) = (words, with.len(), &others.iter().copied().collect::<Vec<u8>>()[..]) {
            let checks: Vec<Check> = with.iter().map(Check::of).collect();
            let mut at = [0; 256].with_one();
            let mut allowed = Vec::new();
            for value in 0..SMALL as u16 {
                at[usize::from(word)] = value;
                let limbs = (0..SMALL as u16).filter(|&l| {
                    at[usize::from(limb)] = l;
                    checks.iter().all(|check| check.holds(&at))
                });
                match limbs.count() {
                    0 => {}
                    1 => allowed.push(vec![value]),
                    _ => unreachable!("one limb for each word"),
                }
            }
            folded = rest;
            folded.push(Rule::Member(allowed, vec![Polynomial::from([(vec![word], 1)])]));
        }
    }
    folded
}

/// The rules that bind `outputs`, through whatever unknown columns.
pub fn connected(rules: Vec<Rule>, inputs: &[u8], outputs: &[u8]) -> Vec<Rule> {
    let mut reached: BTreeSet<u8> = outputs.iter().copied().collect();
    loop {
        let before = reached.len();
        for rule in &rules {
            let columns = rule.columns();
            if columns.iter().any(|c| reached.contains(c)) {
                reached.extend(columns.iter().filter(|c| !inputs.contains(c)));
            }
        }
        if reached.len() == before {
            break;
        }
    }
    rules
        .into_iter()
        .filter(|rule| rule.columns().iter().all(|c| inputs.contains(c)) || rule.columns().iter().any(|c| reached.contains(c)))
        .collect()
}

/// The values that single columns may have, by the rules that are about one column.
pub fn domains(rules: &[Rule]) -> Vec<Vec<u16>> {
    let mut domains = vec![(0..SMALL as u16).collect::<Vec<u16>>(); 256];
    for rule in rules {
        if let [column] = rule.columns().into_iter().collect::<Vec<u8>>()[..] {
            let check = Check::of(rule);
            domains[usize::from(column)].retain(|&value| check.holds(&[value; 256].with_one()));
        }
    }
    domains
}
