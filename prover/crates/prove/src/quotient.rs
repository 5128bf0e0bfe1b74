use crate::committed::Committed;
use crate::domain::{bit_reverse, points, shift};
use crate::team::{Cancelled, Team};
use air::{Challenges, Composer};
use field::{Cubic, F3, Goldilocks, Kernel, Packed, Ring, Row, batch_invert};

/// Positions in one work item.
const CHUNK: usize = 512;

/// Q on the first 2N positions of D_L (section 4.5), bit-reversed; `tables` are those present, by ascending id.
///
/// # Errors
/// When cancelled.
pub fn quotient(team: &Team, tables: &[Committed], blowup: u32, log_height: u32, challenges: &Challenges, lambda: F3) -> Result<Vec<F3>, Cancelled> {
    // The running exponent goes through the tables by id, the accumulation through them by height.
    let mut power = F3::ONE;
    let mut order: Vec<(&Committed, F3)> = Vec::new();
    for table in tables {
        order.push((table, power));
        power *= lambda.pow(table.table.all_constraints() as u64);
    }
    order.sort_by_key(|(table, _)| table.log_height());
    let mut sum: Vec<F3> = Vec::new();
    for (table, power) in order {
        let size = 2usize << table.log_height();
        sum = repeated(sum, size);
        let domain = Selectors::new(table.log_height(), blowup);
        let context = Context { table, domain: &domain, challenges, lambda, power };
        team.each(sum.chunks_mut(CHUNK).enumerate(), |(chunk, out)| {
            if out.len() < 8 {
                context.add_plain(out);
            } else {
                team.simd.run(Chunk { context: &context, first: chunk * CHUNK, out });
            }
        })?;
    }
    let mut sum = repeated(sum, 2 << log_height);
    // x^N takes two values on these positions: h_b, and on the second half - h_b.
    let half = sum.len() / 2;
    let inverses = [shift(blowup), -shift(blowup)].map(|x| (x - Goldilocks::ONE).inverse());
    for (half, inverse) in sum.chunks_mut(half).zip(inverses) {
        half.iter_mut().for_each(|value| *value = *value * inverse);
    }
    Ok(sum)
}

/// The values at more positions of the lifted function: position j of the larger vector is position j >> k of the smaller.
pub fn repeated(values: Vec<F3>, size: usize) -> Vec<F3> {
    if values.len() == size {
        return values;
    }
    if values.is_empty() {
        return vec![F3::ZERO; size];
    }
    let times = size / values.len();
    values.iter().flat_map(|value| std::iter::repeat_n(*value, times)).collect()
}

/// Lfirst on the first 2n positions of D_l; Llast is Lfirst one row on.
struct Selectors {
    /// l + 1.
    bits: u32,
    first: Vec<Goldilocks>,
}

impl Selectors {
    fn new(log_height: u32, blowup: u32) -> Self {
        let bits = log_height + 1;
        let n = 1usize << log_height;
        let mut first: Vec<Goldilocks> = points(log_height + blowup, bits).into_iter().map(|y| y - Goldilocks::ONE).collect();
        let invertible = batch_invert(&mut first, &mut Vec::new());
        debug_assert!(invertible, "1 lies on no shifted domain");
        // y^n is h_b on the first half of the positions and - h_b on the second.
        let scale = Goldilocks::new(n as u64).inverse();
        for (half, x) in first.chunks_mut(n).zip([shift(blowup), -shift(blowup)]) {
            let vanishing = (x - Goldilocks::ONE) * scale;
            half.iter_mut().for_each(|value| *value *= vanishing);
        }
        Self { bits, first }
    }

    /// The position of the next row.
    #[inline(always)]
    fn next(&self, position: usize) -> usize {
        bit_reverse((bit_reverse(position, self.bits) + 2) & ((1 << self.bits) - 1), self.bits)
    }
}

struct Context<'a> {
    table: &'a Committed<'a>,
    domain: &'a Selectors,
    challenges: &'a Challenges,
    lambda: F3,
    power: F3,
}

impl Context<'_> {
    /// For tables of fewer than eight positions.
    fn add_plain(&self, out: &mut [F3]) {
        let Committed { table, main, prep, aux, sum } = *self.table;
        let mut power = self.power;
        let composer = Composer::<Goldilocks>::new(table, self.challenges, self.lambda, sum, &mut power);
        for (position, out) in out.iter_mut().enumerate() {
            let row = |matrix: &crate::matrix::Matrix| matrix.row(position).collect::<Vec<_>>();
            let next = self.domain.next(position);
            let acc_next = std::array::from_fn(|k| aux.value(3 * table.helpers() + k, next));
            let (first, last) = (self.domain.first[position], self.domain.first[next]);
            *out += composer.compose(&row(main), &prep.map(row).unwrap_or_default(), &row(aux), &acc_next, first, last);
        }
    }
}

/// Adds the composition of some positions.
struct Chunk<'a> {
    context: &'a Context<'a>,
    first: usize,
    out: &'a mut [F3],
}

impl Kernel for Chunk<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let Context { table: committed, domain, challenges, lambda, power } = *self.context;
        let Committed { table, main, prep, aux, sum } = *committed;
        let mut power = power;
        let composer = Composer::<V>::new(table, challenges, lambda, sum, &mut power);
        let mut main_row = vec![V::ZERO; table.main_width()];
        let mut prep_row = vec![V::ZERO; table.prep_width()];
        let mut aux_row = vec![V::ZERO; table.aux_width()];
        let acc = 3 * table.helpers();
        for (group, out) in self.out.chunks_exact_mut(8).enumerate() {
            let first = self.first + 8 * group;
            main.load(first, &mut main_row);
            aux.load(first, &mut aux_row);
            if let Some(prep) = prep {
                prep.load(first, &mut prep_row);
            }
            let mut next = [0; 8];
            for (lane, next) in next.iter_mut().enumerate() {
                *next = domain.next(first + lane);
            }
            let mut acc_next = [V::ZERO; 3];
            for (k, value) in acc_next.iter_mut().enumerate() {
                let mut row = Row::default();
                for lane in 0..8 {
                    row.0[lane] = aux.value(acc + k, next[lane]);
                }
                *value = V::load(&row);
            }
            let (mut l_first, mut l_last) = (Row::default(), Row::default());
            for lane in 0..8 {
                l_first.0[lane] = domain.first[first + lane];
                l_last.0[lane] = domain.first[next[lane]];
            }
            let value: Cubic<V> = composer.compose(&main_row, &prep_row, &aux_row, &acc_next, V::load(&l_first), V::load(&l_last));
            let lanes = value.0.map(V::lanes);
            for (lane, out) in out.iter_mut().enumerate() {
                *out += Cubic([lanes[0][lane], lanes[1][lane], lanes[2][lane]]);
            }
        }
    }
}
