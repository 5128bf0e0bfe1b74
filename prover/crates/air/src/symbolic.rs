//! Constraints as polynomials: what a chip says of a row, in the one form that does not depend on how the code is written (section 6.5).
//!
//! Two implementations agree on the arithmetisation exactly if these polynomials are equal. Used by tests, by the generated list of
//! constraints, and by the searches of the soundness tests; nothing in the prover or verifier needs it.

use crate::{Bus, Sign, Sink, Table};
use field::{Goldilocks, P, Ring};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A polynomial in the columns of a row. Columns have numbers: the main ones from 0, then the preprocessed ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polynomial(BTreeMap<Vec<u16>, Goldilocks>);

impl Polynomial {
    fn constant(value: Goldilocks) -> Self {
        Self::from_terms([(Vec::new(), value)])
    }

    fn from_terms(terms: impl IntoIterator<Item = (Vec<u16>, Goldilocks)>) -> Self {
        let mut sum = Self::default();
        for (monomial, coefficient) in terms {
            *sum.0.entry(monomial).or_default() += coefficient;
        }
        sum.0.retain(|_, coefficient| *coefficient != Goldilocks::ZERO);
        sum
    }

    /// Each monomial (its columns ascending, a square twice) with its coefficient.
    pub fn terms(&self) -> impl Iterator<Item = (&[u16], Goldilocks)> {
        self.0.iter().map(|(monomial, coefficient)| (&monomial[..], *coefficient))
    }

    /// The total degree; 0 for constants.
    pub fn degree(&self) -> usize {
        self.0.keys().map(Vec::len).max().unwrap_or(0)
    }

    /// The value on a row (main columns, then preprocessed ones).
    pub fn at(&self, row: &[Goldilocks]) -> Goldilocks {
        self.0.iter().fold(Goldilocks::ZERO, |sum, (monomial, coefficient)| {
            sum + monomial.iter().fold(*coefficient, |product, column| product * row[usize::from(*column)])
        })
    }

    /// Written out with the names of the columns: ascending monomials, the constant last.
    pub fn display(&self, names: &[String]) -> String {
        let mut text = String::new();
        let (constant, others): (Vec<_>, Vec<_>) = self.0.iter().partition(|(monomial, _)| monomial.is_empty());
        for (monomial, coefficient) in others.into_iter().chain(constant) {
            let (negative, size) = written(*coefficient);
            let sign = match (text.is_empty(), negative) {
                (true, false) => "",
                (true, true) => "-",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            let factors: Vec<_> = monomial.iter().map(|column| names[usize::from(*column)].as_str()).collect();
            let product = match (size.as_str(), factors.is_empty()) {
                ("1", false) => factors.join(" "),
                (_, true) => size,
                _ => format!("{size} {}", factors.join(" ")),
            };
            let _ = write!(text, "{sign}{product}");
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }
}

/// A coefficient by its sign and size; large powers of two and the inverses 2^-16, 2^-24, 2^-32 as powers.
fn written(value: Goldilocks) -> (bool, String) {
    let negative = value.value() > P / 2;
    let size = if negative { -value } else { value };
    let as_power = (10..64u32).find(|k| size.value() == 1 << k).map(|k| format!("2^{k}"));
    if let Some(power) = as_power {
        return (negative, power);
    }
    for (sign, value) in [(negative, size), (!negative, -size)] {
        for k in [16u64, 24, 32] {
            if value * Goldilocks::new(1 << k) == Goldilocks::ONE {
                return (sign, format!("2^-{k}"));
            }
        }
    }
    (negative, size.value().to_string())
}

thread_local! {
    static ARENA: RefCell<Vec<Polynomial>> = RefCell::new(vec![Polynomial::default(), Polynomial::constant(Goldilocks::ONE)]);
}

/// A polynomial as a ring element: a number in this thread's list of polynomials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol(u32);

impl Symbol {
    fn put(polynomial: Polynomial) -> Self {
        ARENA.with_borrow_mut(|arena| {
            arena.push(polynomial);
            Self(u32::try_from(arena.len() - 1).expect("few polynomials"))
        })
    }

    fn column(index: usize) -> Self {
        let index = u16::try_from(index).expect("few columns");
        Self::put(Polynomial::from_terms([(vec![index], Goldilocks::ONE)]))
    }

    fn polynomial(self) -> Polynomial {
        ARENA.with_borrow(|arena| arena[self.0 as usize].clone())
    }
}

impl From<Goldilocks> for Symbol {
    fn from(value: Goldilocks) -> Self {
        Self::put(Polynomial::constant(value))
    }
}

impl Ring for Symbol {
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);
}

impl Add for Symbol {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (a, b) = (self.polynomial(), other.polynomial());
        Self::put(Polynomial::from_terms(a.0.into_iter().chain(b.0)))
    }
}

impl Neg for Symbol {
    type Output = Self;
    fn neg(self) -> Self {
        Self::put(Polynomial::from_terms(self.polynomial().0.into_iter().map(|(monomial, coefficient)| (monomial, -coefficient))))
    }
}

impl Sub for Symbol {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Symbol {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (a, b) = (self.polynomial(), other.polynomial());
        let products = a.0.iter().flat_map(|(left, x)| {
            b.0.iter().map(move |(right, y)| {
                let mut monomial = [left.as_slice(), right].concat();
                monomial.sort_unstable();
                (monomial, *x * *y)
            })
        });
        Self::put(Polynomial::from_terms(products))
    }
}

impl AddAssign for Symbol {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Symbol {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl MulAssign for Symbol {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

/// An interaction of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Send or receive.
    pub sign: Sign,
    /// How often.
    pub multiplicity: Polynomial,
    /// Where.
    pub bus: Bus,
    /// What.
    pub tuple: Vec<Polynomial>,
}

/// Everything a table says of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Which table.
    pub table: Table,
    /// Its own constraints, in written order.
    pub constraints: Vec<Polynomial>,
    /// Its interactions, in written order.
    pub interactions: Vec<Interaction>,
}

struct Recorder<const BYTE_BITS: u32>(Description);

impl<const BYTE_BITS: u32> Sink for Recorder<BYTE_BITS> {
    type E = Symbol;

    const BYTE_BITS: u32 = BYTE_BITS;

    fn constraint(&mut self, value: Symbol) {
        self.0.constraints.push(value.polynomial());
    }

    fn interaction(&mut self, sign: Sign, multiplicity: Symbol, bus: Bus, tuple: &[Symbol]) {
        let tuple = tuple.iter().map(|entry| entry.polynomial()).collect();
        self.0.interactions.push(Interaction { sign, multiplicity: multiplicity.polynomial(), bus, tuple });
    }
}

fn record<const BYTE_BITS: u32>(table: Table) -> Description {
    let main: Vec<_> = (0..table.main_width()).map(Symbol::column).collect();
    let prep: Vec<_> = (0..table.prep_width()).map(|i| Symbol::column(table.main_width() + i)).collect();
    let mut recorder = Recorder::<BYTE_BITS>(Description { table, constraints: Vec::new(), interactions: Vec::new() });
    table.eval(&main, &prep, &mut recorder);
    ARENA.with_borrow_mut(|arena| arena.truncate(2));
    recorder.0
}

/// The polynomials of a table.
pub fn describe(table: Table) -> Description {
    record::<8>(table)
}

/// The polynomials of a table in the miniature model: a byte has one bit, a word four, and the modulus is 241 (section 6.6). Coefficients
/// stand for integers: those above P / 2 for negative ones.
pub fn describe_miniature(table: Table) -> Description {
    record::<1>(table)
}
