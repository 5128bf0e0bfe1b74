//! The don't-care manifest: the cells that may hold anything, by table, kind of row and reason.

use crate::mutation::Free;
use crate::reasons::{ARGUED, Connections, Reason, is_argued};
use air::Table;
use air::symbolic::describe;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const HEAD: &str = "\
# Cells that may hold anything: TABLE KIND REASON: columns. The kind is the operation of the row (`#`: operand B is an immediate), or what
# else a row is. Nothing that a row sends or receives depends on these cells.
#
# Found by mutation: a test changes every cell of sample rows of every kind; a change of any other cell is rejected, and each of these is
# really free. LOOM_UPDATE=1 writes this file anew; read the difference before you commit it.
#
# Reviewed by a second method, which knows no witness: the flags of the kind are put into the constraints and interactions as polynomials,
# and from each cell listed here all cells are looked for that constraints and lookups connect with it (src/reasons.rs). A test compares the
# reasons with what stands here:
#   unused  no constraint and no interaction that is left has the cell: all of them are switched by flags that are 0 in such a row.
#   apart   some have it (a bit that must be 0 or 1, a range check, a product that must be 0), but they connect it only with cells from
#           which nothing leads to the program counter, memory, the tapes, the program or the order of keys.
#   argued  something leads there, and the cell is free on some rows all the same, for the reason given below by hand.
# No entry was found that should not be free.
";

/// What the reasons come to, chip by chip.
fn about(table: Table) -> &'static str {
    match table {
        Table::Cpu => {
            "A_*, B_* and C_*/Q_* are free where the operation does not read A, has no operand B in memory or does not write C: ra, rb or wc is 0 \
             and with it the whole access. w, k0, k1, wl, wh serve sums and comparisons alone; t, h, s, sx, res comparisons; e_u, e_v, xz, z the \
             tests for zero and equality."
        }
        Table::Mem | Table::Memx => {
            "tb holds the byte with the sign; without a sign-extending load nothing reads it, and sg is forced to 0."
        }
        Table::Arith => {
            "Every X is range-checked with its Y on every row, but only the operation's own ones stand in an equation; X without one are free \
             within the range, and their Y follow. k, zk, pl, pr, mk, kb, p, u0, u1 serve shifts; k0, k1 division, t MUL64, i1, i3, i5 products, \
             top and h_top arithmetic shifts."
        }
        Table::Bit => "An immediate B is no access: b_pt and b_dl are not used.",
        Table::Memb => "The end row takes part in the order of keys only; no value and no time go with it.",
        Table::Intab => "A padding row has the multiplicities 0.",
        Table::Mtrap => "Only padding: every cell of a trapped access is used.",
        Table::Rom | Table::Lut => "Counts alone.",
    }
}

/// The manifest of what was found, one line for each kind of row and reason.
///
/// # Panics
/// If a cell was found free for which there is no reason: then something is wrong with the chip.
pub fn write(free: &Free) -> String {
    let mut text = String::from(HEAD);
    for table in Table::ALL {
        let entries: Vec<_> = free.iter().filter(|((of, _), _)| *of == table).collect();
        if entries.is_empty() {
            continue;
        }
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n# {}. {}", table.name(), about(table));
        for (_, kinds, columns, why) in ARGUED.iter().filter(|(of, ..)| *of == table) {
            let _ = writeln!(text, "#   argued, {} of {}: {why}", columns.join(" "), kinds.join(" "));
        }
        for ((_, kind), columns) in entries {
            for (reason, columns) in with_reasons(table, kind, columns) {
                let _ = writeln!(text, "{} {kind} {}: {}", table.name(), reason.word(), columns.join(" "));
            }
        }
    }
    text
}

/// The columns of one kind of row by the reason for which they are free.
fn with_reasons<'a>(table: Table, kind: &str, columns: &'a BTreeSet<String>) -> BTreeMap<Reason, Vec<&'a str>> {
    let (connections, names) = (Connections::new(&describe(table), kind), table.main_names());
    let mut by_reason: BTreeMap<Reason, Vec<&str>> = BTreeMap::new();
    for column in columns {
        let index = names.iter().position(|name| name == column).unwrap_or_else(|| panic!("{} has no column {column}", table.name()));
        let argued = is_argued(table, kind, column).then_some(Reason::Argued);
        let reason = connections.reason(index).or(argued);
        let reason =
            reason.unwrap_or_else(|| panic!("{} {kind}: {column} is free, and something leads from it to the interface", table.name()));
        by_reason.entry(reason).or_default().push(column);
    }
    by_reason
}

/// Reads a manifest.
///
/// # Panics
/// If a line is no `TABLE kind reason: columns`.
pub fn read(text: &str) -> Free {
    let mut free = Free::new();
    for (key, _, columns) in lines(text) {
        free.entry(key).or_default().extend(columns);
    }
    free
}

/// The entries of a manifest with their reasons.
///
/// # Panics
/// If a line is no `TABLE kind reason: columns`.
pub fn lines(text: &str) -> Vec<((Table, String), Reason, BTreeSet<String>)> {
    let mut entries = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (key, columns) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?} has no columns"));
        let [table, kind, reason] = key.split(' ').collect::<Vec<_>>()[..] else { panic!("{line:?} is no TABLE kind reason: columns") };
        let table = Table::ALL.into_iter().find(|t| t.name() == table).unwrap_or_else(|| panic!("no table {table}"));
        let reason = Reason::ALL.into_iter().find(|r| r.word() == reason).unwrap_or_else(|| panic!("no reason {reason}"));
        entries.push(((table, kind.to_owned()), reason, columns.split(' ').map(str::to_owned).collect()));
    }
    entries
}

/// The entries that a second reading of the constraints does not bear out: other reasons than stand there.
pub fn unfounded(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((table, kind), reason, columns) in lines(text) {
        let found = with_reasons(table, &kind, &columns);
        for (other, columns) in found.into_iter().filter(|(found, _)| *found != reason) {
            wrong.push(format!("{} {kind}: {} are {}, not {}", table.name(), columns.join(" "), other.word(), reason.word()));
        }
    }
    wrong
}
