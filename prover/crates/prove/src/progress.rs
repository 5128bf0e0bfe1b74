use crate::team::{Phase, Progress, ProgressFn};
use std::sync::Mutex;

/// Counts the work items of one phase and reports them, one call at a time.
pub struct Reporter<'a> {
    report: ProgressFn<'a>,
    phase: Phase,
    total: usize,
    done: Mutex<usize>,
}

impl<'a> Reporter<'a> {
    /// Begins a phase of `total` items and reports that none is done.
    pub fn begin(report: ProgressFn<'a>, phase: Phase, total: usize) -> Self {
        report(Progress { phase, segment: 0, done: 0, total });
        Self { report, phase, total, done: Mutex::new(0) }
    }

    /// One more item is done.
    pub fn step(&self) {
        let mut done = self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *done = (*done + 1).min(self.total);
        (self.report)(Progress { phase: self.phase, segment: 0, done: *done, total: self.total });
    }
}
