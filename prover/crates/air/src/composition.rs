use crate::challenges::{TERMS, fingerprint};
use crate::{Bus, Challenges, Sign, Sink, Table};
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
        let own = self.table.constraints();
        let (own_powers, logup_powers) = self.lambda.split_at(own);
        let mut sink = Composition {
            composer: self,
            own: own_powers,
            logup: logup_powers,
            aux,
            open: None,
            helpers: E::Ext::ZERO,
            total: E::Ext::ZERO,
        };
        self.table.eval(main, prep, &mut sink);
        let (total, helpers) = sink.finish();
        let acc = column(aux, self.table.helpers());
        let [l2, l3] = [self.lambda[own + self.table.helpers()], self.lambda[own + self.table.helpers() + 1]];
        let step = E::join(*acc_next) - acc - helpers + self.sum * l_last;
        total + l2 * step + l3 * (acc * l_first)
    }
}

/// F3 column number `index` among the auxiliary columns.
#[inline(always)]
fn column<E: Tower>(aux: &[E], index: usize) -> E::Ext {
    E::join([aux[3 * index], aux[3 * index + 1], aux[3 * index + 2]])
}

/// One row's sum so far. Constraints take their powers one after the other; a pair of interactions makes one L1.
struct Composition<'a, E: Tower> {
    composer: &'a Composer<E>,
    own: &'a [E::Ext],
    logup: &'a [E::Ext],
    aux: &'a [E],
    open: Option<(E, E::Ext)>,
    helpers: E::Ext,
    total: E::Ext,
}

impl<E: Tower> Composition<'_, E> {
    #[inline(always)]
    fn helper(&mut self) -> (E::Ext, E::Ext) {
        let h = E::join([self.aux[0], self.aux[1], self.aux[2]]);
        self.aux = &self.aux[3..];
        let power = self.logup[0];
        self.logup = &self.logup[1..];
        self.helpers += h;
        (h, power)
    }

    /// L1 of an odd last interaction: h d - m. Gives back the total and the sum of the helpers.
    #[inline(always)]
    fn finish(mut self) -> (E::Ext, E::Ext) {
        if let Some((m, d)) = self.open.take() {
            let (h, power) = self.helper();
            self.total += power * (h * d - m.lift());
        }
        (self.total, self.helpers)
    }
}

impl<E: Tower> Sink for Composition<'_, E> {
    type E = E;

    #[inline(always)]
    fn constraint(&mut self, value: E) {
        self.total += self.own[0] * value;
        self.own = &self.own[1..];
    }

    #[inline(always)]
    fn interaction(&mut self, sign: Sign, multiplicity: E, bus: Bus, tuple: &[E]) {
        let m = signed(sign, multiplicity);
        let d = fingerprint(self.composer.alpha, &self.composer.beta, bus, tuple);
        match self.open.take() {
            None => self.open = Some((m, d)),
            Some((m1, d1)) => {
                let (h, power) = self.helper();
                self.total += power * (h * d1 * d - d * m1 - d1 * m);
            }
        }
    }
}

#[inline(always)]
fn signed<E: Ring>(sign: Sign, multiplicity: E) -> E {
    match sign {
        Sign::Send => multiplicity,
        Sign::Recv => -multiplicity,
    }
}

/// Calls `each` with (signed multiplicity, d) of every interaction of a row, in order: what the prover's helper columns are made of.
#[inline(always)]
pub fn fingerprints<E: Tower>(table: Table, main: &[E], prep: &[E], challenges: &Challenges, each: impl FnMut(E, E::Ext)) {
    struct Fingerprints<E: Tower, F> {
        alpha: E::Ext,
        beta: [E::Ext; TERMS],
        each: F,
    }
    impl<E: Tower, F: FnMut(E, E::Ext)> Sink for Fingerprints<E, F> {
        type E = E;

        #[inline(always)]
        fn constraint(&mut self, _: E) {}

        #[inline(always)]
        fn interaction(&mut self, sign: Sign, multiplicity: E, bus: Bus, tuple: &[E]) {
            (self.each)(signed(sign, multiplicity), fingerprint(self.alpha, &self.beta, bus, tuple));
        }
    }
    table.eval(main, prep, &mut Fingerprints::<E, _> { alpha: challenges.alpha.into(), beta: challenges.beta.map(E::Ext::from), each });
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
