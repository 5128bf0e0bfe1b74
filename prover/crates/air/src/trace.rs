use crate::Table;
use field::{Goldilocks, Ring};

/// The rows of one table, column by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which table.
    pub table: Table,
    /// The main columns, in order; all of one length.
    pub columns: Vec<Vec<Goldilocks>>,
    /// The preprocessed columns, in order; empty except for ROM and LUT.
    pub prep: Vec<Vec<Goldilocks>>,
}

impl Trace {
    /// A table without rows.
    pub fn new(table: Table) -> Self {
        Self { table, columns: vec![Vec::new(); table.main_width()], prep: Vec::new() }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// If the row has another width than the table.
    pub fn push(&mut self, row: &[Goldilocks]) {
        assert_eq!(row.len(), self.columns.len(), "a row of {} has all columns", self.table.name());
        for (column, value) in self.columns.iter_mut().zip(row) {
            column.push(*value);
        }
    }

    /// Rows so far.
    pub fn height(&self) -> usize {
        self.columns[0].len()
    }

    /// log2 of the height after padding; 0 for no row and one row.
    pub fn log_height(&self) -> u32 {
        self.height().next_power_of_two().trailing_zeros()
    }

    /// Pads with rows of zeros to 2^log_height rows.
    ///
    /// # Panics
    /// If there are more rows than that already.
    pub fn pad(&mut self, log_height: u32) {
        assert!(self.height() <= 1 << log_height, "{} has {} rows", self.table.name(), self.height());
        for column in &mut self.columns {
            column.resize(1 << log_height, Goldilocks::ZERO);
        }
    }

    /// The main columns of one row.
    pub fn row(&self, index: usize) -> Vec<Goldilocks> {
        self.columns.iter().map(|column| column[index]).collect()
    }

    /// The preprocessed columns of one row.
    pub fn prep_row(&self, index: usize) -> Vec<Goldilocks> {
        self.prep.iter().map(|column| column[index]).collect()
    }

    /// Writes one row.
    pub fn set_row(&mut self, index: usize, row: &[Goldilocks]) {
        for (column, value) in self.columns.iter_mut().zip(row) {
            column[index] = *value;
        }
    }
}
