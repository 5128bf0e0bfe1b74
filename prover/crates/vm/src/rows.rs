use air::Table;

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

    /// All of them together: the cycles of the run.
    pub fn cycles(&self) -> u64 {
        self.by_table().iter().map(|(_, rows)| rows).sum()
    }
}
