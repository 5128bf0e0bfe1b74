use crate::committed::Committed;
use crate::domain::{bit_reverse, points, shift};
use crate::symbolic::{BLOCK_ROWS, Block, Program, Scratch, Symbol, record};
use crate::team::{Cancelled, Team};
use air::{Challenges, Composer, Table};
use field::{Cubic, F3, Goldilocks, Kernel, Packed, Ring, batch_invert};

/// Positions in one work item of little work each.
const PLAIN: usize = 1 << 12;

/// Positions in one work item.
const CHUNK: usize = 128;

/// Q on the first 2N positions of D_L (section 4.5), bit-reversed; `tables` are those present, by ascending id. `done` is told of how many
/// positions of which table each chunk was.
///
/// # Errors
/// When cancelled.
pub fn quotient(
    team: &Team,
    tables: &[Committed],
    blowup: u32,
    log_height: u32,
    challenges: &Challenges,
    lambda: F3,
    done: impl Fn(Table, u64) + Sync,
) -> Result<Vec<F3>, Cancelled> {
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
        sum = repeated(team, sum, size)?;
        let domain = Selectors::new(team, table.log_height(), blowup)?;
        let program = composition(table.table, challenges, lambda, table.sum, power);
        let context = Context { table, domain: &domain, program: &program };
        let scratch = || Scratch::new(&program);
        team.each_with(sum.chunks_mut(CHUNK).enumerate(), scratch, |scratch, (chunk, out)| {
            let rows = out.len();
            team.spend(program.ops.len() * rows.div_ceil(8));
            team.simd.run(Chunk { context: &context, scratch, first: chunk * CHUNK, out });
            done(table.table, rows as u64);
        })?;
    }
    let mut sum = repeated(team, sum, 2 << log_height)?;
    // x^N takes two values on these positions: h_b, and on the second half - h_b.
    let half = sum.len() / 2;
    let inverses = [shift(blowup), -shift(blowup)].map(|x| (x - Goldilocks::ONE).inverse());
    for (half, inverse) in sum.chunks_mut(half).zip(inverses) {
        team.each(half.chunks_mut(PLAIN), |part| {
            team.spend(part.len());
            part.iter_mut().for_each(|value| *value = *value * inverse);
        })?;
    }
    Ok(sum)
}

/// The values at more positions of the lifted function: position j of the larger vector is position j >> k of the smaller.
///
/// # Errors
/// When cancelled.
pub fn repeated(team: &Team, values: Vec<F3>, size: usize) -> Result<Vec<F3>, Cancelled> {
    if values.len() == size {
        return Ok(values);
    }
    let mut all = team.zeros(size)?;
    if !values.is_empty() {
        let times = size / values.len();
        team.each(all.chunks_mut(PLAIN).enumerate(), |(chunk, out)| {
            team.spend(out.len());
            out.iter_mut().enumerate().for_each(|(i, out)| *out = values[(chunk * PLAIN + i) / times]);
        })?;
    }
    Ok(all)
}

/// Lfirst on the first 2n positions of D_l; Llast is Lfirst one row on.
struct Selectors {
    /// l + 1.
    bits: u32,
    first: Vec<Goldilocks>,
}

impl Selectors {
    fn new(team: &Team, log_height: u32, blowup: u32) -> Result<Self, Cancelled> {
        let bits = log_height + 1;
        let n = 1usize << log_height;
        let mut first = points(team, log_height + blowup, bits)?;
        // y^n is h_b on the first half of the positions and - h_b on the second.
        let scale = Goldilocks::new(n as u64).inverse();
        for (half, x) in first.chunks_mut(n).zip([shift(blowup), -shift(blowup)]) {
            let vanishing = (x - Goldilocks::ONE) * scale;
            team.each_with(half.chunks_mut(PLAIN), Vec::new, |products, part| {
                team.spend(part.len());
                part.iter_mut().for_each(|y| *y -= Goldilocks::ONE);
                let invertible = batch_invert(part, products);
                debug_assert!(invertible, "1 lies on no shifted domain");
                part.iter_mut().for_each(|value| *value *= vanishing);
            })?;
        }
        Ok(Self { bits, first })
    }

    /// The position of the next row.
    #[inline(always)]
    fn next(&self, position: usize) -> usize {
        bit_reverse((bit_reverse(position, self.bits) + 2) & ((1 << self.bits) - 1), self.bits)
    }
}

/// The composition of a table as a program: inputs are main, preprocessed and aux columns, the next row's accumulator, Lfirst and Llast;
/// outputs are the three coordinates.
fn composition(table: Table, challenges: &Challenges, lambda: F3, sum: F3, mut power: F3) -> Program {
    let (main, prep, aux) = (table.main_width(), table.prep_width(), table.aux_width());
    let inputs = main + prep + aux + 5;
    let (graph, outputs) = record(inputs, |columns| {
        let (main, rest) = columns.split_at(main);
        let (prep, rest) = rest.split_at(prep);
        let (aux, rest) = rest.split_at(aux);
        let composer = Composer::<Symbol>::new(table, challenges, lambda, sum, &mut power);
        composer.compose(main, prep, aux, &[rest[0], rest[1], rest[2]], rest[3], rest[4]).0.0
    });
    Program::new(&graph, inputs, &outputs)
}

struct Context<'a> {
    table: &'a Committed<'a>,
    domain: &'a Selectors,
    program: &'a Program,
}

/// Adds the composition at some positions.
struct Chunk<'a> {
    context: &'a Context<'a>,
    scratch: &'a mut Scratch,
    first: usize,
    out: &'a mut [F3],
}

impl Kernel for Chunk<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Packed>(self) {
        let Context { table: committed, domain, program } = *self.context;
        let Committed { table, main, prep, aux, .. } = *committed;
        let (prep_at, aux_at) = (table.main_width(), table.main_width() + table.prep_width());
        let next_at = aux_at + table.aux_width();
        let acc = 3 * table.helpers();
        for (block, out) in self.out.chunks_mut(BLOCK_ROWS).enumerate() {
            let block_first = self.first + BLOCK_ROWS * block;
            let slots = &mut self.scratch.0;
            for pack in 0..out.len().div_ceil(8) {
                let first = block_first + 8 * pack;
                if out.len() < 8 {
                    load_few(committed, out.len(), slots);
                } else {
                    main.load::<V>(first, &mut slots[..prep_at], pack);
                    aux.load::<V>(first, &mut slots[aux_at..next_at], pack);
                    if let Some(prep) = prep {
                        prep.load::<V>(first, &mut slots[prep_at..aux_at], pack);
                    }
                }
                for lane in 0..8.min(out.len()) {
                    let next = domain.next(first + lane);
                    for k in 0..3 {
                        slots[next_at + k][pack].0[lane] = aux.value(acc + k, next);
                    }
                    slots[next_at + 3][pack].0[lane] = domain.first[first + lane];
                    slots[next_at + 4][pack].0[lane] = domain.first[next];
                }
            }
            self.scratch.run::<V>(program);
            let result = |k: usize, i: usize| self.scratch.0[program.outputs[k]][i / 8].0[i % 8];
            for (i, out) in out.iter_mut().enumerate() {
                *out += Cubic([result(0, i), result(1, i), result(2, i)]);
            }
        }
    }
}

/// Loads a table of fewer than eight positions.
fn load_few(committed: &Committed, positions: usize, slots: &mut [Block]) {
    let matrices = [Some(committed.main), committed.prep, Some(committed.aux)];
    for position in 0..positions {
        let row = matrices.into_iter().flatten().flat_map(|matrix| matrix.row(position));
        for (slot, value) in slots.iter_mut().zip(row) {
            slot[0].0[position] = value;
        }
    }
}
