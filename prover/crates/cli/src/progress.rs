//! Progress of a proof as JSON lines on standard error: `{phase, segment, done, total, eta_ms, rss}` (section 6.3).
use json::Object;
use prove::{Phase, Progress};
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// No more than a line in this time, but one for every phase.
const INTERVAL: Duration = Duration::from_millis(100);

/// The share of a whole proof that each phase takes, in per mille; for the remaining time only.
const SHARES: [(Phase, u64); 8] = [
    (Phase::Execute, 60),
    (Phase::Preprocessed, 40),
    (Phase::Main, 260),
    (Phase::Aux, 280),
    (Phase::Quotient, 170),
    (Phase::Deep, 90),
    (Phase::Fri, 60),
    (Phase::Open, 40),
];

/// Writes the lines.
pub struct Lines {
    start: Instant,
    last: Mutex<Option<(Instant, Phase)>>,
}

impl Lines {
    /// The proof begins now.
    pub fn new() -> Self {
        Self { start: Instant::now(), last: Mutex::new(None) }
    }

    /// One report of the prover.
    pub fn report(&self, progress: Progress) {
        let now = Instant::now();
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.is_some_and(|(when, phase)| phase == progress.phase && now - when < INTERVAL && progress.done < progress.total) {
            return;
        }
        *last = Some((now, progress.phase));
        let line = Object::new()
            .text("phase", progress.phase.name())
            .number("segment", progress.segment)
            .number("done", progress.done)
            .number("total", progress.total)
            .number("eta_ms", remaining(&progress, now - self.start).as_millis())
            .number("rss", resident().map_or("null".to_owned(), |bytes| bytes.to_string()));
        // Whoever read the progress may have gone; the proof goes on.
        let _ = writeln!(std::io::stderr(), "{}", line.finish());
    }
}

/// The time that is left if the phases keep to their shares.
fn remaining(progress: &Progress, elapsed: Duration) -> Duration {
    let before: u64 = SHARES.iter().take_while(|(phase, _)| *phase < progress.phase).map(|(_, share)| share).sum();
    let share = SHARES.iter().find(|(phase, _)| *phase == progress.phase).map_or(0, |(_, share)| *share);
    let done = before as f64 + share as f64 * progress.done as f64 / progress.total.max(1) as f64;
    elapsed.mul_f64(((1000.0 - done) / done.max(1.0)).max(0.0))
}

/// Bytes of memory in use, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| 1024 * kib)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remaining_time_goes_to_zero() {
        assert_eq!(SHARES.iter().map(|(_, share)| share).sum::<u64>(), 1000);
        assert!(SHARES.is_sorted_by_key(|(phase, _)| *phase), "in the order of the phases");
        let second = Duration::from_secs(1);
        let at = |phase, done| remaining(&Progress { phase, segment: 0, done, total: 4 }, second);
        assert_eq!(at(Phase::Open, 4), Duration::ZERO);
        assert!(at(Phase::Main, 1) > at(Phase::Main, 2));
        assert!(at(Phase::Execute, 0) > at(Phase::Execute, 4));
    }
}
