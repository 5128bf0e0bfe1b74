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

    fn at(&self, value: i32) -> i32 {
        self.0
            .iter()
            .fold(0, |sum, (coefficient, monomial)| monomial.iter().fold(*coefficient, |product, _| product * value % MODULUS) + sum)
            % MODULUS
    }
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
        let constraints: Vec<_> = self.constraints.iter().map(|c| c.with(&known)).collect();
        self.search(constraints, self.lookups.clone(), known, outputs, &mut found);
        found
    }

    /// Depth first: a constraint or lookup with one open column decides that column; only where there is none, all values are tried.
    fn search(
        &self,
        mut constraints: Vec<Small>,
        mut lookups: Vec<Lookup>,
        mut known: Vec<Option<i32>>,
        outputs: &[usize],
        found: &mut BTreeSet<Vec<i32>>,
    ) {
        loop {
            for constraint in &mut constraints {
                *constraint = constraint.with(&known);
            }
            if constraints.iter().any(|c| c.constant().is_some_and(|value| value != 0)) {
                return;
            }
            constraints.retain(|c| c.constant().is_none());
            for lookup in &mut lookups {
                lookup.tuple.iter_mut().for_each(|entry| *entry = entry.with(&known));
            }
            if lookups.iter().any(|lookup| self.answers_to(lookup).next().is_none()) {
                return;
            }
            lookups.retain(|lookup| lookup.tuple.iter().any(|entry| entry.constant().is_none()));
            // Nothing is left that could reject: the open outputs are free.
            if constraints.is_empty() && lookups.is_empty() {
                found.extend(completions(&known, outputs));
                return;
            }
            let (column, values) = self.narrowest(&constraints, &lookups, &known);
            if let [value] = values[..] {
                known[column] = Some(value);
                continue;
            }
            for value in values {
                let mut known = known.clone();
                known[column] = Some(value);
                self.search(constraints.clone(), lookups.clone(), known, outputs, found);
            }
            return;
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
    fn narrowest(&self, constraints: &[Small], lookups: &[Lookup], known: &[Option<i32>]) -> (usize, Vec<i32>) {
        let mut best: Option<(usize, Vec<i32>)> = None;
        let mut offer = |column: usize, values: Vec<i32>| {
            if best.as_ref().is_none_or(|(_, others)| values.len() < others.len()) {
                best = Some((column, values));
            }
        };
        for constraint in constraints {
            if let Some(column) = constraint.only() {
                offer(column, (0..MODULUS).filter(|value| constraint.at(*value) == 0).collect());
            }
        }
        for lookup in lookups {
            for (i, entry) in lookup.tuple.iter().enumerate() {
                let Some(column) = entry.only() else { continue };
                let allowed: BTreeSet<i32> = self.answers_to(lookup).map(|answer| answer[i]).collect();
                offer(column, (0..MODULUS).filter(|value| allowed.contains(&entry.at(*value))).collect());
            }
        }
        best.unwrap_or_else(|| {
            let open = constraints.iter().flat_map(|c| &c.0).chain(lookups.iter().flat_map(|l| &l.tuple).flat_map(|entry| &entry.0));
            let column = open.flat_map(|(_, monomial)| monomial).find(|column| known[**column].is_none());
            (*column.expect("something is open"), (0..MODULUS).collect())
        })
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
