//! The exhaustive search of the miniature model (section 6.6): given the inputs of a row, every value of every other column that the
//! constraints and the lookups allow.
//!
//! A plan fixes in which order columns are found: by solving an equation with one unknown, by trying the rows of a lookup table, or, where
//! nothing else is left, by trying all 241 values. What has become known is checked at once.

use crate::form::{Assignment, Check, Form, ONE};
use crate::poly::{Polynomial, SMALL, Said};
use crate::rules::{Rule, connected, domains, fold_words, rules};
use std::collections::BTreeSet;

enum Guess {
    /// slope * column + offset = 0.
    Solve { column: u8, slope: Form, offset: Form, domain: Vec<u16> },
    /// One of these values.
    OneOf { column: u8, values: Vec<u16> },
    /// A row of a lookup table: each entry known, or a factor times one unknown column plus something known.
    Row { rows: Vec<Vec<u16>>, entries: Vec<(Option<(u8, u16)>, Form)> },
}

struct Stage {
    guess: Guess,
    checks: Vec<Check>,
}

/// How the columns of one kind of row are found.
pub struct Plan {
    first: Vec<Check>,
    stages: Vec<Stage>,
    inverses: [u16; SMALL as usize],
}

fn inverses() -> [u16; SMALL as usize] {
    let mut table = [0; SMALL as usize];
    for x in 1..SMALL {
        table[x as usize] = (1..SMALL).find(|y| x * y % SMALL == 1).expect("241 is a prime") as u16;
    }
    table
}

/// The parts of `polynomial` that `column` divides once, and not at all; `None` if it is not linear in it.
fn linear_in(polynomial: &Polynomial, column: u8) -> Option<(Polynomial, Polynomial)> {
    let (mut slope, mut offset) = (Polynomial::new(), Polynomial::new());
    for (monomial, &coefficient) in polynomial {
        let rest: Vec<u8> = monomial.iter().copied().filter(|&v| v != column).collect();
        match monomial.len() - rest.len() {
            0 => offset.insert(rest, coefficient),
            1 => slope.insert(rest, coefficient),
            _ => return None,
        };
    }
    Some((slope, offset))
}

impl Plan {
    /// A plan for the rows in which `given` columns have these values, `inputs` are known and `outputs` are looked for. `skip(true, i)`
    /// leaves out constraint i, `skip(false, i)` interaction i. Rules of columns that do not touch the outputs are left out, which can only
    /// allow more.
    pub fn new(said: &Said, given: &[Option<u64>], inputs: &[u8], outputs: &[u8], skip: &dyn Fn(bool, usize) -> bool) -> Plan {
        let mut open = connected(fold_words(rules(said, given, skip)), inputs, outputs);
        let domains = domains(&open);
        let mut known: BTreeSet<u8> = inputs.iter().copied().collect();
        let first = take_known(&mut open, &known);
        let mut stages = Vec::new();
        loop {
            let best = open.iter().filter_map(|rule| guess(rule, &known, &domains)).min_by_key(|(cost, _, _)| *cost);
            let (_, guess, found) = match best {
                Some(best) => best,
                None => {
                    let column = open.iter().flat_map(Rule::columns).chain(outputs.iter().copied()).find(|c| !known.contains(c));
                    let Some(column) = column else { break };
                    (0, Guess::OneOf { column, values: domains[usize::from(column)].clone() }, vec![column])
                }
            };
            known.extend(found);
            stages.push(Stage { guess, checks: take_known(&mut open, &known) });
        }
        Plan { first, stages, inverses: inverses() }
    }

    /// Calls `found` with every assignment that extends `at`, until it returns false.
    pub fn search(&self, at: &mut Assignment, found: &mut dyn FnMut(&Assignment) -> bool) {
        at[usize::from(ONE)] = 1;
        if self.first.iter().all(|check| check.holds(at)) {
            self.stage(0, at, found);
        }
    }

    fn stage(&self, index: usize, at: &mut Assignment, found: &mut dyn FnMut(&Assignment) -> bool) -> bool {
        let Some(stage) = self.stages.get(index) else { return found(at) };
        let mut go_on = |at: &mut Assignment| !stage.checks.iter().all(|check| check.holds(at)) || self.stage(index + 1, at, found);
        match &stage.guess {
            Guess::Solve { column, slope, offset, domain } => {
                let (slope, offset) = (slope.value(at), offset.value(at));
                if slope == 0 {
                    return offset != 0
                        || domain.iter().all(|&value| {
                            at[usize::from(*column)] = value;
                            go_on(at)
                        });
                }
                at[usize::from(*column)] = negated_quotient(offset, self.inverses[usize::from(slope)]);
                go_on(at)
            }
            Guess::OneOf { column, values } => values.iter().all(|&value| {
                at[usize::from(*column)] = value;
                go_on(at)
            }),
            Guess::Row { rows, entries } => rows.iter().all(|row| {
                for ((unknown, form), &entry) in entries.iter().zip(row) {
                    let rest = form.value(at);
                    match unknown {
                        Some((column, inverse)) => at[usize::from(*column)] = negated_quotient(rest + SMALL as u16 - entry, *inverse),
                        None if rest == entry => {}
                        None => return true,
                    }
                }
                go_on(at)
            }),
        }
    }
}

/// -offset / slope, from the slope's inverse.
fn negated_quotient(offset: u16, inverse: u16) -> u16 {
    let quotient = u64::from(offset) * u64::from(inverse) % SMALL;
    ((SMALL - quotient) % SMALL) as u16
}

fn take_known(open: &mut Vec<Rule>, known: &BTreeSet<u8>) -> Vec<Check> {
    let (ready, rest): (Vec<Rule>, Vec<Rule>) = open.drain(..).partition(|rule| rule.columns().iter().all(|c| known.contains(c)));
    *open = rest;
    ready.iter().map(Check::of).collect()
}

/// How `rule` finds columns that are not known: what it costs (tried values, less a little where the rule touches what is known), the
/// guess, and the columns it finds.
fn guess(rule: &Rule, known: &BTreeSet<u8>, domains: &[Vec<u16>]) -> Option<(usize, Guess, Vec<u8>)> {
    let unknown: Vec<u8> = rule.columns().into_iter().filter(|c| !known.contains(c)).collect();
    let touches = rule.columns().len() > unknown.len();
    match rule {
        Rule::Zero(p) => {
            let [column] = unknown[..] else { return None };
            if !touches {
                let values = domains[usize::from(column)].clone();
                return Some((10 * values.len(), Guess::OneOf { column, values }, unknown));
            }
            let (slope, offset) = linear_in(p, column)?;
            let cost = if slope.keys().all(Vec::is_empty) { 10 } else { 15 };
            Some((
                cost,
                Guess::Solve { column, slope: Form::of(&slope), offset: Form::of(&offset), domain: domains[usize::from(column)].clone() },
                unknown,
            ))
        }
        Rule::Member(rows, tuple) => {
            let (mut entries, mut found) = (Vec::new(), Vec::new());
            for entry in tuple {
                let new: Vec<u8> = entry.keys().flatten().copied().filter(|c| !known.contains(c) && !found.contains(c)).collect();
                match new[..] {
                    [] => entries.push((None, Form::of(entry))),
                    [column] => {
                        let (slope, offset) = linear_in(entry, column)?;
                        let slope = slope.get(&Vec::new()).copied()?;
                        found.push(column);
                        entries.push((Some((column, inverses()[slope as usize])), Form::of(&offset)));
                    }
                    _ => return None,
                }
            }
            Some((10 * rows.len() - usize::from(touches), Guess::Row { rows: rows.clone(), entries }, found))
        }
    }
}
