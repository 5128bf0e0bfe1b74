use crate::chips::{intab, lut, memb, rom};
use crate::{Bus, Seen, Sign, Sink, Step, Table, Trace};
use field::{Goldilocks, Ring};
use isa::{Op, Program};
use std::fmt;

/// The traces of an execution: the present tables by ascending id, each padded to a power of two, with all lookups counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The tables that have rows.
    pub traces: Vec<Trace>,
}

/// Why an execution has no witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unprovable {
    /// No chip proves this operation or access yet.
    NoChip {
        /// The table it belongs to.
        table: Table,
        /// Where the instruction lies.
        pc: u32,
    },
    /// A row looks up what neither the program nor the lookup table has.
    Lookup {
        /// The row's table.
        table: Table,
        /// The row.
        row: usize,
        /// Where it was looked up.
        bus: Bus,
    },
    /// The caller did not want it any more.
    Cancelled,
}

impl fmt::Display for Unprovable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unprovable::NoChip { table, pc } => {
                write!(f, "the instruction at {pc} needs the table {}, which this prover lacks", table.name())
            }
            Unprovable::Lookup { table, row, bus } => write!(f, "row {row} of {} looks up on {bus:?} what is not there", table.name()),
            Unprovable::Cancelled => f.write_str("the traces are not wanted any more"),
        }
    }
}

impl std::error::Error for Unprovable {}

impl Witness {
    /// The trace of a table, if it is present.
    pub fn trace(&self, table: Table) -> Option<&Trace> {
        self.traces.iter().find(|trace| trace.table == table)
    }

    /// The same to change it.
    pub fn trace_mut(&mut self, table: Table) -> Option<&mut Trace> {
        self.traces.iter_mut().find(|trace| trace.table == table)
    }

    /// The heights as the proof writes them: byte k = log2 height of table k, 0xFF = absent (section 1.5).
    pub fn heights(&self) -> [u8; 16] {
        let mut heights = [0xFF; 16];
        for trace in &self.traces {
            heights[usize::from(trace.table.id())] = trace.log_height() as u8;
        }
        heights
    }
}

/// Makes a witness: one row for each step, then the tables that close the buses.
pub struct WitnessBuilder {
    traces: Vec<Trace>,
    rom: Trace,
    reads: Vec<u64>,
}

impl WitnessBuilder {
    /// For runs of a program.
    pub fn new(program: &Program) -> Self {
        let mut rom = Trace::new(Table::Rom);
        rom.prep = rom::preprocessed(program);
        rom.pad(program.rom_log_height());
        Self { traces: Table::ALL.map(Trace::new).into(), rom, reads: Vec::new() }
    }

    /// Takes the memory for `rows` rows of a table, padding included, at once: a table that grows step by step is copied again and again.
    pub fn reserve(&mut self, table: Table, rows: usize) {
        if rows > 0 {
            for column in &mut self.traces[usize::from(table.id())].columns {
                column.reserve_exact(rows.next_power_of_two());
            }
        }
    }

    /// Appends the row of one executed instruction to the table that proves it.
    ///
    /// # Errors
    /// If there is no chip for the table.
    pub fn step(&mut self, table: Table, step: &Step) -> Result<(), Unprovable> {
        table.fill(step, &mut self.traces[usize::from(table.id())]).ok_or(Unprovable::NoChip { table, pc: step.pc })?;
        if step.instruction.op == Op::Inw {
            let word = step.a.lo as usize;
            // A word beyond the tape is never given: the row stays unbalanced, whatever is counted.
            if word >= self.reads.len() && word < 1 << 29 {
                self.reads.resize(word + 1, 0);
            }
            if let Some(reads) = self.reads.get_mut(word) {
                *reads += 1;
            }
        }
        Ok(())
    }

    /// Closes the buses. `touched` are the keys ([`memb::key`]) of all touched addresses in ascending order with their last values and times;
    /// `input` is the input tape.
    ///
    /// # Errors
    /// If a row looks something up that is not there.
    ///
    /// # Panics
    /// If the keys do not ascend.
    pub fn finish(self, touched: &[(u64, Seen)], input: &[(u32, u32)]) -> Result<Witness, Unprovable> {
        self.finish_unless(touched, input, || false)
    }

    /// [`Self::finish`], unless `cancelled` says that it is not wanted any more; it is asked every few thousand rows.
    ///
    /// # Errors
    /// If a row looks something up that is not there, or when cancelled.
    ///
    /// # Panics
    /// If the keys do not ascend.
    pub fn finish_unless(
        mut self,
        touched: &[(u64, Seen)],
        input: &[(u32, u32)],
        cancelled: impl Fn() -> bool,
    ) -> Result<Witness, Unprovable> {
        memb::fill(touched, &mut self.traces[usize::from(Table::Memb.id())]);
        intab::fill(input, &self.reads, &mut self.traces[usize::from(Table::Intab.id())]);
        let mut traces: Vec<Trace> = self.traces.into_iter().filter(|trace| trace.height() > 0).collect();
        let mut counter = Counter { rom: self.rom, lut: vec![vec![0; 1 << lut::LOG_HEIGHT]; lut::BUSES.len()], missing: None };
        let mut row = Vec::new();
        for trace in &mut traces {
            for index in 0..trace.height() {
                if index % 4096 == 0 && cancelled() {
                    return Err(Unprovable::Cancelled);
                }
                row.clear();
                row.extend(trace.columns.iter().map(|column| column[index]));
                trace.table.eval(&row, &[], &mut counter);
                if let Some(bus) = counter.missing {
                    return Err(Unprovable::Lookup { table: trace.table, row: index, bus });
                }
            }
            trace.pad(trace.log_height());
        }
        let mut lut = Trace::new(Table::Lut);
        lut.prep = lut::preprocessed();
        lut.columns = counter.lut.iter().map(|column| column.iter().map(|m| Goldilocks::new(*m)).collect()).collect();
        traces.extend([counter.rom, lut]);
        traces.sort_by_key(|trace| trace.table);
        Ok(Witness { traces })
    }
}

/// Counts the lookups that rows make by their own interaction lists (section 6.1b).
struct Counter {
    rom: Trace,
    lut: Vec<Vec<u64>>,
    missing: Option<Bus>,
}

impl Counter {
    fn rom_row(&self, tuple: &[Goldilocks]) -> Option<usize> {
        let row = usize::try_from(tuple[0].value()).ok().filter(|row| *row < self.rom.height())?;
        self.rom.prep.iter().zip(tuple).all(|(column, entry)| column[row] == *entry).then_some(row)
    }
}

impl Sink for Counter {
    type E = Goldilocks;

    #[inline(always)]
    fn constraint(&mut self, _: Goldilocks) {}

    #[inline(always)]
    fn interaction(&mut self, _: Sign, multiplicity: Goldilocks, bus: Bus, tuple: &[Goldilocks]) {
        if multiplicity == Goldilocks::ZERO {
            return;
        }
        let counted = if bus == Bus::Rom {
            self.rom_row(tuple).map(|row| self.rom.columns[0][row] += Goldilocks::ONE)
        } else if let Some(which) = lut::BUSES.iter().position(|of| *of == bus) {
            lut::row_of(bus, tuple).map(|row| self.lut[which][row] += 1)
        } else {
            return;
        };
        if counted.is_none() {
            self.missing.get_or_insert(bus);
        }
    }
}
