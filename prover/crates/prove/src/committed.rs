use crate::matrix::Matrix;
use air::Table;
use field::F3;

/// One table with its committed columns.
#[derive(Clone, Copy)]
pub struct Committed<'a> {
    /// Which table.
    pub table: Table,
    /// Its main columns.
    pub main: &'a Matrix,
    /// Its preprocessed columns: ROM and LUT.
    pub prep: Option<&'a Matrix>,
    /// Its auxiliary columns.
    pub aux: &'a Matrix,
    /// S.
    pub sum: F3,
}

impl Committed<'_> {
    /// l.
    pub fn log_height(&self) -> u32 {
        self.main.log_height
    }
}
