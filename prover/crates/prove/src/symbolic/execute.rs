use super::Program;
use super::program::Op;
use field::{Packed, Row};

/// Rows that one operation works on.
pub const BLOCK_ROWS: usize = 8 * PACKS;

const PACKS: usize = 4;

/// The value of one slot in [`BLOCK_ROWS`] rows.
pub type Block = [Row; PACKS];

/// The slots of a program.
pub struct Scratch(pub Vec<Block>);

impl Scratch {
    /// Slots for a program.
    pub fn new(program: &Program) -> Self {
        Self(vec![[Row::default(); PACKS]; program.slots])
    }

    /// Runs the operations; the inputs lie in the first slots.
    #[inline(always)]
    pub fn run<V: Packed>(&mut self, program: &Program) {
        let slots = &mut self.0[..];
        // A macro and no closures: what is not inlined into the kernel does not use the vector instructions.
        macro_rules! each {
            ($target:ident, |$i:ident| $value:expr) => {
                for $i in 0..PACKS {
                    let value: V = $value;
                    value.store(&mut slots[$target][$i]);
                }
            };
        }
        for (target, op) in &program.ops {
            let target = usize::from(*target);
            match *op {
                Op::Add(a, b) => each!(target, |i| V::load(&slots[usize::from(a)][i]) + V::load(&slots[usize::from(b)][i])),
                Op::Sub(a, b) => each!(target, |i| V::load(&slots[usize::from(a)][i]) - V::load(&slots[usize::from(b)][i])),
                Op::Mul(a, b) => each!(target, |i| V::load(&slots[usize::from(a)][i]) * V::load(&slots[usize::from(b)][i])),
                Op::AddConstant(a, c) => each!(target, |i| V::load(&slots[usize::from(a)][i]) + V::from(c)),
                Op::SubtractFrom(c, a) => each!(target, |i| V::from(c) - V::load(&slots[usize::from(a)][i])),
                Op::Scale(a, c) => each!(target, |i| V::load(&slots[usize::from(a)][i]) * V::from(c)),
                Op::Set(c) => slots[target] = [Row([c; 8]); PACKS],
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Symbol, record};
    use super::*;
    use field::{Goldilocks, Kernel, Ring, Simd};

    /// A bit of everything, over any ring.
    fn formula<E: Ring>(x: &[E]) -> Vec<E> {
        let [a, b, c] = [x[0], x[1], x[2]];
        let sum = a + b + E::of(5) + E::ZERO;
        let twice = sum * E::of(3) - c * E::ONE - E::of(7);
        vec![twice * (E::of(2) - a), -b, sum, E::of(9), (a + b) - (b + a), a, (a - b) * (a - b) * E::ZERO + twice]
    }

    struct Run<'a>(&'a Program, &'a mut Scratch);

    impl Kernel for Run<'_> {
        type Output = ();

        #[inline(always)]
        fn run<V: Packed>(self) {
            self.1.run::<V>(self.0);
        }
    }

    #[test]
    fn a_program_computes_what_was_recorded() {
        let (graph, outputs) = record(3, formula::<Symbol>);
        let program = Program::new(&graph, 3, &outputs);
        for simd in [Simd::PORTABLE, Simd::detect()] {
            let mut scratch = Scratch::new(&program);
            let input = |column: usize, row: usize| Goldilocks::GENERATOR.pow((column * 1000 + row * 31 + 1) as u64);
            for column in 0..3 {
                scratch.0[column] = std::array::from_fn(|pack| Row(std::array::from_fn(|lane| input(column, 8 * pack + lane))));
            }
            simd.run(Run(&program, &mut scratch));
            for row in 0..BLOCK_ROWS {
                let expected = formula(&[input(0, row), input(1, row), input(2, row)]);
                let found: Vec<_> = program.outputs.iter().map(|slot| scratch.0[*slot][row / 8].0[row % 8]).collect();
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn values_are_computed_once_and_slots_are_used_again() {
        let (graph, outputs) = record(2, |x| {
            let mut power = x[0] * x[1];
            for _ in 0..50 {
                power = power * power + x[1] * x[0];
            }
            vec![power]
        });
        let program = Program::new(&graph, 2, &outputs);
        assert_eq!(program.ops.len(), 101, "the product is computed once");
        assert!(program.slots <= 4);
    }
}
