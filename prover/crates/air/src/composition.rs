use crate::challenges::{TERMS, fingerprint};
use crate::said::Said;
use crate::{Challenges, Table};
use field::{F3, Ring, Tower};

/// Everything about one table that is the same on every row: challenges and powers of lambda, ready in the extension of `E`.
///
/// The prover makes one for packed rows and the verifier one for F3; they run the same code (section 4.5).
pub struct Composer<E: Tower> {
    table: Table,
    alpha: E::Ext,
    beta: [E::Ext; TERMS],
    sum: E::Ext,
    lambda: Vec<E::Ext>,
}

impl<E: Tower> Composer<E> {
    /// For `table` with the published sum `s` (S_k). `power` is lambda^e of the table's first constraint; it is moved on past the last.
    pub fn new(table: Table, challenges: &Challenges, lambda: F3, s: F3, power: &mut F3) -> Self {
        let powers = (0..table.all_constraints()).map(|_| {
            let this = *power;
            *power *= lambda;
            E::Ext::from(this)
        });
        Self { table, alpha: challenges.alpha.into(), beta: challenges.beta.map(E::Ext::from), sum: s.into(), lambda: powers.collect() }
    }

    /// The sum of lambda^e C_e over all constraints of the table at one row or point: its own, L1 for each pair, L2, L3 (section 3.15).
    /// `acc_next` are the three base columns of `acc` in the next row; `l_first`, `l_last` the selectors there.
    #[inline(always)]
    pub fn compose(&self, main: &[E], prep: &[E], aux: &[E], acc_next: &[E; 3], l_first: E, l_last: E) -> E::Ext {
        let said = Said::of(self.table, main, prep);
        let mut lambda = self.lambda.iter().copied();
        let mut power = || lambda.next().expect("one power for each constraint");
        let mut total = E::Ext::ZERO;
        for value in said.constraints() {
            total += power() * *value;
        }
        let mut helpers = E::Ext::ZERO;
        for pair in 0..self.table.helpers() {
            let h = column(aux, pair);
            helpers += h;
            let (m1, d1) = self.term(&said, 2 * pair);
            let value = if 2 * pair + 1 < said.interactions() {
                let (m2, d2) = self.term(&said, 2 * pair + 1);
                h * d1 * d2 - d2 * m1 - d1 * m2
            } else {
                h * d1 - m1.lift()
            };
            total += power() * value;
        }
        let acc = column(aux, self.table.helpers());
        let step = E::join(*acc_next) - acc - helpers + self.sum * l_last;
        total += power() * step;
        total + power() * (acc * l_first)
    }

    /// The signed multiplicity and the fingerprint of an interaction.
    #[inline(always)]
    fn term(&self, said: &Said<E>, index: usize) -> (E, E::Ext) {
        let (m, bus, tuple) = said.interaction(index);
        (m, fingerprint(self.alpha, &self.beta, bus, tuple))
    }
}

/// F3 column number `index` among the auxiliary columns.
#[inline(always)]
fn column<E: Tower>(aux: &[E], index: usize) -> E::Ext {
    E::join([aux[3 * index], aux[3 * index + 1], aux[3 * index + 2]])
}

/// Calls `each` with (signed multiplicity, d) of every interaction of a row, in order: what the prover's helper columns are made of.
#[inline(always)]
pub fn fingerprints<E: Tower>(table: Table, main: &[E], prep: &[E], challenges: &Challenges, mut each: impl FnMut(E, E::Ext)) {
    let (alpha, beta) = (E::Ext::from(challenges.alpha), challenges.beta.map(E::Ext::from));
    let said = Said::of(table, main, prep);
    for index in 0..said.interactions() {
        let (m, bus, tuple) = said.interaction(index);
        each(m, fingerprint(alpha, &beta, bus, tuple));
    }
}

/// [`Composer::compose`] once, with the composer made on the spot: for the verifier, which needs it at one point.
pub fn compose<E: Tower>(
    table: Table,
    main: &[E],
    prep: &[E],
    aux: &[E],
    acc_next: &[E; 3],
    (l_first, l_last): (E, E),
    s: F3,
    challenges: &Challenges,
    lambda: F3,
    power: &mut F3,
) -> E::Ext {
    Composer::new(table, challenges, lambda, s, power).compose(main, prep, aux, acc_next, l_first, l_last)
}
