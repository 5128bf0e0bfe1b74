use crate::team::{Cancelled, Team};
use air::logup::Aux;
use air::{Challenges, Trace, fingerprints};
use field::{Cubic, F3, Goldilocks, Kernel, Packed, Ring, Row, batch_invert};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows of one batch inversion.
const ROWS: usize = 128;

/// The auxiliary columns of a table, as [`air::logup::aux`] computes them row by row; `None` if a fingerprint is 0 (chance below 2^-150).
///
/// # Errors
/// When cancelled.
pub fn aux(team: &Team, trace: &Trace, challenges: &Challenges) -> Result<Option<Aux>, Cancelled> {
    if trace.height() < 8 {
        return Ok(air::logup::aux(trace, challenges));
    }
    let mut columns = vec![vec![Goldilocks::ZERO; trace.height()]; trace.table.aux_width()];
    let mut chunks: Vec<Vec<&mut [Goldilocks]>> = (0..trace.height().div_ceil(ROWS)).map(|_| Vec::with_capacity(columns.len())).collect();
    for column in &mut columns {
        for (chunk, part) in chunks.iter_mut().zip(column.chunks_mut(ROWS)) {
            chunk.push(part);
        }
    }
    let degenerate = AtomicBool::new(false);
    team.each(chunks.into_iter().enumerate(), |(index, out)| {
        if !team.simd.run(Chunk { trace, challenges, first: index * ROWS, out }) {
            degenerate.store(true, Ordering::Relaxed);
        }
    })?;
    if degenerate.into_inner() {
        return Ok(None);
    }
    let sum = accumulate(&mut columns);
    Ok(Some(Aux { columns, sum }))
}

/// Replaces the sums of the rows, in the last three columns, by the sums of the rows before; gives back the sum of all.
fn accumulate(columns: &mut [Vec<Goldilocks>]) -> F3 {
    let from = columns.len() - 3;
    let totals = columns[from..].iter_mut().map(|column| {
        let mut before = Goldilocks::ZERO;
        for value in column.iter_mut() {
            let sum = before + *value;
            *value = before;
            before = sum;
        }
        before
    });
    let totals: Vec<Goldilocks> = totals.collect();
    Cubic([totals[0], totals[1], totals[2]])
}

/// Helpers of some rows, and their sum over the row in the columns of the accumulator. False if a fingerprint is 0.
struct Chunk<'a> {
    trace: &'a Trace,
    challenges: &'a Challenges,
    first: usize,
    out: Vec<&'a mut [Goldilocks]>,
}

impl Kernel for Chunk<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Packed>(mut self) -> bool {
        let (table, rows) = (self.trace.table, self.out[0].len());
        let helpers = table.helpers();
        let mut main = vec![V::ZERO; table.main_width()];
        let mut prep = vec![V::ZERO; table.prep_width()];
        let mut terms = vec![(V::ZERO, Cubic::<V>::ZERO); table.interactions()];
        let mut numerators = Vec::with_capacity(helpers * rows / 8);
        let mut denominators = Vec::with_capacity(helpers * rows / 8);
        for group in (0..rows).step_by(8) {
            load_rows(&self.trace.columns, self.first + group, &mut main);
            load_rows(&self.trace.prep, self.first + group, &mut prep);
            let mut slots = terms.iter_mut();
            // Only copies: what is not inlined into the kernel must not compute.
            fingerprints(table, &main, &prep, self.challenges, |m, d| {
                if let Some(slot) = slots.next() {
                    *slot = (m, d);
                }
            });
            for pair in terms.chunks(2) {
                let (m, d) = pair[0];
                if pair.len() == 2 {
                    let (m2, d2) = pair[1];
                    numerators.push(d2 * m + d * m2);
                    denominators.push(d * d2);
                } else {
                    numerators.push(m.lift());
                    denominators.push(d);
                }
            }
        }
        if !batch_invert(&mut denominators, &mut Vec::new()) {
            return false;
        }
        for group in 0..rows / 8 {
            let mut sum = Cubic::<V>::ZERO;
            for j in 0..helpers {
                let h = numerators[group * helpers + j] * denominators[group * helpers + j];
                sum += h;
                store_rows(h, &mut self.out[3 * j..3 * j + 3], 8 * group);
            }
            store_rows(sum, &mut self.out[3 * helpers..], 8 * group);
        }
        true
    }
}

/// Eight consecutive rows of every column.
#[inline(always)]
fn load_rows<V: Packed>(columns: &[Vec<Goldilocks>], first: usize, out: &mut [V]) {
    for (lane, column) in out.iter_mut().zip(columns) {
        let eight: [Goldilocks; 8] = column[first..first + 8].try_into().expect("eight values");
        *lane = V::load(&Row(eight));
    }
}

/// Writes an element of the extension to eight rows of three columns.
#[inline(always)]
fn store_rows<V: Packed>(value: Cubic<V>, columns: &mut [&mut [Goldilocks]], first: usize) {
    for k in 0..3 {
        columns[k][first..first + 8].copy_from_slice(&value.0[k].lanes());
    }
}
