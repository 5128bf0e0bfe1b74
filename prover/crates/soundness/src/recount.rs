use crate::{is_lookup, said};
use air::chips::lut;
use air::{Bus, Sign, Table, Witness};
use field::{Goldilocks, Ring};

/// Counts all lookups anew, as a prover would after it changed rows. What no row answers is not counted: that stays unbalanced.
pub fn recount(witness: &mut Witness) {
    let mut counts: Vec<_> = witness
        .traces
        .iter()
        .filter(|trace| matches!(trace.table, Table::Rom | Table::Lut))
        .map(|trace| (trace.table, vec![vec![Goldilocks::ZERO; trace.height()]; trace.columns.len()]))
        .collect();
    for trace in witness.traces.iter().filter(|trace| !matches!(trace.table, Table::Rom | Table::Lut)) {
        for row in 0..trace.height() {
            let row = trace.row(row);
            if row.iter().all(|cell| *cell == Goldilocks::ZERO) {
                continue;
            }
            for statement in said(trace.table, &row, &[]).interactions {
                if statement.sign == Sign::Recv || !is_lookup(statement.bus) || statement.multiplicity == Goldilocks::ZERO {
                    continue;
                }
                let (table, column, answered) = if statement.bus == Bus::Rom {
                    (Table::Rom, 0, usize::try_from(statement.tuple[0].value()).ok())
                } else {
                    let column = lut::BUSES.iter().position(|bus| *bus == statement.bus).expect("a bus of LUT");
                    (Table::Lut, column, lut::row_of(statement.bus, &statement.tuple))
                };
                let count = counts.iter_mut().find(|(of, _)| *of == table).and_then(|(_, columns)| columns[column].get_mut(answered?));
                if let Some(count) = count {
                    *count += statement.multiplicity;
                }
            }
        }
    }
    for (table, columns) in counts {
        witness.trace_mut(table).expect("it was there").columns = columns;
    }
}
