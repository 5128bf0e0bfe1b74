//! Dishonest provers for tests: each follows the transcript and does everything else as well as it can.

use crate::domain::shift;
use crate::matrix::Matrix;
use air::logup::Aux;
use field::{Cubic, F3, Goldilocks, Ring};

/// What the prover does differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cheat {
    /// Nothing.
    #[default]
    None,
    /// Adds k x^extra (x^N - 1) to the first main column of the highest table: nothing changes on the trace domain, the degree becomes
    /// N + extra.
    Degree {
        /// Index of a table of height 2^L.
        table: usize,
        /// Exponent of x.
        extra: u32,
    },
    /// Publishes binding values that are not those of the committed columns.
    Bound,
    /// Moves 1 from the sum of the second table to that of the first.
    Sums,
    /// Adds to the sum of the last table what balances the buses.
    Balance(F3),
    /// Subtracts S/n in every row of the accumulators, so that they close over the whole domain (the variant that section 3.15 forbids).
    Averaged,
}

const FACTOR: Goldilocks = Goldilocks::new(12345);

impl Cheat {
    /// After the extension of the main columns.
    pub fn main(self, matrices: &mut [Matrix], blowup: u32) {
        let Self::Degree { table, extra } = self else { return };
        let matrix = &mut matrices[table];
        let log_size = matrix.log_height + blowup;
        for (position, row) in matrix.tiles[0].iter_mut().enumerate() {
            let x = proto::domain::point(log_size, position);
            row.0[0] += FACTOR * x.pow(u64::from(extra)) * (x.pow(1 << matrix.log_height) - Goldilocks::ONE);
        }
    }

    /// Corrects the values of main columns at z; `first` is the index of the first column of each table. They were computed from positions
    /// where x^N = h_b, that is for k x^extra (h_b - 1).
    pub fn evaluated(self, values: &mut [F3], first: &[usize], z: F3, log_height: u32, blowup: u32) {
        let Self::Degree { table, extra } = self else { return };
        values[first[table]] += z.pow(u64::from(extra)) * (z.pow(1 << log_height) - F3::from(shift(blowup))) * FACTOR;
    }

    /// Before U is absorbed.
    pub fn bound(self, bound: &mut [F3]) {
        if self == Self::Bound {
            bound[3] += F3::ONE;
        }
    }

    /// After LogUp.
    pub fn aux(self, tables: &mut [Aux]) {
        match self {
            Self::Sums => {
                tables[0].sum += F3::ONE;
                tables[1].sum -= F3::ONE;
            }
            Self::Balance(by) => {
                if let Some(last) = tables.last_mut() {
                    last.sum += by;
                }
            }
            Self::Averaged => tables.iter_mut().for_each(average),
            _ => {}
        }
    }

    /// Whether G is computed on all of D_L and not from its values on N positions.
    pub fn whole(self) -> bool {
        matches!(self, Self::Degree { .. })
    }
}

fn average(aux: &mut Aux) {
    let from = aux.columns.len() - 3;
    let share = aux.sum * Goldilocks::new(aux.columns[0].len() as u64).inverse();
    let Cubic(share) = share;
    for (column, share) in aux.columns[from..].iter_mut().zip(share) {
        let mut taken = Goldilocks::ZERO;
        for value in column {
            *value -= taken;
            taken += share;
        }
    }
}
