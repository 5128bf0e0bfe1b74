/// How wide a table is: what lengths of proofs depend on (section 3.3). The verifier and the prover fill it from the arithmetisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableWidths {
    /// Main columns.
    pub main: usize,
    /// Preprocessed columns: 7 of ROM, 10 of LUT, else none.
    pub prep: usize,
    /// Interactions; two share a helper column of F3.
    pub interactions: usize,
    /// The table's own constraints, without those of LogUp.
    pub constraints: usize,
}

impl TableWidths {
    /// Helper columns: one for each pair of interactions.
    pub fn helpers(&self) -> usize {
        self.interactions.div_ceil(2)
    }

    /// Base columns of the helpers and the accumulator, three each.
    pub fn aux(&self) -> usize {
        3 * (self.helpers() + 1)
    }

    /// Constraints with those of LogUp: one for each helper, the step of the accumulator and its start (section 3.15).
    pub fn all_constraints(&self) -> usize {
        self.constraints + self.helpers() + 2
    }
}

/// The widths of all tables, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widths(pub Vec<TableWidths>);

impl Widths {
    /// The id of the program's table.
    pub const ROM: usize = 6;

    /// The id of the table of ranges, signs, bytes and powers.
    pub const LUT: usize = 7;

    /// The widths of a table.
    pub fn get(&self, table: usize) -> Option<&TableWidths> {
        self.0.get(table)
    }

    #[cfg(test)]
    /// The columns and interactions of section 3.3; constraints about as many as on average.
    pub fn of_the_specification() -> Self {
        let rows =
            [(73, 0, 26), (63, 0, 28), (73, 0, 36), (47, 0, 23), (12, 0, 10), (5, 0, 2), (1, 7, 1), (5, 10, 5), (70, 0, 36), (26, 0, 10)];
        Self(rows.map(|(main, prep, interactions)| TableWidths { main, prep, interactions, constraints: 30 }).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_of_stage_one() {
        let widths = Widths::of_the_specification();
        let stage1 = &widths.0[..8];
        assert_eq!(stage1.iter().map(|t| t.main).sum::<usize>(), 279);
        assert_eq!(stage1.iter().map(TableWidths::aux).sum::<usize>(), 3 * 75);
        assert_eq!(stage1.iter().map(|t| t.interactions).sum::<usize>(), 131);
        assert_eq!(stage1.iter().map(|t| t.prep).sum::<usize>(), 17);
    }
}
