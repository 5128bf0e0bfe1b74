//! Progress of a proof as JSON lines on standard error: `{phase, segment, done, total, fraction, eta_ms, rss}` (section 6.3).
use json::Object;
use prove::{Phase, Progress};
use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// No more than a line in this time, but one for every phase.
const INTERVAL: Duration = Duration::from_millis(100);

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
            .number("fraction", progress.fraction().map_or("null".to_owned(), |fraction| format!("{fraction:.4}")))
            .number("eta_ms", progress.remaining(now - self.start).map_or("null".to_owned(), |left| left.as_millis().to_string()))
            .number("rss", resident().map_or("null".to_owned(), |bytes| bytes.to_string()));
        // Whoever read the progress may have gone; the proof goes on.
        let _ = writeln!(std::io::stderr(), "{}", line.finish());
    }
}

/// Bytes of memory in use, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| 1024 * kib)
}
