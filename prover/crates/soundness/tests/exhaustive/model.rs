//! A chip in the miniature model, one operation at a time.

use crate::form::Assignment;
use crate::poly::{SMALL, Said, miniature, substitute};
use crate::rules::is_lookup;
use crate::search::Plan;
use air::Table;
use isa::Op;
use testing::tier_count;

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

    /// A further column that holds what is taken off the MEM bus: entry `entry` of interaction `interaction`.
    pub fn pin(&mut self, interaction: usize, entry: usize) -> u8 {
        let column = u8::try_from(self.names.len()).expect("fewer than 256 columns");
        self.names.push(format!("pinned{column}"));
        let mut difference = self.said.interactions[interaction].tuple[entry].clone();
        difference.insert(vec![column], SMALL - 1);
        self.said.constraints.push(difference);
        column
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

    /// Asserts that without any one of the constraints from number `constraint` up and the lookups from number `interaction` up `forged`
    /// finds a wrong row of some operation that it speaks of, except for those of `spare`, for which it must find none (looked for in the
    /// long tier). It is asked about one input in `one_in`.
    pub fn every_one_is_needed(
        &self,
        (constraint, interaction): (usize, usize),
        spare: &[(bool, usize)],
        mut forged: impl FnMut(Op, (bool, usize), u64) -> bool,
    ) {
        let constraints = (constraint..self.said.constraints.len()).map(|i| (true, i));
        let lookups = (interaction..self.said.interactions.len()).filter(|i| is_lookup(self.said.interactions[*i].bus)).map(|i| (false, i));
        let all: Vec<(bool, usize)> = constraints.chain(lookups).collect();
        assert!(spare.iter().all(|which| all.contains(which)));
        let looked_for = all.into_iter().filter(|which| !spare.contains(which) || tier_count(0, 1) == 1);
        for which in looked_for {
            let found = [128, 8]
                .into_iter()
                .any(|one_in| self.table.ops().iter().any(|op| self.speaks_of(*op, which) && forged(*op, which, one_in)));
            let (kind, number) = (if which.0 { "constraint" } else { "interaction" }, which.1);
            assert_eq!(found, !spare.contains(&which), "a wrong row without {kind} {number} of {}", self.table.name());
        }
    }

    fn speaks_of(&self, op: Op, (constraint, index): (bool, usize)) -> bool {
        let given = self.given(op, &[]);
        let said = if constraint { &self.said.constraints[index] } else { &self.said.interactions[index].multiplicity };
        !substitute(said, &given).is_empty()
    }

    /// An assignment with the flags of `op`.
    pub fn start(&self, op: Op) -> Assignment {
        let mut at = [0; 256];
        at[self.table.ops().iter().position(|other| *other == op).expect("an operation of the chip")] = 1;
        at
    }
}
