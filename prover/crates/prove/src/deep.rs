use crate::domain::points;
use crate::matrix::Matrix;
use crate::quotient::repeated;
use crate::team::{Cancelled, Team};
use field::{Cubic, F3, Kernel, Packed, Ring, Row, batch_invert};

/// Positions in one work item.
const CHUNK: usize = 256;

/// Columns of a matrix that are opened at one point.
pub struct Opened<'a> {
    /// The matrix.
    pub matrix: &'a Matrix,
    /// The first of them.
    pub from: usize,
    /// Their claimed values.
    pub values: &'a [F3],
    /// The exponent of delta of the first.
    pub exponent: usize,
}

/// All that is opened at one point.
pub struct Group<'a> {
    /// z.
    pub point: F3,
    /// The columns.
    pub opened: Vec<Opened<'a>>,
}

/// Which positions of D_L a polynomial is computed at: the first 2^(L + extra).
#[derive(Clone, Copy)]
pub struct Extent {
    /// L.
    pub log_height: u32,
    /// b.
    pub blowup: u32,
    /// 0: as many as fix a polynomial below degree N; b: all of them.
    pub extra: u32,
}

/// G (section 4.5): the sum of delta^i (F_i(x) - v_i) / (x - z_i), bit-reversed.
///
/// # Errors
/// When cancelled.
pub fn deep(team: &Team, groups: &[Group], extent: Extent, delta: F3) -> Result<Vec<F3>, Cancelled> {
    let bits = extent.log_height + extent.extra;
    let mut g = team.zeros::<F3>(1 << bits)?;
    let points = points(team, extent.log_height + extent.blowup, bits)?;
    for group in groups {
        let mut claimed = F3::ZERO;
        for opened in &group.opened {
            let powers = powers(delta, opened.exponent, opened.values.len());
            claimed += opened.values.iter().zip(powers).fold(F3::ZERO, |sum, (value, power)| sum + *value * power);
        }
        let sums = combine(team, &group.opened, extent, delta)?;
        let parts = g.chunks_mut(CHUNK).zip(sums.chunks(CHUNK)).zip(points.chunks(CHUNK));
        let scratch = || (Vec::new(), Vec::new());
        team.each_with(parts, scratch, |(inverses, products), ((g, sums), points)| {
            team.spend(4 * points.len());
            inverses.clear();
            inverses.extend(points.iter().map(|x| F3::from(*x) - group.point));
            let invertible = batch_invert(inverses, products);
            debug_assert!(invertible, "z lies outside the domain");
            for ((g, sum), inverse) in g.iter_mut().zip(sums).zip(inverses.iter()) {
                *g += (*sum - claimed) * *inverse;
            }
        })?;
    }
    Ok(g)
}

/// delta^from, delta^(from + 1), ..
fn powers(delta: F3, from: usize, count: usize) -> impl Iterator<Item = F3> {
    std::iter::successors(Some(delta.pow(from as u64)), move |power| Some(*power * delta)).take(count)
}

/// The sum of delta^i F_i, from the smallest tables to the largest by repetition.
fn combine(team: &Team, opened: &[Opened], extent: Extent, delta: F3) -> Result<Vec<F3>, Cancelled> {
    let mut heights: Vec<u32> = opened.iter().map(|opened| opened.matrix.log_height).collect();
    heights.sort_unstable();
    heights.dedup();
    let mut sums: Vec<F3> = Vec::new();
    for height in heights {
        sums = repeated(team, sums, 1 << (height + extent.extra))?;
        let mut terms = Vec::new();
        for opened in opened.iter().filter(|opened| opened.matrix.log_height == height) {
            terms.extend(Term::of(opened, delta));
        }
        team.each(sums.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
            team.spend(3 * terms.len() * out.len());
            team.simd.run(Combine { terms: &terms, first: chunk * CHUNK, out });
        })?;
    }
    repeated(team, sums, 1 << (extent.log_height + extent.extra))
}

/// A tile with the factors of its eight columns (0 for those not opened), one row for each coordinate.
struct Term<'a> {
    tile: &'a [Row],
    factors: [Row; 3],
}

impl<'a> Term<'a> {
    fn of(opened: &Opened<'a>, delta: F3) -> Vec<Self> {
        let end = opened.from + opened.values.len();
        let first = opened.from / 8;
        let tiles = &opened.matrix.tiles[first..end.div_ceil(8)];
        let mut terms: Vec<Self> = tiles.iter().map(|tile| Self { tile, factors: [Row::default(); 3] }).collect();
        for (column, power) in (opened.from..end).zip(powers(delta, opened.exponent, opened.values.len())) {
            let factors = &mut terms[column / 8 - first].factors;
            for k in 0..3 {
                factors[k].0[column % 8] = power.0[k];
            }
        }
        terms
    }
}

/// Adds the terms at some positions.
struct Combine<'a> {
    terms: &'a [Term<'a>],
    first: usize,
    out: &'a mut [F3],
}

impl Combine<'_> {
    #[inline(always)]
    fn position<V: Packed>(&self, position: usize) -> Cubic<V> {
        let mut sum = Cubic::<V>::ZERO;
        for term in self.terms {
            let values = V::load(&term.tile[position]);
            sum += Cubic([V::load(&term.factors[0]) * values, V::load(&term.factors[1]) * values, V::load(&term.factors[2]) * values]);
        }
        sum
    }
}

impl Kernel for Combine<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        for i in 0..self.out.len() {
            let sum = self.position::<V>(self.first + i);
            let [a0, a1, a2] = sum.0;
            self.out[i] += Cubic([a0.horizontal_sum(), a1.horizontal_sum(), a2.horizontal_sum()]);
        }
    }
}
