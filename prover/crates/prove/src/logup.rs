use crate::symbolic::{BLOCK_ROWS, Program, Scratch, Symbol, SymbolExt, record};
use crate::team::{Cancelled, Team};
use air::logup::Aux;
use air::{Challenges, Table, Trace, fingerprints};
use field::{Cubic, F3, Goldilocks, Kernel, Packed, Ring, Tower, batch_invert};
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
    let mut columns = (0..trace.table.aux_width()).map(|_| team.zeros(trace.height())).collect::<Result<Vec<_>, _>>()?;
    let mut chunks: Vec<Vec<&mut [Goldilocks]>> = (0..trace.height().div_ceil(ROWS)).map(|_| Vec::with_capacity(columns.len())).collect();
    for column in &mut columns {
        for (chunk, part) in chunks.iter_mut().zip(column.chunks_mut(ROWS)) {
            chunk.push(part);
        }
    }
    let degenerate = AtomicBool::new(false);
    let program = fractions(trace.table, challenges);
    let scratch = || Scratch::new(&program);
    team.each_with(chunks.into_iter().enumerate(), scratch, |scratch, (index, out)| {
        team.spend((program.ops.len() + 8 * program.outputs.len()) * ROWS / 8);
        if !team.simd.run(Chunk { trace, program: &program, scratch, first: index * ROWS, out }) {
            degenerate.store(true, Ordering::Relaxed);
        }
    })?;
    if degenerate.into_inner() {
        return Ok(None);
    }
    let sum = accumulate(team, &mut columns)?;
    Ok(Some(Aux { columns, sum }))
}

/// Replaces the sums of the rows, in the last three columns, by the sums of the rows before; gives back the sum of all.
fn accumulate(team: &Team, columns: &mut [Vec<Goldilocks>]) -> Result<F3, Cancelled> {
    let from = columns.len() - 3;
    let mut totals = [Goldilocks::ZERO; 3];
    for (column, before) in columns[from..].iter_mut().zip(&mut totals) {
        for rows in column.chunks_mut(1 << 14) {
            team.check()?;
            team.spend(rows.len());
            for value in rows {
                let sum = *before + *value;
                *value = *before;
                *before = sum;
            }
        }
    }
    Ok(Cubic(totals))
}

/// The fractions of the helpers as a program: inputs are main and preprocessed columns; outputs are, for each helper, the three coordinates of
/// its numerator and of its denominator.
fn fractions(table: Table, challenges: &Challenges) -> Program {
    let inputs = table.main_width() + table.prep_width();
    let (graph, outputs) = record(inputs, |columns| {
        let (main, prep) = columns.split_at(table.main_width());
        let mut terms = Vec::with_capacity(table.interactions());
        fingerprints::<Symbol>(table, main, prep, challenges, |m, d| terms.push((m, d)));
        let fraction = |pair: &[(Symbol, SymbolExt)]| match *pair {
            [(m1, d1), (m2, d2)] => (d2 * m1 + d1 * m2, d1 * d2),
            _ => (pair[0].0.lift(), pair[0].1),
        };
        terms
            .chunks(2)
            .map(fraction)
            .flat_map(|(numerator, denominator)| numerator.0.0.into_iter().chain(denominator.0.0))
            .collect::<Vec<_>>()
    });
    Program::new(&graph, inputs, &outputs)
}

/// Helpers of some rows, and their sum over the row in the columns of the accumulator. False if a fingerprint is 0.
struct Chunk<'a> {
    trace: &'a Trace,
    program: &'a Program,
    scratch: &'a mut Scratch,
    first: usize,
    out: Vec<&'a mut [Goldilocks]>,
}

impl Kernel for Chunk<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<V: Packed>(mut self) -> bool {
        let rows = self.out[0].len();
        let helpers = self.trace.table.helpers();
        let count = helpers * rows.div_ceil(BLOCK_ROWS) * (BLOCK_ROWS / 8);
        let (mut numerators, mut denominators) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for block in (0..rows).step_by(BLOCK_ROWS) {
            let packs = (rows - block).min(BLOCK_ROWS) / 8;
            for (slot, column) in self.scratch.0.iter_mut().zip(self.trace.columns.iter().chain(&self.trace.prep)) {
                for pack in 0..packs {
                    let at = self.first + block + 8 * pack;
                    slot[pack].0.copy_from_slice(&column[at..at + 8]);
                }
            }
            self.scratch.run::<V>(self.program);
            for pack in 0..packs {
                for outputs in self.program.outputs.chunks_exact(6) {
                    let mut values = [V::ZERO; 6];
                    for i in 0..6 {
                        values[i] = V::load(&self.scratch.0[outputs[i]][pack]);
                    }
                    let [n0, n1, n2, d0, d1, d2] = values;
                    numerators.push(Cubic([n0, n1, n2]));
                    denominators.push(Cubic([d0, d1, d2]));
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

/// Writes an element of the extension to eight rows of three columns.
#[inline(always)]
fn store_rows<V: Packed>(value: Cubic<V>, columns: &mut [&mut [Goldilocks]], first: usize) {
    for k in 0..3 {
        columns[k][first..first + 8].copy_from_slice(&value.0[k].lanes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use field::Simd;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn packed_columns_are_those_computed_row_by_row() {
        let cancel = AtomicBool::new(false);
        let number = |i: u64| Goldilocks::GENERATOR.pow(i);
        let challenges = Challenges::new(Cubic([number(3), number(5), number(7)]), Cubic([number(11), number(13), number(17)]));
        for table in Table::ALL {
            for height in [2, 8, 64, 256] {
                let columns = |from: u64, width: usize| -> Vec<Vec<Goldilocks>> {
                    (0..width as u64).map(|c| (0..height).map(|row| number(from + 1000 * c + row)).collect()).collect()
                };
                let trace = Trace { table, columns: columns(19, table.main_width()), prep: columns(23, table.prep_width()) };
                let expected = air::logup::aux(&trace, &challenges);
                for simd in [Simd::PORTABLE, Simd::detect()] {
                    let team = Team { threads: 2, simd, cancel: &cancel };
                    assert_eq!(aux(&team, &trace, &challenges), Ok(expected.clone()), "{} of {height} rows", table.name());
                }
            }
        }
    }
}
