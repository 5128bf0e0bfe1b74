//! Is a constraint needed? A row is searched that fulfils everything except this one constraint or lookup. Such a row is a mutation that
//! would be accepted without it; if none is found, nothing tests the constraint.
//!
//! The search starts from a valid row, breaks the target by changing cells of it, and repairs whatever else broke, cell by cell, without
//! touching again what it has set.

use crate::{Said, Statement, is_lookup, said};
use air::symbolic::{Description, Polynomial, describe};
use air::{Bus, Sign, Table, chips::lut};
use field::{Goldilocks, Ring};
use std::rc::Rc;
use testing::Random;

/// What is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A constraint by number.
    Constraint(usize),
    /// A lookup by number of the interaction.
    Lookup(usize),
}

/// Constraints that follow from the others: sg (sg - 1) = 0 in M9. On rows that sign-extend, AND(tb, 128, 128 sg) makes sg a bit; on all
/// others the constraint after it makes sg 0. They stay: they are in the specification's list, and reject early what AND rejects.
pub const IMPLIED: [(Table, Target); 2] = [(Table::Mem, Target::Constraint(52)), (Table::Memx, Target::Constraint(47))];

/// Constraints that are 0 whatever the columns hold: (ld - NL_j) x_j of M6 and X6, for the bytes that every load of the chip has. They are
/// in the specification's list and take their power of lambda.
pub const VACUOUS: [(Table, Target); 3] =
    [(Table::Mem, Target::Constraint(28)), (Table::Memx, Target::Constraint(22)), (Table::Memx, Target::Constraint(24))];

/// Searches rows of one table.
pub struct Search {
    table: Table,
    prep: Vec<Goldilocks>,
    description: Rc<Description>,
    budget: usize,
}

/// A violated demand, as equations of which one set is to be made true: (polynomial, value it should have).
type Proposal<'a> = Vec<(&'a Polynomial, Goldilocks)>;

impl Search {
    /// For rows of a table without preprocessed columns.
    pub fn new(table: Table) -> Self {
        Self { table, prep: Vec::new(), description: Rc::new(describe(table)), budget: 0 }
    }

    /// Everything that can be switched off: all constraints (but those that are 0 whatever the columns hold, which reject nothing), and the
    /// lookups that the rows make in LUT.
    pub fn targets(&self) -> Vec<Target> {
        let constraints = self.description.constraints.iter().enumerate();
        let constraints = constraints.filter(|(_, c)| c.terms().next().is_some()).map(|(i, _)| Target::Constraint(i));
        let lookups = self.description.interactions.iter().enumerate();
        let lookups = lookups.filter(|(_, i)| i.sign == Sign::Send && is_lookup(i.bus) && i.bus != Bus::Rom);
        constraints.chain(lookups.map(|(i, _)| Target::Lookup(i))).collect()
    }

    /// A row that only the target rejects, starting from one of the valid rows; `None` if `attempts` attempts found none.
    pub fn find(&mut self, target: Target, valid: &[Vec<Goldilocks>], attempts: usize, random: &mut Random) -> Option<Vec<Goldilocks>> {
        let columns = self.columns(target);
        if columns.is_empty() || valid.is_empty() {
            return None;
        }
        for _ in 0..attempts {
            let mut row = valid[random.index(valid.len())].clone();
            let mut locked = vec![false; row.len()];
            for _ in 0..1 + random.below(3) {
                let column = if random.one_in(3) { random.index(row.len()) } else { random.pick(&columns) };
                row[column] = strange(row[column], random);
                locked[column] = true;
            }
            self.budget = 300;
            if self.repair(target, &mut row, &mut locked, random) {
                return Some(row);
            }
        }
        None
    }

    fn columns(&self, target: Target) -> Vec<usize> {
        let mut columns: Vec<usize> = match target {
            Target::Constraint(i) => columns_of(&self.description.constraints[i]),
            Target::Lookup(i) => {
                let interaction = &self.description.interactions[i];
                interaction.tuple.iter().chain([&interaction.multiplicity]).flat_map(columns_of).collect()
            }
        };
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Depth first: repairs the first violated demand in every way there is. True when only the target is violated.
    fn repair(&mut self, target: Target, row: &mut Vec<Goldilocks>, locked: &mut Vec<bool>, random: &mut Random) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let said = said(self.table, row, &self.prep);
        if !violates(&said, target) {
            return false;
        }
        let description = Rc::clone(&self.description);
        let Some(mut proposals) = violated(&description, &said, target, random) else { return true };
        shuffle(&mut proposals, random);
        for proposal in proposals {
            let before = (row.clone(), locked.clone());
            if self.apply(target, &proposal, row, locked, random) {
                return true;
            }
            (*row, *locked) = before;
        }
        false
    }

    /// Makes the equations of a proposal true one after the other, each by one cell that is not locked, then goes on repairing.
    fn apply(
        &mut self,
        target: Target,
        equations: &[(&Polynomial, Goldilocks)],
        row: &mut Vec<Goldilocks>,
        locked: &mut Vec<bool>,
        random: &mut Random,
    ) -> bool {
        let Some(((polynomial, value), rest)) = equations.split_first() else { return self.repair(target, row, locked, random) };
        if polynomial.at(row) == *value {
            return self.apply(target, rest, row, locked, random);
        }
        let mut columns = columns_of(polynomial);
        columns.retain(|column| !locked[*column]);
        shuffle(&mut columns, random);
        for column in columns {
            for solution in solutions(polynomial, *value, row, column) {
                let before = (row.clone(), locked.clone());
                row[column] = solution;
                locked[column] = true;
                if self.apply(target, rest, row, locked, random) {
                    return true;
                }
                (*row, *locked) = before;
            }
        }
        false
    }
}

/// Values of a column that make a polynomial have a value: the solution where it is linear, small numbers where it is not.
fn solutions(polynomial: &Polynomial, value: Goldilocks, row: &[Goldilocks], column: usize) -> Vec<Goldilocks> {
    let mut row = row.to_vec();
    let mut at = |x: Goldilocks| {
        row[column] = x;
        polynomial.at(&row) - value
    };
    let two = Goldilocks::ONE + Goldilocks::ONE;
    let [y0, y1, y2] = [Goldilocks::ZERO, Goldilocks::ONE, two].map(&mut at);
    let slope = y1 - y0;
    if y2 - y1 == slope {
        return if slope == Goldilocks::ZERO { Vec::new() } else { vec![-y0 * slope.inverse()] };
    }
    let small = [Goldilocks::ZERO, Goldilocks::ONE, -Goldilocks::ONE, two, -two, two + Goldilocks::ONE];
    small.into_iter().filter(|x| at(*x) == Goldilocks::ZERO).collect()
}

fn columns_of(polynomial: &Polynomial) -> Vec<usize> {
    let mut columns: Vec<usize> = polynomial.terms().flat_map(|(monomial, _)| monomial).map(|column| usize::from(*column)).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for i in (1..items.len()).rev() {
        items.swap(i, random.index(i + 1));
    }
}

/// Another value for a cell: near, small, a word, a fraction, anything.
fn strange(value: Goldilocks, random: &mut Random) -> Goldilocks {
    match random.below(10) {
        0 => value + Goldilocks::ONE,
        1 => value - Goldilocks::ONE,
        2 => Goldilocks::ZERO,
        3 => Goldilocks::ONE,
        4 => Goldilocks::new(random.word().into()),
        5 => -Goldilocks::ONE,
        8 => value + Goldilocks::new(random.below(3) << 16) - Goldilocks::new(1 << 16),
        7 => Goldilocks::new(random.next() >> random.below(64)),
        6 => Goldilocks::new(1 + random.below(3)) * Goldilocks::new(1 << (1 + random.below(8))).inverse(),
        _ => Goldilocks::new(random.next()),
    }
}

fn violates(said: &Said, target: Target) -> bool {
    match target {
        Target::Constraint(i) => said.constraints[i] != Goldilocks::ZERO,
        Target::Lookup(i) => !answered(&said.interactions[i]),
    }
}

/// Whether a lookup is answered, or a received state is one that can be: its parts are words. Sent states may be anything, and so may the
/// program's rows as far as their columns go.
fn answered(statement: &Statement) -> bool {
    let Statement { sign, multiplicity, bus, tuple } = statement;
    let below = |limit: u64, entries: &[Goldilocks]| entries.iter().all(|entry| entry.value() < limit);
    if *multiplicity == Goldilocks::ZERO {
        return true;
    }
    match (bus, sign) {
        (Bus::Rom, _) => {
            below(1 << 20, &tuple[..1]) && below(256, &tuple[1..2]) && below(1 << 24, &tuple[2..5]) && below(1 << 32, &tuple[5..])
        }
        (Bus::Exec | Bus::Mem, Sign::Recv) => below(1 << 32, tuple),
        (Bus::Mord, Sign::Recv) => below(1 << 48, tuple),
        (bus, Sign::Send) if is_lookup(*bus) => lut::row_of(*bus, tuple).is_some(),
        _ => true,
    }
}

/// The first violated demand besides the target, as the ways to repair it; `None` if there is none.
fn violated<'a>(description: &'a Description, said: &Said, target: Target, random: &mut Random) -> Option<Vec<Proposal<'a>>> {
    for (i, value) in said.constraints.iter().enumerate() {
        if *value != Goldilocks::ZERO && target != Target::Constraint(i) {
            return Some(vec![vec![(&description.constraints[i], Goldilocks::ZERO)]]);
        }
    }
    for (i, statement) in said.interactions.iter().enumerate() {
        if answered(statement) || target == Target::Lookup(i) {
            continue;
        }
        let interaction = &description.interactions[i];
        let mut proposals: Vec<Proposal> = Vec::new();
        for tuple in wanted(statement, random) {
            proposals.push(interaction.tuple.iter().zip(tuple).collect());
        }
        // The high half of R32: with the low limb of the number itself in the interaction before, both halves are right.
        if statement.bus == Bus::R16 && i > 0 && said.interactions[i - 1].bus == Bus::R16 {
            let number = said.interactions[i - 1].tuple[0] + statement.tuple[0] * Goldilocks::new(1 << 16);
            if number.value() < 1 << 32 {
                let low = &description.interactions[i - 1].tuple[0];
                proposals.insert(0, vec![(low, Goldilocks::new(number.value() & 0xFFFF))]);
            }
        }
        proposals.push(vec![(&interaction.multiplicity, Goldilocks::ZERO)]);
        return Some(proposals);
    }
    None
}

/// Tuples near a statement's that would be answered.
fn wanted(statement: &Statement, random: &mut Random) -> Vec<Vec<Goldilocks>> {
    let number = Goldilocks::new;
    let value = |i: usize| statement.tuple[i].value();
    let limb = |random: &mut Random| u64::from(random.word() & 0xFFFF);
    let byte = |value: u64, random: &mut Random| if value < 256 { value } else { random.below(256) };
    match statement.bus {
        Bus::R16 => vec![vec![number(0)], vec![number(limb(random))], vec![number(0xFFFF)]],
        Bus::Sgn => {
            let x = if value(0) < 1 << 16 { value(0) } else { limb(random) };
            let other = limb(random);
            vec![vec![number(x), number(x >> 15)], vec![number(other), number(other >> 15)]]
        }
        Bus::And => {
            let (x, y) = (byte(value(0), random), byte(value(1), random));
            let other = random.below(256);
            [(x, y), (x, other), (other, y)].map(|(x, y)| vec![number(x), number(y), number(x & y)]).into()
        }
        Bus::Pair => vec![vec![number(byte(value(0), random)), number(byte(value(1), random))]],
        Bus::Pow => {
            let of = |k: u64| lut::preprocessed_row(k, 8)[5..].iter().map(|x| number(*x)).collect();
            let k = if value(0) < 32 { value(0) } else { random.below(32) };
            vec![of(k), of(random.below(32)), of(0)]
        }
        // A word where there was none; the rest as it is.
        _ => {
            let limit = |i: usize| match (statement.bus, i) {
                (Bus::Rom, 0) => 1 << 20,
                (Bus::Rom, 1) => 256,
                (Bus::Rom, 2..=4) => 1 << 24,
                (Bus::Mord, _) => 1 << 48,
                _ => 1u64 << 32,
            };
            let entry = |i: usize, random: &mut Random| if value(i) < limit(i) { value(i) } else { random.below(limit(i)) };
            vec![(0..statement.tuple.len()).map(|i| number(entry(i, random))).collect()]
        }
    }
}
