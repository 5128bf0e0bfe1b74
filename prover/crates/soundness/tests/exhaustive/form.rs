//! Polynomials and lookups made ready to be evaluated many times.

use crate::poly::{Polynomial, SMALL};
use crate::rules::Rule;

/// The column of the constant 1.
pub const ONE: u8 = 255;

/// The value of every column; the last entry is the constant 1.
pub type Assignment = [u16; 256];

/// A polynomial of degree 3 at most.
#[derive(Clone)]
pub struct Form(Vec<(u32, [u8; 3])>);

impl Form {
    pub fn of(polynomial: &Polynomial) -> Form {
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

    pub fn value(&self, at: &Assignment) -> u16 {
        let at = |column: u8| u64::from(at[usize::from(column)]);
        let sum: u64 = self.0.iter().map(|&(c, [x, y, z])| u64::from(c) * at(x) * at(y) * at(z)).sum();
        (sum % SMALL) as u16
    }
}

/// A rule of which every column is known.
pub enum Check {
    Zero(Form),
    OneOf(Box<[bool; SMALL as usize]>, Form),
    Member(Vec<Vec<u16>>, Vec<Form>),
}

impl Check {
    pub fn of(rule: &Rule) -> Check {
        match rule {
            Rule::Zero(p) => Check::Zero(Form::of(p)),
            Rule::Member(rows, tuple) if tuple.len() == 1 => {
                Check::OneOf(Box::new(std::array::from_fn(|value| rows.contains(&vec![value as u16]))), Form::of(&tuple[0]))
            }
            Rule::Member(rows, tuple) => Check::Member(rows.clone(), tuple.iter().map(Form::of).collect()),
        }
    }

    pub fn holds(&self, at: &Assignment) -> bool {
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

/// The constant of an assignment.
pub trait WithOne {
    fn with_one(self) -> Self;
}

impl WithOne for Assignment {
    fn with_one(mut self) -> Self {
        self[usize::from(ONE)] = 1;
        self
    }
}
