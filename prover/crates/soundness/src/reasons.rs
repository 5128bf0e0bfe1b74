//! Why a cell may hold anything: the second reading of the don't-care manifest, which looks at no witness and changes no cell.
//!
//! The flags of a kind of row are put into the constraints and interactions as polynomials. Cells that then still stand in one constraint,
//! or in one lookup in LUT, are connected. A cell from which nothing leads to what the row sends to or takes from the other tables and the
//! public (its interface) cannot change what the row says, whatever it holds.

use crate::is_lookup;
use air::symbolic::{Description, Polynomial};
use air::{Bus, Table};
use field::{Goldilocks, Ring};
use std::collections::{BTreeMap, BTreeSet};

/// Why a cell of a kind of row is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// With the flags put in, no constraint and no interaction has it.
    Unused,
    /// It stands in constraints or lookups, but only with cells from which nothing leads to the row's interface.
    Apart,
    /// Something leads to the interface, and it is free on some rows all the same: [`ARGUED`] says why that is no harm.
    Argued,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 3] = [Self::Unused, Self::Apart, Self::Argued];

    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Apart => "apart",
            Self::Argued => "argued",
        }
    }
}

/// An entry that is argued for by hand: table, kinds of row, columns, and the argument.
pub type Argument = (Table, &'static [&'static str], &'static [&'static str], &'static str);

/// The entries that no rule covers.
pub const ARGUED: &[Argument] = &[
    (
        Table::Cpu,
        &["EQ", "EQ#"],
        &["e_u", "e_v"],
        "C14 makes res 0 where a word differs, and asks for (a_lo - b_lo) e_u + (a_hi - b_hi) e_v = 1 - res: with equal words res is 1 and e_u, \
         e_v have the factor 0; otherwise that some e_u, e_v exist is all that is asked, and which ones changes nothing else.",
    ),
    (
        Table::Cpu,
        &["CMOV", "CMOV#", "JZ", "JNZ"],
        &["e_u"],
        "C17 asks for xz e_u = 1 - z and xz z = 0: with xz = 0 it makes z = 1, and e_u has the factor 0; otherwise e_u is 1 / xz.",
    ),
    (
        Table::Intab,
        &["padding"],
        &["idx", "lo", "hi"],
        "real = 0, and I2 then makes m = 0: both interactions have the multiplicity 0, whatever their tuple.",
    ),
];

/// The constraints and interactions of one kind of row, as far as they connect cells.
pub struct Connections {
    /// Sets of cells that stand together in a constraint or a lookup.
    groups: Vec<BTreeSet<usize>>,
    /// Cells of what is sent and received.
    interface: BTreeSet<usize>,
}

impl Connections {
    /// For rows of a table of this kind ([`crate::mutation::kind`]).
    ///
    /// # Panics
    /// If the table has no such kind.
    pub fn new(description: &Description, kind: &str) -> Self {
        let fixed = fixed(description.table, kind);
        let columns = |polynomial: &Polynomial| open_columns(polynomial, &fixed);
        let mut groups: Vec<BTreeSet<usize>> = description.constraints.iter().map(columns).collect();
        let mut interface = BTreeSet::new();
        for interaction in &description.interactions {
            if is_zero(&interaction.multiplicity, &fixed) {
                continue;
            }
            let cells = interaction.tuple.iter().chain([&interaction.multiplicity]).flat_map(columns);
            if is_lookup(interaction.bus) && interaction.bus != Bus::Rom {
                groups.push(cells.collect());
            } else {
                interface.extend(cells);
            }
        }
        groups.retain(|group| !group.is_empty());
        Self { groups, interface }
    }

    /// Why a column is free; `None` if something leads from it to the interface.
    pub fn reason(&self, column: usize) -> Option<Reason> {
        let mut reached = BTreeSet::from([column]);
        loop {
            let before = reached.len();
            for group in self.groups.iter().filter(|group| !group.is_disjoint(&reached)).collect::<Vec<_>>() {
                reached.extend(group);
            }
            if reached.len() == before {
                break;
            }
        }
        if !reached.is_disjoint(&self.interface) {
            return None;
        }
        Some(if self.groups.iter().any(|group| group.contains(&column)) { Reason::Apart } else { Reason::Unused })
    }
}

/// Whether a column of a kind of row is argued for by hand.
pub fn is_argued(table: Table, kind: &str, column: &str) -> bool {
    ARGUED.iter().any(|(of, kinds, columns, _)| *of == table && kinds.contains(&kind) && columns.contains(&column))
}

/// The cells that make a row one of this kind: its flags, and whether operand B is an immediate.
fn fixed(table: Table, kind: &str) -> BTreeMap<usize, Goldilocks> {
    let bit = |holds: bool| if holds { Goldilocks::ONE } else { Goldilocks::ZERO };
    let name = kind.trim_end_matches('#');
    let known = kind == "padding" || table.ops().iter().any(|op| op.mnemonic() == name);
    let mut fixed: BTreeMap<usize, Goldilocks> =
        table.ops().iter().enumerate().map(|(flag, op)| (flag, bit(op.mnemonic() == name))).collect();
    match table {
        Table::Cpu | Table::Arith | Table::Bit => {
            fixed.insert(table.ops().len(), bit(kind.ends_with('#')));
        }
        Table::Memb => fixed.extend([(0, bit(kind == "row")), (1, bit(kind == "end"))]),
        Table::Intab => fixed.extend([(0, bit(kind == "row"))]),
        _ => {}
    }
    assert!(known || matches!(table, Table::Memb | Table::Intab), "{} has no rows of kind {kind}", table.name());
    fixed
}

/// The monomials of a polynomial with known columns put in: the columns that stay open, with their coefficient.
fn substituted(polynomial: &Polynomial, fixed: &BTreeMap<usize, Goldilocks>) -> BTreeMap<Vec<usize>, Goldilocks> {
    let mut sum: BTreeMap<Vec<usize>, Goldilocks> = BTreeMap::new();
    for (monomial, coefficient) in polynomial.terms() {
        let (mut open, mut product) = (Vec::new(), coefficient);
        for column in monomial.iter().map(|column| usize::from(*column)) {
            match fixed.get(&column) {
                Some(value) => product *= *value,
                None => open.push(column),
            }
        }
        *sum.entry(open).or_default() += product;
    }
    sum.retain(|_, coefficient| *coefficient != Goldilocks::ZERO);
    sum
}

fn open_columns(polynomial: &Polynomial, fixed: &BTreeMap<usize, Goldilocks>) -> BTreeSet<usize> {
    substituted(polynomial, fixed).into_keys().flatten().collect()
}

fn is_zero(polynomial: &Polynomial, fixed: &BTreeMap<usize, Goldilocks>) -> bool {
    substituted(polynomial, fixed).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use air::symbolic::describe;

    #[test]
    fn cells_that_matter_have_no_reason_to_be_free() {
        let cpu = describe(Table::Cpu);
        let names = Table::Cpu.main_names();
        let reason = |kind: &str, name: &str| Connections::new(&cpu, kind).reason(names.iter().position(|n| n == name).expect("a column"));
        for name in ["pc", "c_lo", "w_lo", "k0", "wl", "a_dl", "ad_a", "npc"] {
            assert_eq!(reason("ADD32", name), None, "{name}");
        }
        assert_eq!(reason("ADD32", "k1"), Some(Reason::Apart), "only k1 (k1 - 1) = 0 has it");
        assert_eq!(reason("ADD64", "k1"), None);
        assert_eq!(reason("JMP", "c_lo"), Some(Reason::Unused));
        assert_eq!(reason("padding", "ts"), Some(Reason::Unused));
    }
}
