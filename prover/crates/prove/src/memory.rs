use air::Table;
use proto::Layout;

/// Bytes that a proof of these heights takes at most beside its traces (section 6.3): extensions, trees, the quotient, DEEP and FRI.
pub fn estimate(layout: &Layout) -> u64 {
    let b = layout.params.log_blowup;
    let tile = |width: usize, log_rows: u32| (width.div_ceil(8) as u64 * 64) << log_rows;
    let tree = |log_rows: u32| 64u64 << log_rows;
    let mut bytes = 0;
    let (mut largest, mut prep_trees) = (0, 0);
    for (id, log_height) in &layout.tables {
        let Some(table) = u8::try_from(*id).ok().and_then(Table::from_id) else { continue };
        let log_rows = log_height + b;
        largest = largest.max(*log_height);
        bytes += tile(table.main_width(), log_rows) + tile(table.prep_width(), log_rows) + tile(table.aux_width(), log_rows);
        bytes += (8 * (table.main_width() + table.prep_width() + table.aux_width()) as u64) << log_height;
        if table.prep_width() > 0 {
            prep_trees += tree(log_rows);
        }
    }
    let domain = largest + b;
    // MAIN, AUX and QUOT; twiddles; Q as values and coefficients, then its extension; G as a tile and as a vector; the layers of FRI.
    let quotient = (2 * 24 + 64) << (largest + 1);
    let fri = (64 + 24) << domain;
    bytes + prep_trees + 3 * tree(domain) + (12 << domain) + quotient + tile(6, domain) + fri + ((24 + 8) << domain) / 4
}
