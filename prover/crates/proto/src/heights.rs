use crate::Widths;
use std::fmt;

/// The mark of a table that a segment does not have.
pub const ABSENT: u8 = 0xFF;

/// The largest L: a table has at most 2^22 rows.
pub const MAX_LOG_HEIGHT: u32 = 22;

/// The smallest L: the bounds of section 4.9 need every segment to have a table of at least 2^8 rows.
pub const MIN_LOG_HEIGHT: u32 = 8;

/// LUT has 2^16 rows.
pub const LUT_LOG_HEIGHT: u32 = 16;

/// log2 of the height of every table of a segment, by table id; [`ABSENT`] where there is none (section 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Heights(pub [u8; 16]);

impl Heights {
    /// No table.
    pub const NONE: Self = Self([ABSENT; 16]);

    /// log2 of the height of a table, `None` when absent.
    pub fn get(&self, table: usize) -> Option<u32> {
        self.0.get(table).filter(|height| **height != ABSENT).map(|height| u32::from(*height))
    }

    /// The tables that are there, by ascending id, with log2 of their heights.
    pub fn present(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        (0..self.0.len()).filter_map(|table| Some((table, self.get(table)?)))
    }

    /// L, log2 of the highest table; 0 without any.
    pub fn log_height(&self) -> u32 {
        self.present().map(|(_, height)| height).max().unwrap_or(0)
    }

    /// Checks what section 4.7 step 4 says of one segment, ROM excepted (it is compared with the image).
    ///
    /// # Errors
    /// The first table that has no business there or is too high, LUT with other than 2^16 rows, or no table of 2^8 rows.
    pub fn check(&self, widths: &Widths) -> Result<(), HeightsError> {
        for (table, height) in self.present() {
            if widths.get(table).is_none() {
                return Err(HeightsError::UnknownTable { table });
            }
            if height > MAX_LOG_HEIGHT {
                return Err(HeightsError::TooHigh { table, got: height });
            }
        }
        match self.get(Widths::LUT) {
            Some(got) if got != LUT_LOG_HEIGHT => return Err(HeightsError::Lut { got }),
            _ => {}
        }
        let got = self.log_height();
        if got < MIN_LOG_HEIGHT { Err(HeightsError::TooLow { got }) } else { Ok(()) }
    }
}

/// Why the heights of a segment cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeightsError {
    /// A table id that this version has no table for.
    UnknownTable {
        /// The id.
        table: usize,
    },
    /// A table of more than 2^22 rows.
    TooHigh {
        /// Its id.
        table: usize,
        /// log2 of its height.
        got: u32,
    },
    /// LUT has 2^16 rows and no other number.
    Lut {
        /// log2 of its height.
        got: u32,
    },
    /// No table has 2^8 rows.
    TooLow {
        /// log2 of the highest table.
        got: u32,
    },
}

impl fmt::Display for HeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTable { table } => write!(f, "there is no table {table}"),
            Self::TooHigh { table, got } => write!(f, "table {table} has height 2^{got}, at most 2^{MAX_LOG_HEIGHT} is allowed"),
            Self::Lut { got } => write!(f, "table {} has height 2^{got}, it must be 2^{LUT_LOG_HEIGHT}", Widths::LUT),
            Self::TooLow { got } => write!(f, "the highest table has 2^{got} rows, at least 2^{MIN_LOG_HEIGHT} are needed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(tables: &[(usize, u8)]) -> Heights {
        let mut heights = Heights::NONE;
        tables.iter().for_each(|(table, height)| heights.0[*table] = *height);
        heights
    }

    #[test]
    fn every_rule_of_one_segment() {
        let widths = Widths::of_the_specification();
        let check = |tables: &[(usize, u8)]| heights(tables).check(&widths);
        assert_eq!(check(&[(0, 8), (7, 16)]), Ok(()));
        assert_eq!(check(&[(0, 22)]), Ok(()));
        assert_eq!(check(&[(0, 8), (10, 8)]), Err(HeightsError::UnknownTable { table: 10 }));
        assert_eq!(check(&[(0, 23)]), Err(HeightsError::TooHigh { table: 0, got: 23 }));
        assert_eq!(check(&[(0, 0xFE)]), Err(HeightsError::TooHigh { table: 0, got: 0xFE }));
        assert_eq!(check(&[(0, 8), (7, 15)]), Err(HeightsError::Lut { got: 15 }));
        assert_eq!(check(&[(0, 7), (4, 3)]), Err(HeightsError::TooLow { got: 7 }));
        assert_eq!(check(&[]), Err(HeightsError::TooLow { got: 0 }));
    }
}
