use air::Table;
use proto::{TableWidths, Widths};

/// The widths of all tables, from the arithmetisation.
pub fn widths() -> Widths {
    let of = |table: Table| TableWidths {
        main: table.main_width(),
        prep: table.prep_width(),
        interactions: table.interactions(),
        constraints: table.constraints(),
    };
    Widths(Table::ALL.map(of).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proto_and_air_count_alike() {
        for (table, widths) in Table::ALL.into_iter().zip(widths().0) {
            assert_eq!((widths.aux(), widths.all_constraints()), (table.aux_width(), table.all_constraints()), "{}", table.name());
        }
        assert_eq!((Table::Rom as usize, Table::Lut as usize), (Widths::ROM, Widths::LUT));
    }
}
