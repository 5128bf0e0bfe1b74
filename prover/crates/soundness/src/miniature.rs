//! The miniature model: p = W^2 - W + 1 also holds for W = 16 and p = 241. There a chip can be searched exhaustively: for given values of
//! some columns, which values of others does it accept, whatever the rest holds?

use air::symbolic::{Description, Polynomial, describe_miniature};
use air::{Bus, Sign, Table, chips::lut};
use field::P;
use std::collections::BTreeSet;

/// The modulus.
pub const MODULUS: i32 = 241;

/// Values of a word.
pub const WORD: i32 = 16;

/// A polynomial over the small field: (coefficient, columns).
#[derive(Clone, Debug)]
struct Small(Vec<(i32, Vec<usize>)>);

impl Small {
    fn of(polynomial: &Polynomial) -> Self {
        let coefficient = |value: u64| {
            let signed = if value > P / 2 { i128::from(value) - i128::from(P) } else { i128::from(value) };
            signed.rem_euclid(i128::from(MODULUS)) as i32
        };
        let terms = polynomial.terms().map(|(monomial, c)| (coefficient(c.value()), monomial.iter().map(|m| usize::from(*m)).collect()));
        Self(terms.filter(|(c, _)| *c != 0).collect())
    }

    /// With the known columns put in.
    fn with(&self, known: &[Option<i32>]) -> Self {
        let mut terms: Vec<(i32, Vec<usize>)> = Vec::new();
        for (coefficient, monomial) in &self.0 {
            let mut product = *coefficient;
            let mut open = Vec::new();
            for column in monomial {
                match known[*column] {
                    Some(value) => product = product * value % MODULUS,
                    None => open.push(*column),
                }
            }
            match terms.iter_mut().find(|(_, other)| *other == open) {
                Some((sum, _)) => *sum = (*sum + product) % MODULUS,
                None => terms.push((product, open)),
            }
        }
        terms.retain(|(coefficient, _)| *coefficient != 0);
        Self(terms)
    }

    /// The value if no column is left.
    fn constant(&self) -> Option<i32> {
        match &self.0[..] {
            [] => Some(0),
            [(value, monomial)] if monomial.is_empty() => Some(*value),
            _ => None,
        }
    }

    /// The column if exactly one is left.
    fn only(&self) -> Option<usize> {
        let mut columns = self.0.iter().flat_map(|(_, monomial)| monomial);
        let first = *columns.next()?;
        columns.all(|column| *column == first).then_some(first)
    }

    fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|(_, monomial)| monomial).copied()
    }

    /// The values of the only column for which this is `wanted`.
    fn solutions(&self, wanted: i32) -> Vec<i32> {
        let mut coefficients = [0; 4];
        self.0.iter().for_each(|(coefficient, monomial)| coefficients[monomial.len()] = *coefficient);
        let [c0, c1, c2, c3] = coefficients;
        if (c2, c3) == (0, 0) {
            return vec![(wanted - c0).rem_euclid(MODULUS) * inverse(c1) % MODULUS];
        }
        (0..MODULUS).filter(|x| (((c3 * x + c2) % MODULUS * x + c1) % MODULUS * x + c0) % MODULUS == wanted).collect()
    }
}

/// 1 / value.
fn inverse(value: i32) -> i32 {
    const INVERSES: [i32; MODULUS as usize] = {
        let mut inverses = [0; MODULUS as usize];
        let mut x = 1;
        while x < MODULUS {
            let mut y = 1;
            while x * y % MODULUS != 1 {
                y += 1;
            }
            inverses[x as usize] = y;
            x += 1;
        }
        inverses
    };
    INVERSES[value as usize]
}

/// A lookup of a row whose multiplicity is not 0.
#[derive(Clone, Debug)]
struct Lookup {
    bus: Bus,
    tuple: Vec<Small>,
}

/// A table with some columns fixed for a whole search (flags, and everything that does not matter).
#[derive(Clone, Debug)]
pub struct Model {
    constraints: Vec<Small>,
    lookups: Vec<Lookup>,
    known: Vec<Option<i32>>,
    answers: Vec<(Bus, BTreeSet<Vec<i32>>)>,
}

impl Model {
    /// The chip with `fixed` columns set. `without` leaves out a constraint: to see that it is needed.
    ///
    /// # Panics
    /// If the multiplicity of a lookup depends on a column that is not fixed.
    pub fn new(table: Table, fixed: &[(usize, i32)], without: Option<usize>) -> Self {
        let Description { constraints, interactions, .. } = describe_miniature(table);
        let mut known = vec![None; table.main_width()];
        fixed.iter().for_each(|(column, value)| known[*column] = Some(*value));
        let constraints = constraints.iter().enumerate().filter(|(i, _)| Some(*i) != without).map(|(_, c)| Small::of(c).with(&known));
        let constraints: Vec<_> = constraints.filter(|c| c.constant() != Some(0)).collect();
        let mut lookups = Vec::new();
        for interaction in &interactions {
            let bus = interaction.bus;
            if interaction.sign == Sign::Recv || !matches!(bus, Bus::R16 | Bus::Sgn | Bus::And | Bus::Pair | Bus::Pow) {
                continue;
            }
            let multiplicity = Small::of(&interaction.multiplicity).with(&known).constant().expect("multiplicities are fixed");
            if multiplicity != 0 {
                lookups.push(Lookup { bus, tuple: interaction.tuple.iter().map(|entry| Small::of(entry).with(&known)).collect() });
            }
        }
        let rows: Vec<_> = (0..4).map(|x| lut::preprocessed_row(x, 1).map(|entry| entry as i32)).collect();
        let answer = |bus: Bus| {
            let part = match bus {
                Bus::R16 => 0..1,
                Bus::Sgn => 0..2,
                Bus::And => 2..5,
                Bus::Pair => 2..4,
                _ => 5..10,
            };
            (bus, rows.iter().map(|row| row[part.clone()].to_vec()).collect())
        };
        Self { constraints, lookups, known, answers: lut::BUSES.map(answer).into() }
    }

    /// All values of the `outputs` columns that the chip accepts with the `inputs` set, whatever the other columns hold.
    pub fn outputs(&self, inputs: &[(usize, i32)], outputs: &[usize]) -> BTreeSet<Vec<i32>> {
        let mut known = self.known.clone();
        inputs.iter().for_each(|(column, value)| known[*column] = Some(*value));
        let mut found = BTreeSet::new();
        let (about, others) = State { constraints: self.constraints.clone(), lookups: self.lookups.clone(), known }.split(outputs);
        if self.search(others, &[], &mut BTreeSet::new()) {
            self.search(about, outputs, &mut found);
        }
        found
    }

    /// Depth first: a constraint or lookup with one open column decides that column; only where there is none, all values are tried.
    /// Values of the outputs are found once: when all are known, one completion is enough. True when something was found.
    fn search(&self, mut state: State, outputs: &[usize], found: &mut BTreeSet<Vec<i32>>) -> bool {
        loop {
            if !state.narrow(self) {
                return false;
            }
            let values: Option<Vec<i32>> = outputs.iter().map(|output| state.known[*output]).collect();
            let complete = values.is_some();
            if values.is_some_and(|values| found.contains(&values)) {
                return true;
            }
            // Nothing is left that could reject: the open outputs are free.
            if state.constraints.is_empty() && state.lookups.is_empty() {
                found.extend(completions(&state.known, outputs));
                return true;
            }
            let (column, values) = self.narrowest(&state, outputs);
            if let [value] = values[..] {
                state.known[column] = Some(value);
                continue;
            }
            let mut any = false;
            for value in values {
                let mut state = state.clone();
                state.known[column] = Some(value);
                any |= self.search(state, outputs, found);
                if any && complete {
                    return true;
                }
            }
            return any;
        }
    }

    /// The answers that agree with what is known of a lookup.
    fn answers_to<'a>(&'a self, lookup: &'a Lookup) -> impl Iterator<Item = &'a Vec<i32>> {
        let (_, answers) = self.answers.iter().find(|(bus, _)| *bus == lookup.bus).expect("a lookup bus");
        answers.iter().filter(move |answer| {
            lookup.tuple.iter().zip(*answer).all(|(entry, value)| entry.constant().is_none_or(|constant| constant == *value))
        })
    }

    /// The column with the fewest values that one constraint or lookup leaves it.
    fn narrowest(&self, state: &State, outputs: &[usize]) -> (usize, Vec<i32>) {
        let mut best: Option<(usize, Vec<i32>)> = None;
        let mut offer = |column: usize, values: Vec<i32>| {
            if best.as_ref().is_none_or(|(_, others)| values.len() < others.len()) {
                best = Some((column, values));
            }
        };
        for constraint in &state.constraints {
            if let Some(column) = constraint.only() {
                offer(column, constraint.solutions(0));
            }
        }
        for lookup in &state.lookups {
            for (i, entry) in lookup.tuple.iter().enumerate() {
                let Some(column) = entry.only() else { continue };
                let allowed: BTreeSet<i32> = self.answers_to(lookup).map(|answer| answer[i]).collect();
                let mut values: Vec<i32> = allowed.into_iter().flat_map(|value| entry.solutions(value)).collect();
                values.sort_unstable();
                offer(column, values);
            }
        }
        best.unwrap_or_else(|| {
            let open = || state.polynomials().flat_map(Small::columns);
            let column = open().find(|column| outputs.contains(column)).or_else(|| open().next());
            (column.expect("something is open"), (0..MODULUS).collect())
        })
    }
}

/// Where a search stands: what still has to hold, and the columns known so far.
#[derive(Clone)]
struct State {
    constraints: Vec<Small>,
    lookups: Vec<Lookup>,
    known: Vec<Option<i32>>,
}

impl State {
    fn polynomials(&self) -> impl Iterator<Item = &Small> {
        self.constraints.iter().chain(self.lookups.iter().flat_map(|lookup| &lookup.tuple))
    }

    /// Puts in what is known and drops what holds. False if something cannot hold any more.
    fn narrow(&mut self, model: &Model) -> bool {
        for constraint in &mut self.constraints {
            *constraint = constraint.with(&self.known);
        }
        if self.constraints.iter().any(|c| c.constant().is_some_and(|value| value != 0)) {
            return false;
        }
        self.constraints.retain(|c| c.constant().is_none());
        for lookup in &mut self.lookups {
            lookup.tuple.iter_mut().for_each(|entry| *entry = entry.with(&self.known));
        }
        if self.lookups.iter().any(|lookup| model.answers_to(lookup).next().is_none()) {
            return false;
        }
        self.lookups.retain(|lookup| lookup.tuple.iter().any(|entry| entry.constant().is_none()));
        true
    }

    /// What has to do with the outputs, by way of open columns, and what has not: there it is enough that it can hold at all.
    fn split(self, outputs: &[usize]) -> (State, State) {
        let open = |small: &Small| small.columns().filter(|column| self.known[*column].is_none()).collect::<Vec<_>>();
        let groups: Vec<Vec<usize>> = (self.constraints.iter().map(&open))
            .chain(self.lookups.iter().map(|lookup| lookup.tuple.iter().flat_map(&open).collect()))
            .collect();
        let mut reached: BTreeSet<usize> = outputs.iter().copied().collect();
        loop {
            let before = reached.len();
            for group in groups.iter().filter(|group| group.iter().any(|column| reached.contains(column))).collect::<Vec<_>>() {
                reached.extend(group);
            }
            if reached.len() == before {
                break;
            }
        }
        let about: Vec<bool> = groups.iter().map(|group| group.iter().any(|column| reached.contains(column))).collect();
        let (of_constraints, of_lookups) = about.split_at(self.constraints.len());
        let part = |wanted: bool| State {
            constraints: self
                .constraints
                .iter()
                .zip(of_constraints)
                .filter(|(_, about)| **about == wanted)
                .map(|(c, _)| c.clone())
                .collect(),
            lookups: self.lookups.iter().zip(of_lookups).filter(|(_, about)| **about == wanted).map(|(l, _)| l.clone()).collect(),
            known: self.known.clone(),
        };
        (part(true), part(false))
    }
}

/// All values of the outputs, where an open one takes every value; only the first two of those are listed, which is already too many.
fn completions(known: &[Option<i32>], outputs: &[usize]) -> Vec<Vec<i32>> {
    let mut all = vec![Vec::new()];
    for output in outputs {
        let values = known[*output].map_or(vec![0, 1], |value| vec![value]);
        all = all.iter().flat_map(|start| values.iter().map(move |value| [&start[..], &[*value]].concat())).collect();
    }
    all
}
