use crate::team::Phase;
use air::Table;
use proto::{Layout, Widths};

/// What the phases of a proof cost beside each other, in nanoseconds of one processor of a few years ago: only their ratios are used, for
/// the share of a proof that is done. The factors fit the processor time that `loom-prover bench` shows for runs of 19 and of 325 thousand
/// cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs([u64; 8]);

/// One row of eight columns, extended.
pub const EXTENDED: u64 = 200;

/// One number, hashed.
pub const HASHED: u64 = 10;

/// One interaction of a row: its part of a helper column.
pub const FRACTION: u64 = 30;

/// A table of so many columns, extended to so many rows and hashed.
pub fn committed(width: usize, log_rows: u32) -> u64 {
    (EXTENDED * width.div_ceil(8) as u64 + HASHED * width as u64) << log_rows
}

impl Costs {
    /// Of a proof of these lengths; `lut` says whether the lookup table has to be prepared.
    pub fn new(layout: &Layout, lut: bool) -> Self {
        let b = layout.params.log_blowup;
        let domain = 1u64 << (layout.log_height + b);
        let mut costs = Self::default();
        let mut add = |phase: Phase, cost: u64| costs.0[phase as usize] += cost;
        for (id, log_height) in &layout.tables {
            let Some(table) = u8::try_from(*id).ok().and_then(Table::from_id) else { continue };
            let rows = 1u64 << log_height;
            let (main, prep, aux) = (table.main_width(), table.prep_width(), table.aux_width());
            add(Phase::Execute, 27 * rows * main as u64);
            if prep > 0 && (lut || *id != Widths::LUT) {
                add(Phase::Preprocessed, committed(prep, log_height + b));
            }
            add(Phase::Main, committed(main, log_height + b));
            add(Phase::Aux, committed(aux, log_height + b) + FRACTION * rows * table.interactions() as u64);
            add(Phase::Quotient, 40 * rows * table.all_constraints() as u64);
            add(Phase::Deep, 50 * rows * (2 * main + prep + aux).div_ceil(8) as u64);
        }
        add(Phase::Quotient, 300 * domain);
        add(Phase::Deep, 350 * domain);
        add(Phase::Fri, 105 * domain);
        add(Phase::Open, 100 << layout.params.grinding);
        costs
    }

    /// What a phase costs.
    pub fn of(&self, phase: Phase) -> u64 {
        self.0[phase as usize]
    }

    /// How much of the proof is done, in millionths, when so much of a phase is; `None` while nothing is known.
    pub fn millionths(&self, phase: Phase, done: u64, total: u64) -> Option<u32> {
        let whole: u64 = self.0.iter().sum();
        if whole == 0 {
            return None;
        }
        let before: u64 = self.0[..phase as usize].iter().sum();
        let within = u128::from(self.of(phase)) * u128::from(done.min(total)) / u128::from(total.max(1));
        Some(((u128::from(before) + within) * 1_000_000 / u128::from(whole)) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{Heights, STD};

    #[test]
    fn shares_go_from_nothing_to_all() {
        let mut heights = Heights::NONE;
        for (table, height) in [(0, 14), (1, 13), (4, 11), (5, 0), (6, 5), (7, 16)] {
            heights.0[table] = height;
        }
        let layout = Layout::new(STD, heights, &crate::widths()).unwrap();
        let costs = Costs::new(&layout, true);
        assert_eq!(costs.millionths(Phase::Execute, 0, 1), Some(0));
        assert_eq!(costs.millionths(Phase::Open, 7, 7), Some(1_000_000));
        assert!(costs.millionths(Phase::Main, 1, 4) < costs.millionths(Phase::Main, 2, 4));
        assert_eq!(costs.millionths(Phase::Main, 4, 4), costs.millionths(Phase::Aux, 0, 9));
        let kept = Costs::new(&layout, false);
        assert!(kept.of(Phase::Preprocessed) < costs.of(Phase::Preprocessed) / 4);
        assert_eq!(Costs::default().millionths(Phase::Execute, 1, 1), None);
    }
}
