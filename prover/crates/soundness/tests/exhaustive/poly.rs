//! What a chip says, as polynomials over the field of 241 elements.

use air::symbolic::describe_miniature;
use air::{Bus, Table, symbolic};
use field::P;
use std::collections::BTreeMap;

/// The columns of a monomial, ascending, with its coefficient, which is never 0.
pub type Polynomial = BTreeMap<Vec<u8>, u64>;

/// The modulus: 16^2 - 16 + 1.
pub const SMALL: u64 = 241;

/// One interaction.
#[derive(Clone, Debug)]
pub struct Interaction {
    pub multiplicity: Polynomial,
    pub bus: Bus,
    pub tuple: Vec<Polynomial>,
}

/// All that a chip says, in order.
#[derive(Clone, Debug)]
pub struct Said {
    pub constraints: Vec<Polynomial>,
    pub interactions: Vec<Interaction>,
}

/// Coefficients stand for integers, those above P / 2 for negative ones.
fn small(polynomial: &symbolic::Polynomial) -> Polynomial {
    let column = |column: &u16| u8::try_from(*column).expect("fewer than 256 columns");
    let residue = |value: u64| if value > P / 2 { (SMALL - (P - value) % SMALL) % SMALL } else { value % SMALL };
    let terms = polynomial.terms().map(|(monomial, c)| (monomial.iter().map(column).collect(), residue(c.value())));
    terms.filter(|(_, coefficient)| *coefficient != 0).collect()
}

/// What the chip says in the miniature model.
pub fn miniature(table: Table) -> Said {
    let said = describe_miniature(table);
    let interactions = said.interactions.iter().map(|i| Interaction {
        multiplicity: small(&i.multiplicity),
        bus: i.bus,
        tuple: i.tuple.iter().map(small).collect(),
    });
    Said { constraints: said.constraints.iter().map(small).collect(), interactions: interactions.collect() }
}

/// `polynomial` with some columns given: the value of each, or `None`.
pub fn substitute(polynomial: &Polynomial, given: &[Option<u64>]) -> Polynomial {
    let mut sum = Polynomial::new();
    for (monomial, &coefficient) in polynomial {
        let (mut rest, mut factor) = (Vec::new(), coefficient);
        for &variable in monomial {
            match given.get(usize::from(variable)).copied().flatten() {
                Some(value) => factor = factor * value % SMALL,
                None => rest.push(variable),
            }
        }
        let total: &mut u64 = sum.entry(rest).or_default();
        *total = (*total + factor) % SMALL;
    }
    sum.retain(|_, coefficient| *coefficient != 0);
    sum
}
