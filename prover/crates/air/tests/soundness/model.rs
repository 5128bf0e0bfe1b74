//! A chip in the miniature model, one operation at a time.

use crate::poly::{Said, miniature};
use crate::search::{Assignment, Plan};
use air::Table;
use isa::Op;

/// A chip with what it says at the small scale.
pub struct Model {
    pub table: Table,
    pub said: Said,
    names: Vec<String>,
}

impl Model {
    pub fn of(table: Table) -> Model {
        Model { table, said: miniature(table), names: table.main_names() }
    }

    /// The index of a column.
    pub fn column(&self, name: &str) -> u8 {
        let index = self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("{} has no column {name}", self.table.name()));
        u8::try_from(index).expect("fewer than 256 columns")
    }

    /// The indices of several columns.
    pub fn columns(&self, names: &[&str]) -> Vec<u8> {
        names.iter().map(|name| self.column(name)).collect()
    }

    /// The flags of `op`, and the columns `zero` at 0.
    pub fn given(&self, op: Op, zero: &[&str]) -> Vec<Option<u64>> {
        let mut given = vec![None; self.names.len()];
        for (flag, other) in self.table.ops().iter().enumerate() {
            given[flag] = Some(u64::from(*other == op));
        }
        for name in zero {
            given[usize::from(self.column(name))] = Some(0);
        }
        given
    }

    /// The plan for rows of `op`; what `without` names, (true, i) constraint i and (false, i) interaction i, is left out.
    pub fn plan(&self, op: Op, zero: &[&str], inputs: &[u8], outputs: &[u8], without: &[(bool, usize)]) -> Plan {
        Plan::new(&self.said, &self.given(op, zero), inputs, outputs, &|constraint, index| without.contains(&(constraint, index)))
    }

    /// An assignment with the flags of `op`.
    pub fn start(&self, op: Op) -> Assignment {
        let mut at = [0; 256];
        at[self.table.ops().iter().position(|other| *other == op).expect("an operation of the chip")] = 1;
        at
    }
}
