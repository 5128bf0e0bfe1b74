//! No cell outside the don't-care manifest can move at a valid row, not even together with others.

mod rows;

use air::Table;
use air::symbolic::describe;
use soundness::jacobian::movable_names;
use soundness::manifest;
use soundness::mutation::kind;
use std::collections::{BTreeMap, BTreeSet};
use testing::tier_count;

/// Columns that move only together: to each (table, kind of row) why that is no harm.
const TOGETHER: &[(&str, &str, &[&str])] = &[
    // d_lo e_u + d_hi e_v = 1 has many solutions when both words differ; only that there is one matters.
    ("CPU", "EQ", &["e_u", "e_v"]),
    ("CPU", "EQ#", &["e_u", "e_v"]),
];

#[test]
fn what_can_move_is_listed() {
    let manifest = manifest::read(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt")).unwrap());
    let witnesses = rows::witnesses(2);
    let mut unlisted = BTreeSet::new();
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Lut) {
        let description = describe(table);
        let rows = rows::rows(&witnesses, table);
        assert!(!rows.is_empty(), "{}", table.name());
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows {
            let kind = kind(table, &row[..table.main_width()]);
            // Rows of one kind differ little; some of each are enough.
            let count = seen.entry(kind.clone()).or_default();
            *count += 1;
            if *count > tier_count(6, 1000) {
                continue;
            }
            // In padding everything may move that no multiplicity depends on; those are 0 and stay 0 by the flags.
            if kind == "padding" {
                continue;
            }
            let listed = manifest.get(&(table, kind.clone())).cloned().unwrap_or_default();
            let together = TOGETHER.iter().filter(|(t, k, _)| (*t, *k) == (table.name(), &kind)).flat_map(|(_, _, columns)| *columns);
            let together: Vec<_> = together.collect();
            let moved = movable_names(table, &description, &row).into_iter();
            let moved = moved.filter(|column| !listed.contains(column) && !together.contains(&&column.as_str()));
            unlisted.extend(moved.map(|column| format!("{} {kind}: {column}", table.name())));
        }
    }
    assert!(unlisted.is_empty(), "these can move unnoticed: {unlisted:#?}");
}
