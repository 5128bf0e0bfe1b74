use crate::merkle::{Matrix, Shape};
use crate::wire::{DIGEST, ELEMENT};
use crate::{Heights, HeightsError, ParameterSet, Widths, fri};
use std::fmt;

/// Base columns of Q0 and Q1.
pub const QUOTIENT_WIDTH: usize = 6;

/// A committed tree of a segment, in the order that a query opens them (section 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Commitment {
    /// The program; its cap is in the image.
    Rom,
    /// The universal lookup table; its cap is a constant.
    Lut,
    /// Main columns.
    Main,
    /// Helpers and accumulators.
    Aux,
    /// Q0 and Q1.
    Quotient,
    /// A layer of FRI.
    Fri(u8),
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rom => write!(f, "ROM"),
            Self::Lut => write!(f, "LUT"),
            Self::Main => write!(f, "MAIN"),
            Self::Aux => write!(f, "AUX"),
            Self::Quotient => write!(f, "QUOT"),
            Self::Fri(layer) => write!(f, "FRI {layer}"),
        }
    }
}

/// Every length of one segment's part of a proof, from the parameter set, the heights and the widths alone (sections 1.5 and 4.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The parameter set.
    pub params: ParameterSet,
    /// The heights.
    pub heights: Heights,
    /// L.
    pub log_height: u32,
    /// The tables that are there: id, log2 of the height; ascending.
    pub tables: Vec<(usize, u32)>,
    /// Binding values U: one for each main column.
    pub bound: usize,
    /// Out-of-domain values: preprocessed, main, aux, the next value of each accumulator, Q0 and Q1.
    pub ood: usize,
    /// The trees that a query opens, in order: ROM and LUT where the segment has the table, MAIN, AUX, QUOT, the layers of FRI.
    pub trees: Vec<(Commitment, Shape)>,
}

impl Layout {
    /// The layout of a segment.
    ///
    /// # Errors
    /// Heights that section 4.7 step 4 refuses.
    pub fn new(params: ParameterSet, heights: Heights, widths: &Widths) -> Result<Self, HeightsError> {
        heights.check(widths)?;
        let log_height = heights.log_height();
        let b = params.log_blowup;
        let tables: Vec<(usize, u32)> = heights.present().collect();
        let of = |width: fn(&crate::TableWidths) -> usize| {
            let columns = |&(table, height): &(usize, u32)| (height + b, Matrix { table, width: widths.get(table).map_or(0, width) });
            tables.iter().map(columns).collect::<Vec<_>>()
        };
        let (main, aux, prep) = (of(|t| t.main), of(crate::TableWidths::aux), of(|t| t.prep));
        let total = |matrices: &[(u32, Matrix)]| matrices.iter().map(|(_, matrix)| matrix.width).sum::<usize>();
        let (bound, ood) = (total(&main), total(&prep) + total(&main) + total(&aux) + 3 * tables.len() + QUOTIENT_WIDTH);
        let mut trees = Vec::new();
        for (commitment, table) in [(Commitment::Rom, Widths::ROM), (Commitment::Lut, Widths::LUT)] {
            if let Some(matrix) = prep.iter().find(|(_, matrix)| matrix.table == table) {
                trees.push((commitment, Shape::new([*matrix])));
            }
        }
        trees.push((Commitment::Main, Shape::new(main)));
        trees.push((Commitment::Aux, Shape::new(aux)));
        trees.push((Commitment::Quotient, Shape::single(log_height + b, QUOTIENT_WIDTH)));
        for layer in 0..fri::folds(log_height) {
            let leaves = log_height + b - fri::LOG_ARITY * (layer as u32 + 1);
            trees.push((Commitment::Fri(layer as u8), Shape::single(leaves, 3 * fri::ARITY)));
        }
        Ok(Self { params, heights, log_height, tables, bound, ood, trees })
    }

    /// log2 of the evaluation domain, L + b.
    pub fn log_domain(&self) -> u32 {
        self.log_height + self.params.log_blowup
    }

    /// Layers of FRI.
    pub fn folds(&self) -> usize {
        fri::folds(self.log_height)
    }

    /// Coefficients of the final polynomial.
    pub fn final_len(&self) -> usize {
        1 << fri::final_log(self.log_height)
    }

    /// The tree of a commitment, if the segment has it.
    pub fn tree(&self, commitment: Commitment) -> Option<&Shape> {
        self.trees.iter().find(|(name, _)| *name == commitment).map(|(_, shape)| shape)
    }

    /// Bytes of the cap of a commitment; 0 if the segment does not have it.
    pub fn cap_bytes(&self, commitment: Commitment) -> usize {
        self.tree(commitment).map_or(0, |shape| DIGEST * shape.cap_nodes())
    }

    /// Bytes of one query: a row of every matrix and a path for every tree.
    pub fn query_bytes(&self) -> usize {
        self.trees.iter().map(|(_, shape)| 8 * shape.width() + DIGEST * shape.path_nodes()).sum()
    }

    /// Bytes of the segment's part of the second loop: main cap and U.
    pub fn first_bytes(&self) -> usize {
        self.cap_bytes(Commitment::Main) + ELEMENT * self.bound
    }

    /// Bytes of the segment's part of the third loop: everything from the aux cap to the last opening. `None` when it overflows.
    pub fn second_bytes(&self) -> Option<usize> {
        let fri: usize = (0..self.folds()).map(|layer| self.cap_bytes(Commitment::Fri(layer as u8))).sum();
        let caps = self.cap_bytes(Commitment::Aux) + self.cap_bytes(Commitment::Quotient) + fri;
        let elements = ELEMENT * (self.tables.len() + self.ood + self.final_len());
        self.params.queries.checked_mul(self.query_bytes())?.checked_add(caps + elements + 8)
    }
}

/// Bytes of a whole proof: parameter set and number of segments, 16 bytes of heights each, then every segment's parts. `None` when they are
/// more than a usize counts.
pub fn proof_len(layouts: &[Layout]) -> Option<usize> {
    layouts
        .iter()
        .try_fold(4usize, |sum, layout| sum.checked_add(16)?.checked_add(layout.first_bytes())?.checked_add(layout.second_bytes()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{COMPACT, FAST, PROVEN, STD};

    /// Heights with CPU at 2^L, ROM and LUT at 2^16 and the other tables of stage 1 (and MEMX, MTRAP) at 2^L.
    fn heights(log_height: u8, tables: usize) -> Heights {
        let mut heights = Heights::NONE;
        heights.0[..tables].fill(log_height);
        heights.0[Widths::ROM] = 16;
        heights.0[Widths::LUT] = 16;
        heights
    }

    fn kilobytes(params: ParameterSet, log_height: u8, tables: usize) -> usize {
        let layout = Layout::new(params, heights(log_height, tables), &Widths::of_the_specification()).expect("good heights");
        (proof_len(&[layout]).expect("small") + 500) / 1000
    }

    #[test]
    fn the_sizes_of_section_4() {
        let sizes = |params, tables| [16, 20, 22].map(|log_height| kilobytes(params, log_height, tables));
        assert_eq!(sizes(STD, 8), [346, 395, 426]);
        assert_eq!(sizes(PROVEN, 8), [711, 814, 879]);
        assert_eq!(sizes(COMPACT, 8), [203, 230, 247]);
        assert_eq!(sizes(FAST, 8), [649, 743, 802]);
        assert_eq!(sizes(STD, 10), [409, 458, 488]);
        assert_eq!(sizes(PROVEN, 10), [838, 941, 1006]);
    }

    /// The formula of section 4.11, written out.
    #[test]
    fn the_formula_of_section_4_11() {
        let layout = Layout::new(STD, heights(20, 8), &Widths::of_the_specification()).expect("good heights");
        assert_eq!((layout.ood, layout.bound, layout.tables.len()), (551, 279, 8));
        let columns: usize = layout.trees.iter().filter(|(c, _)| !matches!(c, Commitment::Fri(_))).map(|(_, shape)| shape.width()).sum();
        assert_eq!(columns, 527);
        let nodes: usize = layout.trees.iter().map(|(_, shape)| shape.path_nodes()).sum();
        let r = layout.folds();
        let query = 8 * columns + 32 * nodes + r * 192;
        assert_eq!((query, layout.query_bytes()), (8_920, 8_920));
        let rest = 24 * (551 + 279 + 8 + 32) + 32 * 32 * (3 + r) + 8 + 16;
        assert_eq!(proof_len(&[layout]), Some(41 * query + rest + 4));
    }

    #[test]
    fn small_tables_and_low_caps() {
        let mut heights = Heights::NONE;
        heights.0[0] = 8;
        heights.0[Widths::ROM] = 0;
        let layout = Layout::new(FAST, heights, &Widths::of_the_specification()).expect("good heights");
        let rom = layout.tree(Commitment::Rom).expect("there is a ROM");
        assert_eq!((rom.height(), rom.cap_nodes(), rom.path_nodes(), rom.width()), (1, 2, 0, 7));
        assert_eq!(layout.tree(Commitment::Lut), None);
        let main = layout.tree(Commitment::Main).expect("MAIN");
        assert_eq!(main.matrices().map(|matrix| matrix.table).collect::<Vec<_>>(), [6, 0], "rows in hash order: small classes first");
        assert_eq!(layout.folds(), 1);
        assert_eq!(layout.tree(Commitment::Fri(0)).map(Shape::height), Some(6));
    }
}
