use crate::{Bus, Sign, Sink, Table};
use field::Ring;

const CONSTRAINTS: usize = 128;
const INTERACTIONS: usize = 40;
const ENTRIES: usize = 192;

/// What a chip says of one row, written down before challenges combine it.
///
/// A chip is straight-line code of a thousand operations. Combining what it says in loops, not where it says it, keeps that code in the ring of
/// the columns alone: a fraction of the instructions, which compile quickly and stay in the processor's cache.
pub(crate) struct Said<E> {
    constraints: [E; CONSTRAINTS],
    multiplicities: [E; INTERACTIONS],
    /// The bus of each interaction, and where its tuple ends among the entries.
    heads: [(Bus, usize); INTERACTIONS],
    entries: [E; ENTRIES],
    /// Constraints, interactions and entries so far.
    counts: (usize, usize, usize),
}

impl<E: Ring> Said<E> {
    /// All that `table` says of one row.
    #[inline(always)]
    pub(crate) fn of(table: Table, main: &[E], prep: &[E]) -> Self {
        let mut said = Self {
            constraints: [E::ZERO; CONSTRAINTS],
            multiplicities: [E::ZERO; INTERACTIONS],
            heads: [(Bus::Exec, 0); INTERACTIONS],
            entries: [E::ZERO; ENTRIES],
            counts: (0, 0, 0),
        };
        table.eval(main, prep, &mut said);
        #[cfg(feature = "masks")]
        for mask in crate::masked::of(table) {
            match mask {
                crate::Mask::Constraint(_, index) => said.constraints[index] = E::ZERO,
                crate::Mask::Interaction(_, index) => said.multiplicities[index] = E::ZERO,
            }
        }
        said
    }

    /// The values of its own constraints, in order.
    #[inline(always)]
    pub(crate) fn constraints(&self) -> &[E] {
        &self.constraints[..self.counts.0]
    }

    /// How many interactions there are.
    #[inline(always)]
    pub(crate) fn interactions(&self) -> usize {
        self.counts.1
    }

    /// The signed multiplicity, the bus and the tuple of an interaction.
    #[inline(always)]
    pub(crate) fn interaction(&self, index: usize) -> (E, Bus, &[E]) {
        let start = if index == 0 { 0 } else { self.heads[index - 1].1 };
        let (bus, end) = self.heads[index];
        (self.multiplicities[index], bus, &self.entries[start..end])
    }
}

impl<E: Ring> Sink for Said<E> {
    type E = E;

    #[inline(always)]
    fn constraint(&mut self, value: E) {
        self.constraints[self.counts.0] = value;
        self.counts.0 += 1;
    }

    #[inline(always)]
    fn interaction(&mut self, sign: Sign, multiplicity: E, bus: Bus, tuple: &[E]) {
        let (_, interaction, entry) = self.counts;
        let end = entry + tuple.len();
        self.entries[entry..end].copy_from_slice(tuple);
        self.multiplicities[interaction] = match sign {
            Sign::Send => multiplicity,
            Sign::Recv => -multiplicity,
        };
        self.heads[interaction] = (bus, end);
        (self.counts.1, self.counts.2) = (interaction + 1, end);
    }
}
