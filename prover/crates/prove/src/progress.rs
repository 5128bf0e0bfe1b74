use crate::costs::Costs;
use crate::team::{Phase, Progress, ProgressFn};
use std::sync::{Mutex, PoisonError};

/// A phase is told of in so many steps at most.
const STEPS: u64 = 64;

/// Counts the work of one phase and reports it, one call at a time.
pub struct Reporter<'a> {
    report: ProgressFn<'a>,
    costs: Costs,
    /// Which phase.
    pub phase: Phase,
    total: u64,
    /// What is done, and what was last told.
    done: Mutex<(u64, u64)>,
}

impl<'a> Reporter<'a> {
    /// Begins a phase of `total` units of work and reports that none is done.
    pub fn begin(report: ProgressFn<'a>, costs: Costs, phase: Phase, total: u64) -> Self {
        let reporter = Self { report, costs, phase, total, done: Mutex::default() };
        reporter.tell(0);
        reporter
    }

    /// So many units more are done.
    pub fn add(&self, units: u64) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.0 = done.0.saturating_add(units).min(self.total);
        if done.0 - done.1 >= self.total.div_ceil(STEPS) || (done.0 == self.total && done.1 < self.total) {
            done.1 = done.0;
            self.tell(done.0);
        }
    }

    /// All of it is done.
    pub fn end(&self) {
        self.add(u64::MAX);
    }

    fn tell(&self, done: u64) {
        let millionths = self.costs.millionths(self.phase, done, self.total);
        let done = (u128::from(done) * u128::from(Progress::TOTAL) / u128::from(self.total.max(1))) as u64;
        (self.report)(Progress { phase: self.phase, segment: 0, done, total: Progress::TOTAL, millionths });
    }
}
