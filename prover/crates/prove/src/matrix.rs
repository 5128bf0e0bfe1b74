use crate::domain::bit_reverse;
use crate::ntt::{Twiddles, forward, inverse, inverse_alone};
use crate::symbolic::Block;
use crate::team::{Cancelled, Team};
use field::{Goldilocks, Kernel, Packed, Ring, Row};
use proto::Rows;

/// The low-degree extension of the columns of one table: their values on D_l (section 4.2), bit-reversed, in tiles of eight columns.
pub struct Matrix {
    /// l: the table has 2^l rows.
    pub log_height: u32,
    /// Columns; the last tile is filled up with zero columns.
    pub width: usize,
    /// `tiles[t][j]`: columns 8t .. 8t + 7 at position j < 2^(l+b).
    pub tiles: Vec<Vec<Row>>,
}

impl Matrix {
    /// An extension not yet computed.
    pub fn empty(log_height: u32, width: usize) -> Self {
        Self { log_height, width, tiles: vec![Vec::new(); width.div_ceil(8)] }
    }

    /// The value of a column at a position.
    pub fn value(&self, column: usize, position: usize) -> Goldilocks {
        self.tiles[column / 8][position].0[column % 8]
    }

    /// The columns at a position.
    pub fn row(&self, position: usize) -> impl Iterator<Item = Goldilocks> + '_ {
        (0..self.width).map(move |column| self.value(column, position))
    }

    /// The columns at positions `first` .. `first` + 7: row c of pack `pack` in `out` is column c at these positions.
    #[inline(always)]
    pub fn load<V: Packed>(&self, first: usize, out: &mut [Block], pack: usize) {
        for (tile, out) in self.tiles.iter().zip(out.chunks_mut(8)) {
            let rows: &[Row] = &tile[first..first + 8];
            let mut values = [V::ZERO; 8];
            for i in 0..8 {
                values[i] = V::load(&rows[i]);
            }
            let transposed = V::transpose(values);
            for (block, value) in out.iter_mut().zip(transposed) {
                value.store(&mut block[pack]);
            }
        }
    }
}

impl Rows for Matrix {
    fn width(&self) -> usize {
        self.width
    }

    fn get(&self, row: usize, column: usize) -> u64 {
        self.value(column, row).value()
    }

    fn eight(&self, first: usize, column: usize) -> [u64; 8] {
        let rows = &self.tiles[column / 8][first..first + 8];
        std::array::from_fn(|lane| rows[lane].0[column % 8].value())
    }
}

/// One tile to compute: eight columns or fewer of a table on its trace domain, each of 2^l values.
struct Job<'a> {
    columns: &'a [Vec<Goldilocks>],
    log_height: u32,
    tile: &'a mut Vec<Row>,
}

/// Extends tables from their trace domains, the largest first. `tables` are columns of 2^l values each; `done` is told l after every tile.
///
/// # Errors
/// When cancelled.
pub fn extend(
    team: &Team,
    twiddles: &Twiddles,
    blowup: u32,
    tables: &[&[Vec<Goldilocks>]],
    done: impl Fn(u32) + Sync,
) -> Result<Vec<Matrix>, Cancelled> {
    let height = |columns: &[Vec<Goldilocks>]| columns.first().map_or(0, |column| column.len().trailing_zeros());
    let mut matrices: Vec<Matrix> = tables.iter().map(|columns| Matrix::empty(height(columns), columns.len())).collect();
    let mut jobs: Vec<Job> = Vec::new();
    for (matrix, columns) in matrices.iter_mut().zip(tables) {
        let log_height = matrix.log_height;
        jobs.extend(columns.chunks(8).zip(&mut matrix.tiles).map(|(columns, tile)| Job { columns, log_height, tile }));
    }
    jobs.sort_by_key(|job| std::cmp::Reverse(job.log_height));
    team.each(jobs, |job| {
        // Cut short, the tile stays empty; that the run was cancelled is found out below.
        if let Ok(data) = tile(team, twiddles, blowup, &job) {
            *job.tile = data;
            done(job.log_height);
        }
    })?;
    Ok(matrices)
}

/// One tile on its domain.
fn tile(team: &Team, twiddles: &Twiddles, blowup: u32, job: &Job) -> Result<Vec<Row>, Cancelled> {
    let n = 1usize << job.log_height;
    let mut data = Vec::with_capacity(n << blowup);
    while data.len() < n {
        team.check()?;
        team.spend(GATHER_ROWS);
        data.resize(n.min(data.len() + GATHER_ROWS), Row::default());
    }
    for first in (0..n).step_by(GATHER_ROWS) {
        team.check()?;
        team.spend(GATHER_ROWS.min(n));
        team.simd.run(Gather { columns: job.columns, out: &mut data, first, log_height: job.log_height });
    }
    inverse(team, twiddles, &mut data);
    let first = Goldilocks::new(n as u64).inverse();
    for data in data.chunks_mut(GATHER_ROWS) {
        team.check()?;
        team.spend(data.len());
        team.simd.run(Scale { data, first, ratio: Goldilocks::ONE });
    }
    repeat(team, &mut data, blowup)?;
    for (block, data) in data.chunks_mut(n).enumerate() {
        forward(team, twiddles, data, blowup as usize, block);
    }
    team.check()?;
    Ok(data)
}

/// The rows 2^blowup times, one behind the other.
fn repeat(team: &Team, data: &mut Vec<Row>, blowup: u32) -> Result<(), Cancelled> {
    let n = data.len();
    data.reserve_exact((n << blowup) - n);
    while data.len() < n << blowup {
        team.check()?;
        let from = data.len() % n;
        let count = GATHER_ROWS.min(n - from);
        team.spend(count);
        data.extend_from_within(from..from + count);
    }
    Ok(())
}

/// From 2^l coefficients to the values on D_l, one tile on all threads.
///
/// # Errors
/// When cancelled.
pub fn spread_alone(team: &Team, twiddles: &Twiddles, data: &mut Vec<Row>, blowup: u32) -> Result<(), Cancelled> {
    let n = data.len();
    repeat(team, data, blowup)?;
    team.each(data.chunks_mut(n).enumerate(), |(block, data)| forward(team, twiddles, data, blowup as usize, block))
}

/// From values on the coset `shift` <omega_j>, bit-reversed, to coefficients, in place, on all threads.
///
/// # Errors
/// When cancelled.
pub fn interpolate(team: &Team, twiddles: &Twiddles, data: &mut [Row], shift: Goldilocks) -> Result<(), Cancelled> {
    inverse_alone(team, twiddles, data)?;
    let scale = Goldilocks::new(data.len() as u64).inverse();
    let ratio = shift.inverse();
    team.each(data.chunks_mut(GATHER_ROWS).enumerate(), |(chunk, data)| {
        let first = scale * ratio.pow((chunk * GATHER_ROWS) as u64);
        team.spend(data.len());
        team.simd.run(Scale { data, first, ratio });
    })
}

/// Rows gathered between two looks at the cancellation.
const GATHER_ROWS: usize = 1 << 14;

/// Rows of a tile, in bit-reversed order, from the rows `first` .. `first` + [`GATHER_ROWS`] of columns in natural order.
struct Gather<'a> {
    columns: &'a [Vec<Goldilocks>],
    out: &'a mut [Row],
    first: usize,
    log_height: u32,
}

impl Kernel for Gather<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let n = self.out.len();
        if n < 8 {
            for (c, column) in self.columns.iter().enumerate() {
                for (i, value) in column.iter().enumerate() {
                    self.out[bit_reverse(i, self.log_height)].0[c] = *value;
                }
            }
            return;
        }
        let low: [usize; 8] = std::array::from_fn(|i| bit_reverse(i, self.log_height));
        for first in (self.first..n.min(self.first + GATHER_ROWS)).step_by(8) {
            let mut lanes = [V::ZERO; 8];
            for (lane, column) in lanes.iter_mut().zip(self.columns) {
                let eight: [Goldilocks; 8] = column[first..first + 8].try_into().expect("eight values");
                *lane = V::load(&Row(eight));
            }
            let rows = V::transpose(lanes);
            let base = bit_reverse(first, self.log_height);
            for i in 0..8 {
                rows[i].store(&mut self.out[base | low[i]]);
            }
        }
    }
}

/// Multiplies row i by first * ratio^i.
struct Scale<'a> {
    data: &'a mut [Row],
    first: Goldilocks,
    ratio: Goldilocks,
}

impl Kernel for Scale<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let mut factor = self.first;
        for row in self.data {
            (V::load(row) * factor).store(row);
            factor *= self.ratio;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{omega, shift};
    use field::Simd;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn an_extension_takes_the_values_of_the_interpolated_polynomial() {
        let cancel = AtomicBool::new(false);
        let twiddles = Twiddles::new(&Team { threads: 1, simd: Simd::PORTABLE, cancel: &cancel }, 9).unwrap();
        let column = |l: u32, c: u64| -> Vec<Goldilocks> { (0..1 << l).map(|i| Goldilocks::new(i * i * i + 5 * c + 1)).collect() };
        let tables: Vec<Vec<Vec<Goldilocks>>> =
            [(0u32, 3), (1, 1), (2, 9), (5, 17)].map(|(l, width)| (0..width).map(|c| column(l, c)).collect()).to_vec();
        let views: Vec<&[Vec<Goldilocks>]> = tables.iter().map(Vec::as_slice).collect();
        for simd in [Simd::PORTABLE, Simd::detect()] {
            for blowup in [1, 2, 4] {
                let team = Team { threads: 2, simd, cancel: &cancel };
                let matrices = extend(&team, &twiddles, blowup, &views, |_| ()).unwrap();
                for (matrix, columns) in matrices.iter().zip(&tables) {
                    let (l, k) = (matrix.log_height, matrix.log_height + blowup);
                    for position in 0..1usize << k {
                        let x = shift(k) * omega(k).pow(bit_reverse(position, k) as u64);
                        let row: Vec<_> = matrix.row(position).collect();
                        assert_eq!(row.len(), columns.len());
                        for (column, value) in columns.iter().zip(row) {
                            assert_eq!(value, lagrange(column, x, l));
                        }
                    }
                }
            }
        }
    }

    /// The value at x of the polynomial through `values` on <omega_l>.
    fn lagrange(values: &[Goldilocks], x: Goldilocks, l: u32) -> Goldilocks {
        let n = values.len() as u64;
        let scale = (x.pow(n) - Goldilocks::ONE) * Goldilocks::new(n).inverse();
        let terms = values.iter().enumerate().map(|(i, &value)| {
            let root = omega(l).pow(i as u64);
            value * root * (x - root).inverse()
        });
        scale * terms.fold(Goldilocks::ZERO, |sum, term| sum + term)
    }

    #[test]
    fn interpolation_undoes_the_extension() {
        let cancel = AtomicBool::new(false);
        let team = Team { threads: 1, simd: Simd::detect(), cancel: &cancel };
        let twiddles = Twiddles::new(&team, 8).unwrap();
        let coefficients: Vec<Row> = (0..64u64).map(|i| Row([Goldilocks::new(i * i + 3); 8])).collect();
        let mut data = coefficients.clone();
        spread_alone(&team, &twiddles, &mut data, 2).unwrap();
        assert_eq!(data.len(), 256);
        interpolate(&team, &twiddles, &mut data[..64], shift(8)).unwrap();
        assert_eq!(data[..64], coefficients);
    }
}
