use air::Table;
use isa::Program;

/// Rows that a run needs in the tables with one row an instruction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// CPU.
    pub cpu: u64,
    /// MEM: loads and stores inside one cell.
    pub mem: u64,
    /// ARITH.
    pub arith: u64,
    /// BIT.
    pub bit: u64,
    /// MEMX: loads and stores across two cells.
    pub memx: u64,
    /// MTRAP: loads and stores out of bounds.
    pub mtrap: u64,
}

impl Rows {
    /// One more row in a table; a table without one row an instruction counts nothing.
    pub(crate) fn count(&mut self, table: Table) {
        match table {
            Table::Cpu => self.cpu += 1,
            Table::Mem => self.mem += 1,
            Table::Arith => self.arith += 1,
            Table::Bit => self.bit += 1,
            Table::Memx => self.memx += 1,
            Table::Mtrap => self.mtrap += 1,
            Table::Memb | Table::Intab | Table::Rom | Table::Lut => {}
        }
    }

    /// The counts with their tables, by table id.
    pub fn by_table(&self) -> [(Table, u64); 6] {
        [
            (Table::Cpu, self.cpu),
            (Table::Mem, self.mem),
            (Table::Arith, self.arith),
            (Table::Bit, self.bit),
            (Table::Memx, self.memx),
            (Table::Mtrap, self.mtrap),
        ]
    }

    /// Bytes of the tables that [`crate::trace`] makes, when `touched` addresses are accessed: 8 bytes a cell, each table padded to a power of
    /// two, with the preprocessed columns of ROM and LUT. While it works it needs besides 96 KiB for each touched block of 8192 addresses
    /// and 24 bytes for each touched address.
    pub fn trace_bytes(&self, program: &Program, input_bytes: usize, touched: u64) -> u64 {
        let closing = [
            (Table::Memb, touched + 1),
            (Table::Intab, isa::words_of(input_bytes as u64)),
            (Table::Rom, 1 << program.rom_log_height()),
            (Table::Lut, 1 << 16),
        ];
        let bytes = |(table, rows): (Table, u64)| match rows {
            0 => 0,
            _ => 8 * (table.main_width() + table.prep_width()) as u64 * rows.next_power_of_two(),
        };
        self.by_table().into_iter().chain(closing).map(bytes).sum()
    }

    /// All of them together: the cycles of the run.
    pub fn cycles(&self) -> u64 {
        self.by_table().iter().map(|(_, rows)| rows).sum()
    }
}
