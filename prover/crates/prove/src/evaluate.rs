use crate::domain::{points, shift};
use crate::matrix::Matrix;
use crate::team::{Cancelled, Team};
use field::{Cubic, F3, Goldilocks, Kernel, Packed, Ring, Row, batch_invert};
use std::collections::BTreeMap;

/// Rows of one batch inversion or one pass between two looks at the cancellation.
const CHUNK: usize = 4096;

/// Values of lifted columns at one point z (section 4.5): a table of height 2^l is evaluated at z^(2^(L-l)), from its first 2^l positions.
pub struct Point {
    /// The barycentric weights of every height that occurs.
    weights: BTreeMap<u32, Vec<F3>>,
}

impl Point {
    /// For the point `z` of a segment with L = `log_height`, and tables of the given heights.
    ///
    /// # Errors
    /// When cancelled.
    pub fn new(team: &Team, z: F3, log_height: u32, blowup: u32, heights: impl IntoIterator<Item = u32>) -> Result<Self, Cancelled> {
        let mut weights = BTreeMap::new();
        for l in heights {
            if let std::collections::btree_map::Entry::Vacant(entry) = weights.entry(l) {
                let y = (l..log_height).fold(z, |y, _| y * y);
                entry.insert(barycentric(team, y, l, blowup)?);
            }
        }
        Ok(Self { weights })
    }

    /// The values of all columns of some matrices, in order.
    ///
    /// # Errors
    /// When cancelled.
    pub fn evaluate(&self, team: &Team, matrices: &[&Matrix]) -> Result<Vec<F3>, Cancelled> {
        let mut values: Vec<Vec<F3>> = matrices.iter().map(|matrix| vec![F3::ZERO; matrix.tiles.len() * 8]).collect();
        let mut jobs = Vec::new();
        for (matrix, values) in matrices.iter().zip(&mut values) {
            let weights = &self.weights[&matrix.log_height];
            jobs.extend(matrix.tiles.iter().zip(values.chunks_mut(8)).map(|(tile, out)| (tile, weights, out)));
        }
        jobs.sort_by_key(|(_, weights, _)| std::cmp::Reverse(weights.len()));
        team.each(jobs, |(tile, weights, out)| {
            for (rows, weights) in tile.chunks(CHUNK).zip(weights.chunks(CHUNK)) {
                if team.cancelled() {
                    return;
                }
                team.spend(3 * rows.len());
                for (out, value) in out.iter_mut().zip(team.simd.run(WeightedSum { rows, weights })) {
                    *out += value;
                }
            }
        })?;
        for (matrix, values) in matrices.iter().zip(&mut values) {
            values.truncate(matrix.width);
        }
        Ok(values.concat())
    }

    /// The values of columns `from` .. `from` + 2 of a matrix.
    ///
    /// # Errors
    /// When cancelled.
    pub fn evaluate_three(&self, team: &Team, matrix: &Matrix, from: usize) -> Result<[F3; 3], Cancelled> {
        let weights = &self.weights[&matrix.log_height];
        let mut sums = [F3::ZERO; 3];
        for (k, sum) in sums.iter_mut().enumerate() {
            let (tile, column) = (&matrix.tiles[(from + k) / 8], (from + k) % 8);
            for (rows, weights) in tile.chunks(CHUNK).zip(weights.chunks(CHUNK)) {
                team.check()?;
                team.spend(rows.len());
                for (row, weight) in rows.iter().zip(weights) {
                    *sum += *weight * row.0[column];
                }
            }
        }
        Ok(sums)
    }
}

/// The weights w_j with f(y) = sum w_j f(x_j) for polynomials below degree n = 2^l, x_j the first n positions of D_l: x_j^n = h_b, so
/// w_j = (y^n - h_b) / (n h_b) * x_j / (y - x_j).
fn barycentric(team: &Team, y: F3, l: u32, blowup: u32) -> Result<Vec<F3>, Cancelled> {
    let n = 1usize << l;
    let constant = shift(blowup);
    let points = points(team, l + blowup, l)?;
    let power = (0..l).fold(y, |power, _| power * power);
    let scale = (power - F3::from(constant)) * (Goldilocks::new(n as u64) * constant).inverse();
    let mut weights = team.zeros::<F3>(n)?;
    team.each_with(weights.chunks_mut(CHUNK).zip(points.chunks(CHUNK)), Vec::new, |products, (out, points)| {
        team.spend(4 * points.len());
        for (out, x) in out.iter_mut().zip(points) {
            *out = y - F3::from(*x);
        }
        let invertible = batch_invert(out, products);
        debug_assert!(invertible, "y lies outside the domain");
        for (out, x) in out.iter_mut().zip(points) {
            *out = *out * scale * *x;
        }
    })?;
    Ok(weights)
}

/// The sum of rows times weights, column by column.
struct WeightedSum<'a> {
    rows: &'a [Row],
    weights: &'a [F3],
}

impl Kernel for WeightedSum<'_> {
    type Output = [F3; 8];

    #[inline(always)]
    fn run<V: Packed>(self) -> [F3; 8] {
        let mut sum = Cubic::<V>::ZERO;
        for (row, weight) in self.rows.iter().zip(self.weights) {
            sum += V::broadcast(*weight) * V::load(row);
        }
        let lanes = sum.0.map(V::lanes);
        std::array::from_fn(|i| Cubic([lanes[0][i], lanes[1][i], lanes[2][i]]))
    }
}
