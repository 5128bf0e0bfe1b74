use super::butterfly::{forward2, forward4, inverse2, inverse4, quarters};
use super::{Quad, Twiddles};
use crate::team::{Cancelled, Team};
use field::{Goldilocks, Kernel, Packed, Row};

/// Blocks up to this many rows (16 KiB, half a first-level cache) are transformed level by level; larger ones by quarters.
const LEAF: usize = 256;

/// Rows of one pass between two looks at the cancellation.
const PASS: usize = 1 << 14;

/// The quarters of a block, a few rows of all four at a time.
fn rows4(block: &mut [Row]) -> impl Iterator<Item = [&mut [Row]; 4]> {
    let [q0, q1, q2, q3] = quarters(block).map(|quarter| quarter.chunks_mut(PASS / 4));
    q0.zip(q1).zip(q2.zip(q3)).map(|((a, b), (c, d))| [a, b, c, d])
}

/// The halves of a block, a few rows of both at a time.
fn rows2(block: &mut [Row]) -> impl Iterator<Item = [&mut [Row]; 2]> {
    let (low, high) = block.split_at_mut(block.len() / 2);
    low.chunks_mut(PASS / 2).zip(high.chunks_mut(PASS / 2)).map(|(a, b)| [a, b])
}

/// One pass over a block by quarters; stops between rows when cancelled.
fn pass4(team: &Team, block: &mut [Row], mut work: impl FnMut([&mut [Row]; 4])) {
    for rows in rows4(block) {
        if team.cancelled() {
            return;
        }
        team.spend(4 * rows[0].len());
        work(rows);
    }
}

/// One pass over a block by halves; stops between rows when cancelled.
fn pass2(team: &Team, block: &mut [Row], mut work: impl FnMut([&mut [Row]; 2])) {
    for rows in rows2(block) {
        if team.cancelled() {
            return;
        }
        team.spend(2 * rows[0].len());
        work(rows);
    }
}

/// From 2^j coefficients (lowest first) to the values on the part of a shifted domain below block `block` of level `level`, bit-reversed, in
/// place. Level 0 is the whole of D_j; chunk m of the extension of a table to D_(j+b) is block m of level b.
///
/// Returns early, leaving anything, when the run is cancelled.
pub fn forward(team: &Team, twiddles: &Twiddles, data: &mut [Row], level: usize, block: usize) {
    debug_assert!(data.len().is_power_of_two());
    if data.len().trailing_zeros().is_multiple_of(2) {
        forward_even(team, twiddles, data, level, block);
        return;
    }
    let w = twiddles.halving(level, block);
    pass2(team, data, |halves| team.simd.run(Forward2(halves, w)));
    let half = data.len() / 2;
    for (i, part) in data.chunks_mut(half).enumerate() {
        forward_even(team, twiddles, part, level + 1, 2 * block + i);
    }
}

fn forward_even(team: &Team, twiddles: &Twiddles, data: &mut [Row], level: usize, block: usize) {
    if data.len() <= LEAF {
        team.spend(data.len());
        team.simd.run(ForwardLeaf { data, twiddles, level, block });
    } else if !team.cancelled() {
        let quad = &twiddles.coset(level)[block];
        pass4(team, data, |quarters| team.simd.run(Forward4(quarters, quad)));
        let quarter = data.len() / 4;
        for (i, part) in data.chunks_mut(quarter).enumerate() {
            forward_even(team, twiddles, part, level + 2, 4 * block + i);
        }
    }
}

/// From 2^j values on <omega_j>, bit-reversed, to 2^j times the coefficients, in place. Values on a shifted domain give coefficient i times
/// the shift's i-th power.
///
/// Returns early, leaving anything, when the run is cancelled.
pub fn inverse(team: &Team, twiddles: &Twiddles, data: &mut [Row]) {
    debug_assert!(data.len().is_power_of_two());
    if data.len().trailing_zeros().is_multiple_of(2) {
        inverse_even(team, twiddles, data, 0);
        return;
    }
    let half = data.len() / 2;
    for (i, part) in data.chunks_mut(half).enumerate() {
        inverse_even(team, twiddles, part, i);
    }
    pass2(team, data, |halves| team.simd.run(Inverse2(halves)));
}

/// As [`inverse`], for one tile on all threads.
///
/// # Errors
/// When cancelled.
pub fn inverse_alone(team: &Team, twiddles: &Twiddles, data: &mut [Row]) -> Result<(), Cancelled> {
    if data.len() <= LEAF {
        inverse(team, twiddles, data);
        return team.check();
    }
    let even = data.len().trailing_zeros().is_multiple_of(2);
    let parts = if even { 4 } else { 8 };
    let size = data.len() / parts;
    team.each(data.chunks_mut(size).enumerate(), |(i, part)| inverse_even(team, twiddles, part, i))?;
    let quads = twiddles.plain_inverse();
    let blocks = if even { 1 } else { 2 };
    for (block, quad) in data.chunks_mut(size * parts / blocks).zip(quads) {
        team.each(rows4(block), |rows| {
            team.spend(PASS);
            team.simd.run(Inverse4(rows, quad));
        })?;
    }
    if !even {
        team.each(rows2(data), |rows| {
            team.spend(PASS);
            team.simd.run(Inverse2(rows));
        })?;
    }
    team.check()
}

fn inverse_even(team: &Team, twiddles: &Twiddles, data: &mut [Row], block: usize) {
    if data.len() <= LEAF {
        team.spend(data.len());
        team.simd.run(InverseLeaf { data, quads: twiddles.plain_inverse(), block });
    } else if !team.cancelled() {
        let quarter = data.len() / 4;
        for (i, part) in data.chunks_mut(quarter).enumerate() {
            inverse_even(team, twiddles, part, 4 * block + i);
        }
        let quad = &twiddles.plain_inverse()[block];
        pass4(team, data, |quarters| team.simd.run(Inverse4(quarters, quad)));
    }
}

struct Forward2<'a>([&'a mut [Row]; 2], Goldilocks);

impl Kernel for Forward2<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        forward2::<V>(self.0, self.1);
    }
}

struct Forward4<'a>([&'a mut [Row]; 4], &'a Quad);

impl Kernel for Forward4<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        forward4::<V>(self.0, self.1);
    }
}

struct ForwardLeaf<'a> {
    data: &'a mut [Row],
    twiddles: &'a Twiddles,
    level: usize,
    block: usize,
}

impl Kernel for ForwardLeaf<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let (mut level, mut first, mut size) = (self.level, self.block, self.data.len());
        while size >= 4 {
            let quads = &self.twiddles.coset(level)[first..];
            for (block, quad) in self.data.chunks_exact_mut(size).zip(quads) {
                forward4::<V>(quarters(block), quad);
            }
            level += 2;
            first *= 4;
            size /= 4;
        }
    }
}

struct Inverse2<'a>([&'a mut [Row]; 2]);

impl Kernel for Inverse2<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        inverse2::<V>(self.0);
    }
}

struct Inverse4<'a>([&'a mut [Row]; 4], &'a Quad);

impl Kernel for Inverse4<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        inverse4::<V>(self.0, self.1);
    }
}

struct InverseLeaf<'a> {
    data: &'a mut [Row],
    quads: &'a [Quad],
    block: usize,
}

impl Kernel for InverseLeaf<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let mut size = 4;
        while size <= self.data.len() {
            let first = self.block * (self.data.len() / size);
            for (block, quad) in self.data.chunks_exact_mut(size).zip(&self.quads[first..]) {
                inverse4::<V>(quarters(block), quad);
            }
            size *= 4;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{bit_reverse, omega, shift};
    use field::{Ring, Simd};
    use std::sync::atomic::AtomicBool;

    fn horner(coefficients: &[Row], column: usize, x: Goldilocks) -> Goldilocks {
        coefficients.iter().rev().fold(Goldilocks::ZERO, |sum, row| sum * x + row.0[column])
    }

    fn coefficients(n: usize) -> Vec<Row> {
        (0..n as u64).map(|i| Row(std::array::from_fn(|c| Goldilocks::GENERATOR.pow(8 * i + c as u64 + 1)))).collect()
    }

    #[test]
    fn values_on_the_shifted_domains_are_those_of_horner() {
        let cancel = AtomicBool::new(false);
        let twiddles = Twiddles::new(&Team { threads: 2, simd: Simd::PORTABLE, cancel: &cancel }, 12).unwrap();
        for simd in [Simd::PORTABLE, Simd::detect()] {
            let team = Team { threads: 1, simd, cancel: &cancel };
            for log_size in 0..=12u32 {
                let start = coefficients(1 << log_size);
                let mut data = start.clone();
                forward(&team, &twiddles, &mut data, 0, 0);
                let stride = if log_size > 8 { 97 } else { 1 };
                for j in (0..data.len()).step_by(stride) {
                    let x = shift(log_size) * omega(log_size).pow(bit_reverse(j, log_size) as u64);
                    for column in 0..8 {
                        assert_eq!(data[j].0[column], horner(&start, column, x), "2^{log_size}, position {j}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_inverse_finds_the_coefficients() {
        let cancel = AtomicBool::new(false);
        let twiddles = Twiddles::new(&Team { threads: 2, simd: Simd::PORTABLE, cancel: &cancel }, 12).unwrap();
        for simd in [Simd::PORTABLE, Simd::detect()] {
            let team = Team { threads: 1, simd, cancel: &cancel };
            for log_size in 0..=12u32 {
                let n = 1usize << log_size;
                let start = coefficients(n);
                let mut data = start.clone();
                forward(&team, &twiddles, &mut data, 0, 0);
                let mut alone = data.clone();
                inverse(&team, &twiddles, &mut data);
                inverse_alone(&Team { threads: 3, ..team }, &twiddles, &mut alone).unwrap();
                assert_eq!(alone, data);
                let (scale, back) = (Goldilocks::new(n as u64).inverse(), shift(log_size).inverse());
                for (i, (found, expected)) in data.iter().zip(&start).enumerate() {
                    assert_eq!(found.0.map(|x| x * scale * back.pow(i as u64)), expected.0, "2^{log_size}, coefficient {i}");
                }
            }
        }
    }

    #[test]
    fn a_part_of_a_domain_is_a_block_of_its_level() {
        let cancel = AtomicBool::new(false);
        let twiddles = Twiddles::new(&Team { threads: 2, simd: Simd::PORTABLE, cancel: &cancel }, 10).unwrap();
        let team = Team { threads: 1, simd: Simd::detect(), cancel: &cancel };
        for (log_size, blowup) in [(0, 1), (1, 2), (7, 2), (8, 2), (6, 4)] {
            let n = 1usize << log_size;
            let start = coefficients(n);
            let mut whole = start.clone();
            whole.resize(n << blowup, Row::default());
            forward(&team, &twiddles, &mut whole, 0, 0);
            for (m, chunk) in whole.chunks(n).enumerate() {
                let mut part = start.clone();
                forward(&team, &twiddles, &mut part, blowup, m);
                assert_eq!(part, chunk, "2^{log_size}, block {m}");
            }
        }
    }
}
