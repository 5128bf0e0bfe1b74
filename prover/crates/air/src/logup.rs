//! LogUp: helper columns, the accumulator, and the selectors of its constraints (section 3.15).

use crate::{Challenges, Trace, fingerprints};
use field::{F3, Goldilocks, Ring, batch_invert};

/// The auxiliary columns of a table and the sum S it publishes (section 3.15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aux {
    /// h_1, h_2, .., acc; three base columns each.
    pub columns: Vec<Vec<Goldilocks>>,
    /// The sum over all rows.
    pub sum: F3,
}

/// The auxiliary columns of a padded trace, one row after the other: the plain version, which any faster one must equal.
/// `None` if a fingerprint is 0 (chance below 2^-150).
pub fn aux(trace: &Trace, challenges: &Challenges) -> Option<Aux> {
    const ROWS: usize = 256;
    let (table, height) = (trace.table, trace.height());
    let helpers = table.helpers();
    let mut columns = vec![vec![Goldilocks::ZERO; height]; table.aux_width()];
    let (mut m, mut d, mut products) = (Vec::new(), Vec::new(), Vec::new());
    let mut acc = F3::ZERO;
    for start in (0..height).step_by(ROWS) {
        let rows = start..height.min(start + ROWS);
        m.clear();
        d.clear();
        for row in rows.clone() {
            fingerprints(table, &trace.row(row), &trace.prep_row(row), challenges, |multiplicity, fingerprint| {
                m.push(multiplicity);
                d.push(fingerprint);
            });
        }
        if !batch_invert(&mut d, &mut products) {
            return None;
        }
        for (row, (m, inverse)) in rows.zip(m.chunks(table.interactions()).zip(d.chunks(table.interactions()))) {
            let mut put = |column: usize, value: F3| (0..3).for_each(|k| columns[3 * column + k][row] = value.0[k]);
            put(helpers, acc);
            for (j, (m, inverse)) in m.chunks(2).zip(inverse.chunks(2)).enumerate() {
                let h = m.iter().zip(inverse).fold(F3::ZERO, |sum, (m, inverse)| sum + *inverse * *m);
                put(j, h);
                acc += h;
            }
        }
    }
    Some(Aux { columns, sum: acc })
}

/// (Lfirst, Llast) of a table of height 2^log_height at a point y outside the trace domain (section 3.15).
pub fn selectors(log_height: u32, y: F3) -> (F3, F3) {
    let n = Goldilocks::new(1 << log_height);
    let mut power = y;
    for _ in 0..log_height {
        power *= power;
    }
    let vanishing = (power - F3::ONE) * n.inverse();
    let last = F3::from(Goldilocks::root_of_unity(log_height).inverse());
    // Llast = omega^-1 (y^n - 1) / (n (y - omega^-1)).
    (vanishing * (y - F3::ONE).inverse(), last * vanishing * (y - last).inverse())
}
