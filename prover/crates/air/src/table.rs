use crate::chips::{arith, bit, cpu, intab, lut, mem, memb, memx, mtrap, rom};
use crate::{Sink, Step, Trace};
use isa::Op;

/// A table of the proof; the number is its id (section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Table {
    /// Control flow, additions, comparisons, globals, tapes.
    Cpu = 0,
    /// Loads and stores inside one cell.
    Mem = 1,
    /// Multiplication, division, shifts.
    Arith = 2,
    /// AND, OR, XOR.
    Bit = 3,
    /// First and last values of every touched address.
    Memb = 4,
    /// The input tape.
    Intab = 5,
    /// The program.
    Rom = 6,
    /// Ranges, signs, bytes, powers.
    Lut = 7,
    /// Loads and stores across two cells.
    Memx = 8,
    /// Loads and stores out of bounds.
    Mtrap = 9,
}

/// The numbers of section 3.3 for one table.
struct Shape {
    name: &'static str,
    main: usize,
    prep: &'static [&'static str],
    interactions: usize,
    constraints: usize,
    ops: &'static [Op],
    names: fn() -> Vec<String>,
    fill: Option<fn(&Step, &mut Trace)>,
}

macro_rules! shape {
    ($name:literal, $chip:ident, $prep:expr, $ops:expr, $fill:expr) => {
        Shape {
            name: $name,
            main: $chip::WIDTH,
            prep: $prep,
            interactions: $chip::INTERACTIONS,
            constraints: $chip::CONSTRAINTS,
            ops: $ops,
            names: $chip::names,
            fill: $fill,
        }
    };
}

impl Table {
    /// All tables by id.
    pub const ALL: [Table; 10] =
        [Table::Cpu, Table::Mem, Table::Arith, Table::Bit, Table::Memb, Table::Intab, Table::Rom, Table::Lut, Table::Memx, Table::Mtrap];

    /// The table of an id; `None` for an id that no table has.
    pub fn from_id(id: u8) -> Option<Table> {
        Self::ALL.get(usize::from(id)).copied()
    }

    /// The id.
    pub fn id(self) -> u8 {
        self as u8
    }

    const fn shape(self) -> Shape {
        match self {
            Table::Cpu => shape!("CPU", cpu, &[], cpu::OPS, Some(cpu::fill)),
            Table::Mem => shape!("MEM", mem, &[], mem::OPS, Some(mem::fill)),
            Table::Arith => shape!("ARITH", arith, &[], arith::OPS, Some(arith::fill)),
            Table::Bit => shape!("BIT", bit, &[], bit::OPS, Some(bit::fill)),
            Table::Memb => shape!("MEMB", memb, &[], &[], None),
            Table::Intab => shape!("INTAB", intab, &[], &[], None),
            Table::Rom => shape!("ROM", rom, rom::PREP, &[], None),
            Table::Lut => shape!("LUT", lut, lut::PREP, &[], None),
            Table::Memx => shape!("MEMX", memx, &[], memx::OPS, Some(memx::fill)),
            Table::Mtrap => shape!("MTRAP", mtrap, &[], mtrap::OPS, Some(mtrap::fill)),
        }
    }

    /// The name in the specification.
    pub const fn name(self) -> &'static str {
        self.shape().name
    }

    /// Main columns.
    pub const fn main_width(self) -> usize {
        self.shape().main
    }

    /// Preprocessed columns.
    pub const fn prep_width(self) -> usize {
        self.shape().prep.len()
    }

    /// Interactions of a row.
    pub const fn interactions(self) -> usize {
        self.shape().interactions
    }

    /// LogUp helper columns over F3: one for each pair of interactions (section 3.15).
    pub const fn helpers(self) -> usize {
        self.interactions().div_ceil(2)
    }

    /// Auxiliary base columns: three for each helper and three for the accumulator.
    pub const fn aux_width(self) -> usize {
        3 * (self.helpers() + 1)
    }

    /// Constraints of its own, without those of LogUp.
    pub const fn constraints(self) -> usize {
        self.shape().constraints
    }

    /// All constraints: its own, L1 for each helper, L2, L3. Each takes one power of lambda.
    pub const fn all_constraints(self) -> usize {
        self.constraints() + self.helpers() + 2
    }

    /// The operations of its flags, which are its first main columns; empty for a table that executes nothing.
    pub const fn ops(self) -> &'static [Op] {
        self.shape().ops
    }

    /// Names of the main columns, in order.
    pub fn main_names(self) -> Vec<String> {
        (self.shape().names)()
    }

    /// Names of the preprocessed columns, in order.
    pub fn prep_names(self) -> &'static [&'static str] {
        self.shape().prep
    }

    /// Appends the row of a step; `None` if the table has no chip whose rows are instructions.
    pub fn fill(self, step: &Step, trace: &mut Trace) -> Option<()> {
        self.shape().fill.map(|fill| fill(step, trace))
    }

    /// Says one row's constraints and interactions, in written order: `main` and `prep` are the columns of that row.
    ///
    /// # Panics
    /// If there are fewer columns than the table has.
    #[inline(always)]
    pub fn eval<S: Sink>(self, main: &[S::E], prep: &[S::E], sink: &mut S) {
        match self {
            Table::Cpu => cpu::eval(main, sink),
            Table::Mem => mem::eval(main, sink),
            Table::Arith => arith::eval(main, sink),
            Table::Bit => bit::eval(main, sink),
            Table::Memx => memx::eval(main, sink),
            Table::Mtrap => mtrap::eval(main, sink),
            Table::Memb => memb::eval(main, sink),
            Table::Intab => intab::eval(main, sink),
            Table::Rom => rom::eval(main, prep, sink),
            Table::Lut => lut::eval(main, prep, sink),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bus, Sign};
    use field::{Goldilocks, Ring};

    struct Count {
        constraints: usize,
        interactions: usize,
    }

    impl Sink for Count {
        type E = Goldilocks;

        fn constraint(&mut self, _: Goldilocks) {
            self.constraints += 1;
        }

        fn interaction(&mut self, _: Sign, _: Goldilocks, _: Bus, tuple: &[Goldilocks]) {
            assert!((1..=7).contains(&tuple.len()));
            self.interactions += 1;
        }
    }

    #[test]
    fn every_table_has_as_many_constraints_and_interactions_as_it_declares() {
        for table in Table::ALL {
            let (main, prep) = (vec![Goldilocks::ZERO; table.main_width()], vec![Goldilocks::ZERO; table.prep_width()]);
            let mut count = Count { constraints: 0, interactions: 0 };
            table.eval(&main, &prep, &mut count);
            assert_eq!(count.constraints, table.constraints(), "{}", table.name());
            assert_eq!(count.interactions, table.interactions(), "{}", table.name());
            assert_eq!(table.main_names().len(), table.main_width(), "{}", table.name());
            assert_eq!(Table::from_id(table.id()), Some(table));
        }
        assert_eq!(Table::from_id(10), None);
    }
}
