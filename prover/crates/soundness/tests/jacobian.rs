//! No cell outside the don't-care manifest can move at a valid row, not even together with others.

#[path = "../../air/tests/support/mod.rs"]
mod support;

use air::Table;
use air::symbolic::describe;
use soundness::jacobian::movable_names;
use soundness::mutation::{kind, read_manifest};
use support::{INPUT, every_operation, run};

/// Columns that move only together: to each (table, kind of row) why that is no harm.
const TOGETHER: &[(&str, &str, &[&str])] = &[
    // d_lo e_u + d_hi e_v = 1 has many solutions when both words differ; only that there is one matters.
    ("CPU", "EQ", &["e_u", "e_v"]),
    ("CPU", "EQ#", &["e_u", "e_v"]),
];

#[test]
fn what_can_move_is_listed() {
    let manifest = read_manifest(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt")).unwrap());
    let run = run(&every_operation(), &INPUT).unwrap();
    let mut rows = 0;
    for trace in run.witness.traces.iter().filter(|trace| trace.table != Table::Lut) {
        let (table, description) = (trace.table, describe(trace.table));
        for index in 0..trace.height() {
            let row = [trace.row(index), trace.prep_row(index)].concat();
            let kind = kind(table, &row[..table.main_width()]);
            // In padding everything may move that no multiplicity depends on; those are 0 and stay 0 by the flags.
            if kind == "padding" {
                continue;
            }
            let listed = manifest.get(&(table, kind.clone())).cloned().unwrap_or_default();
            let together = TOGETHER.iter().filter(|(t, k, _)| (*t, *k) == (table.name(), &kind)).flat_map(|(_, _, columns)| *columns);
            let together: Vec<_> = together.collect();
            for column in movable_names(table, &description, &row) {
                assert!(
                    listed.contains(&column) || together.contains(&&column.as_str()),
                    "{} {kind}, row {index}: {column} moves",
                    table.name()
                );
            }
            rows += 1;
        }
    }
    assert!(rows > 100, "{rows} rows");
}
