//! The exhaustive search of the miniature model (section 6.6): given the inputs of a row, every value of every other column that the
//! constraints and the lookups allow.
//!
//! A plan fixes in which order columns are found: by solving an equation with one unknown, by trying the rows of a lookup table, or, where
//! nothing else is left, by trying all 241 values. What has become known is checked at once.

use crate::poly::{Polynomial, SMALL, Said, substitute};
use air::Bus;
use std::collections::BTreeSet;

const ONE: u8 = 255;

/// The value of every column; the last entry is the constant 1.
pub type Assignment = [u16; 256];

#[derive(Clone)]
struct Form(Vec<(u32, [u8; 3])>);

impl Form {
    fn of(polynomial: &Polynomial) -> Form {
        Form(
            polynomial
                .iter()
                .map(|(monomial, &coefficient)| {
                    let mut columns = [ONE; 3];
                    columns[..monomial.len()].copy_from_slice(monomial);
                    (coefficient as u32, columns)
                })
                .collect(),
        )
    }

    fn value(&self, at: &Assignment) -> u16 {
        let at = |column: u8| u64::from(at[usize::from(column)]);
        let sum: u64 = self.0.iter().map(|&(c, [x, y, z])| u64::from(c) * at(x) * at(y) * at(z)).sum();
        (sum % SMALL) as u16
    }
}

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
enum Rule {
    Zero(Polynomial),
    Member(Vec<Vec<u16>>, Vec<Polynomial>),
}

impl Rule {
    fn columns(&self) -> BTreeSet<u8> {
        let all = |p: &Polynomial| p.keys().flatten().copied().collect::<Vec<u8>>();
        match self {
            Rule::Zero(p) => all(p).into_iter().collect(),
            Rule::Member(_, tuple) => tuple.iter().flat_map(all).collect(),
        }
    }
}

enum Check {
    Zero(Form),
    OneOf(Box<[bool; SMALL as usize]>, Form),
    Member(Vec<Vec<u16>>, Vec<Form>),
}

impl Check {
    fn of(rule: &Rule) -> Check {
        match rule {
            Rule::Zero(p) => Check::Zero(Form::of(p)),
            Rule::Member(rows, tuple) if tuple.len() == 1 => {
                Check::OneOf(Box::new(std::array::from_fn(|value| rows.contains(&vec![value as u16]))), Form::of(&tuple[0]))
            }
            Rule::Member(rows, tuple) => Check::Member(rows.clone(), tuple.iter().map(Form::of).collect()),
        }
    }

    fn holds(&self, at: &Assignment) -> bool {
        match self {
            Check::Zero(form) => form.value(at) == 0,
            Check::OneOf(allowed, form) => allowed[usize::from(form.value(at))],
            Check::Member(rows, tuple) => {
                let mut values = [0u16; 8];
                for (value, form) in values.iter_mut().zip(tuple) {
                    *value = form.value(at);
                }
                rows.iter().any(|row| row[..] == values[..tuple.len()])
            }
        }
    }
}

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

/// The rules of one kind of row: what `said` says once `given` columns (flags, for instance) are fixed. `skip` leaves out one constraint.
fn rules(said: &Said, given: &[Option<u64>], skip: &dyn Fn(bool, usize) -> bool) -> Vec<Rule> {
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
fn fold_words(rules: Vec<Rule>) -> Vec<Rule> {
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
fn connected(rules: Vec<Rule>, inputs: &[u8], outputs: &[u8]) -> Vec<Rule> {
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

/// The values that single columns may have, by the rules that are about one column.
fn domains(rules: &[Rule]) -> Vec<Vec<u16>> {
    let mut domains = vec![(0..SMALL as u16).collect::<Vec<u16>>(); 256];
    for rule in rules {
        if let [column] = rule.columns().into_iter().collect::<Vec<u8>>()[..] {
            let check = Check::of(rule);
            domains[usize::from(column)].retain(|&value| check.holds(&[value; 256].with_one()));
        }
    }
    domains
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

trait WithOne {
    fn with_one(self) -> Self;
}

impl WithOne for Assignment {
    fn with_one(mut self) -> Self {
        self[usize::from(ONE)] = 1;
        self
    }
}
