//! Constraints as polynomials: a ring of symbols that writes down what a chip says.

use air::{Bus, Sign, Sink, Table};
use field::{Goldilocks, P, Ring};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// The columns of a monomial, ascending, with its coefficient, which is never 0.
pub type Polynomial = BTreeMap<Vec<u8>, u64>;

/// The modulus of the miniature model: 16^2 - 16 + 1.
pub const SMALL: u64 = 241;

#[derive(Default)]
struct Arena {
    modulus: u64,
    polynomials: Vec<Polynomial>,
}

thread_local! {
    static ARENA: RefCell<Arena> = RefCell::default();
}

/// A polynomial by its place in this thread's arena.
#[derive(Clone, Copy, Debug)]
pub struct Symbol(u32);

fn reset(modulus: u64) {
    ARENA.with_borrow_mut(|arena| {
        arena.modulus = modulus;
        arena.polynomials = vec![Polynomial::new(), Polynomial::from([(Vec::new(), 1)])];
    });
}

fn store(make: impl FnOnce(&[Polynomial], u64) -> Polynomial) -> Symbol {
    ARENA.with_borrow_mut(|arena| {
        let polynomial = make(&arena.polynomials, arena.modulus);
        arena.polynomials.push(polynomial);
        Symbol(u32::try_from(arena.polynomials.len() - 1).expect("few polynomials"))
    })
}

fn column(index: usize) -> Symbol {
    store(|_, _| Polynomial::from([(vec![u8::try_from(index).expect("fewer than 256 columns")], 1)]))
}

fn add_term(sum: &mut Polynomial, monomial: Vec<u8>, coefficient: u64, modulus: u64) {
    let total = (u128::from(sum.get(&monomial).copied().unwrap_or(0)) + u128::from(coefficient)) % u128::from(modulus);
    if total == 0 {
        sum.remove(&monomial);
    } else {
        sum.insert(monomial, total as u64);
    }
}

fn times(x: u64, y: u64, modulus: u64) -> u64 {
    (u128::from(x) * u128::from(y) % u128::from(modulus)) as u64
}

impl Ring for Symbol {
    const ZERO: Self = Symbol(0);
    const ONE: Self = Symbol(1);
}

impl From<Goldilocks> for Symbol {
    /// Constants of the upper half count as negative numbers, so that -1 is -1 for every modulus.
    fn from(value: Goldilocks) -> Self {
        let value = value.value();
        store(|_, modulus| {
            let residue = if value > P / 2 { (modulus - (P - value) % modulus) % modulus } else { value % modulus };
            if residue == 0 { Polynomial::new() } else { Polynomial::from([(Vec::new(), residue)]) }
        })
    }
}

impl Add for Symbol {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        store(|all, modulus| {
            let mut sum = all[self.0 as usize].clone();
            for (monomial, &coefficient) in &all[other.0 as usize] {
                add_term(&mut sum, monomial.clone(), coefficient, modulus);
            }
            sum
        })
    }
}

impl Mul for Symbol {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        store(|all, modulus| {
            let mut sum = Polynomial::new();
            for (left, &x) in &all[self.0 as usize] {
                for (right, &y) in &all[other.0 as usize] {
                    let mut monomial = [left.as_slice(), right.as_slice()].concat();
                    monomial.sort_unstable();
                    add_term(&mut sum, monomial, times(x, y, modulus), modulus);
                }
            }
            sum
        })
    }
}

impl Neg for Symbol {
    type Output = Self;
    fn neg(self) -> Self {
        store(|all, modulus| all[self.0 as usize].iter().map(|(monomial, &c)| (monomial.clone(), modulus - c)).collect())
    }
}

impl Sub for Symbol {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
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

/// One interaction, written down.
#[derive(Clone, Debug)]
pub struct Interaction {
    pub sign: Sign,
    pub multiplicity: Polynomial,
    pub bus: Bus,
    pub tuple: Vec<Polynomial>,
}

/// All that a chip says, in order.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub constraints: Vec<Polynomial>,
    pub interactions: Vec<Interaction>,
}

struct Writer<const BYTE_BITS: u32>(Said);

fn read(symbol: Symbol) -> Polynomial {
    ARENA.with_borrow(|arena| arena.polynomials[symbol.0 as usize].clone())
}

impl<const BYTE_BITS: u32> Sink for Writer<BYTE_BITS> {
    type E = Symbol;
    const BYTE_BITS: u32 = BYTE_BITS;

    fn constraint(&mut self, value: Symbol) {
        self.0.constraints.push(read(value));
    }

    fn interaction(&mut self, sign: Sign, multiplicity: Symbol, bus: Bus, tuple: &[Symbol]) {
        let tuple = tuple.iter().map(|&entry| read(entry)).collect();
        self.0.interactions.push(Interaction { sign, multiplicity: read(multiplicity), bus, tuple });
    }
}

fn said<const BYTE_BITS: u32>(table: Table, modulus: u64) -> Said {
    reset(modulus);
    let main: Vec<Symbol> = (0..table.main_width()).map(column).collect();
    let prep: Vec<Symbol> = (0..table.prep_width()).map(|i| column(table.main_width() + i)).collect();
    let mut writer = Writer::<BYTE_BITS>(Said::default());
    table.eval(&main, &prep, &mut writer);
    writer.0
}

/// What the chip says over the field of the proof.
pub fn full(table: Table) -> Said {
    said::<8>(table, P)
}

/// What the chip says in the miniature model: words of 4 bits over the field of 241 elements.
pub fn miniature(table: Table) -> Said {
    said::<1>(table, SMALL)
}

/// `polynomial` with some columns given: the value of each, or `None`.
pub fn substitute(polynomial: &Polynomial, given: &[Option<u64>], modulus: u64) -> Polynomial {
    let mut sum = Polynomial::new();
    for (monomial, &coefficient) in polynomial {
        let (mut rest, mut factor) = (Vec::new(), coefficient);
        for &variable in monomial {
            match given[usize::from(variable)] {
                Some(value) => factor = times(factor, value, modulus),
                None => rest.push(variable),
            }
        }
        if factor != 0 {
            add_term(&mut sum, rest, factor, modulus);
        }
    }
    sum
}

/// The derivative of `polynomial` by a column, at a point.
pub fn derivative(polynomial: &Polynomial, by: u8, at: &[u64], modulus: u64) -> u64 {
    let mut sum = 0u128;
    for (monomial, &coefficient) in polynomial {
        let exponent = monomial.iter().filter(|&&v| v == by).count() as u64;
        if exponent == 0 {
            continue;
        }
        let mut skipped = false;
        let mut term = times(coefficient, exponent, modulus);
        for &variable in monomial {
            if variable == by && !skipped {
                skipped = true;
            } else {
                term = times(term, at[usize::from(variable)], modulus);
            }
        }
        sum += u128::from(term);
    }
    (sum % u128::from(modulus)) as u64
}
