use crate::layout::QUOTIENT_WIDTH;
use crate::{Commitment, Layout, Widths};

/// Which point a value is claimed at (section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// zeta.
    Zeta,
    /// omega_L zeta, the next row.
    Next,
    /// zeta0, where main columns are bound.
    Zeta0,
}

/// Which column a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// (table, preprocessed column).
    Prep(usize, usize),
    /// (table, main column).
    Main(usize, usize),
    /// (table, aux base column); the accumulator's three come last.
    Aux(usize, usize),
    /// A base column of Q0 (0 to 2) or Q1 (3 to 5).
    Quotient(usize),
}

/// A term of the DEEP polynomial: term i has delta^i (F(x) - v)/(x - z).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeepEntry {
    /// The column F.
    pub source: Source,
    /// The point z.
    pub point: Point,
    /// The tree that opens F(x).
    pub commitment: Commitment,
    /// Where F(x) stands in an opening of that tree, whose rows are in hash order.
    pub index: usize,
}

impl Layout {
    /// The terms of the DEEP polynomial in order: the out-of-domain values (as they stand in the proof), then the binding values U.
    pub fn deep(&self) -> Vec<DeepEntry> {
        let columns = |commitment: Commitment, table: usize| {
            let shape = self.tree(commitment)?;
            let mut first = 0;
            for matrix in shape.matrices() {
                if matrix.table == table {
                    return Some((first, matrix.width));
                }
                first += matrix.width;
            }
            None
        };
        let mut entries = Vec::with_capacity(self.ood + self.bound);
        let mut push = |commitment, table, point, source: &dyn Fn(usize) -> Source, from: usize| {
            if let Some((first, width)) = columns(commitment, table) {
                let entry = |column| DeepEntry { source: source(column), point, commitment, index: first + column };
                entries.extend((width.saturating_sub(from)..width).map(entry));
            }
        };
        for (commitment, table) in [(Commitment::Rom, Widths::ROM), (Commitment::Lut, Widths::LUT)] {
            push(commitment, table, Point::Zeta, &|column| Source::Prep(table, column), usize::MAX);
        }
        for &(table, _) in &self.tables {
            push(Commitment::Main, table, Point::Zeta, &|column| Source::Main(table, column), usize::MAX);
        }
        for &(table, _) in &self.tables {
            push(Commitment::Aux, table, Point::Zeta, &|column| Source::Aux(table, column), usize::MAX);
        }
        for &(table, _) in &self.tables {
            push(Commitment::Aux, table, Point::Next, &|column| Source::Aux(table, column), 3);
        }
        push(Commitment::Quotient, 0, Point::Zeta, &Source::Quotient, QUOTIENT_WIDTH);
        for &(table, _) in &self.tables {
            push(Commitment::Main, table, Point::Zeta0, &|column| Source::Main(table, column), usize::MAX);
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Heights, STD};

    #[test]
    fn the_order_of_section_4_5() {
        let mut heights = Heights::NONE;
        (heights.0[0], heights.0[3], heights.0[6], heights.0[7]) = (9, 8, 4, 16);
        let widths = Widths::of_the_specification();
        let layout = Layout::new(STD, heights, &widths).expect("good heights");
        let entries = layout.deep();
        assert_eq!(entries.len(), layout.ood + layout.bound);
        let sources: Vec<Source> = entries.iter().map(|entry| entry.source).collect();
        let mut expected: Vec<Source> = (0..7).map(|c| Source::Prep(6, c)).chain((0..10).map(|c| Source::Prep(7, c))).collect();
        let tables = [(0, 73, 42), (3, 47, 39), (6, 1, 6), (7, 5, 12)];
        let main: Vec<Source> = tables.iter().flat_map(|&(table, main, _)| (0..main).map(move |c| Source::Main(table, c))).collect();
        expected.extend(&main);
        expected.extend(tables.iter().flat_map(|&(table, _, aux)| (0..aux).map(move |c| Source::Aux(table, c))));
        expected.extend(tables.iter().flat_map(|&(table, _, aux)| (aux - 3..aux).map(move |c| Source::Aux(table, c))));
        expected.extend((0..6).map(Source::Quotient));
        assert_eq!(expected.len(), layout.ood);
        expected.extend(&main);
        assert_eq!(sources, expected);
        let next = entries.iter().filter(|entry| entry.point == Point::Next).count();
        assert_eq!((next, entries.iter().filter(|entry| entry.point == Point::Zeta0).count()), (12, layout.bound));
        // In the opening, classes ascend: ROM (2^4), BIT (2^8), CPU (2^9), LUT (2^16).
        let first = |source| entries.iter().find(|entry| entry.source == source).map(|entry| entry.index);
        assert_eq!(first(Source::Main(6, 0)), Some(0));
        assert_eq!(first(Source::Main(3, 0)), Some(1));
        assert_eq!(first(Source::Main(0, 0)), Some(48));
        assert_eq!(first(Source::Main(7, 0)), Some(48 + 73));
    }
}
