use crate::jobs::Figures;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What is counted, since the service started.
#[derive(Default)]
pub struct Metrics {
    requests: [AtomicU64; 6],
    done: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    deleted: AtomicU64,
    images: AtomicU64,
    receipt_bytes: AtomicU64,
    micros: AtomicU64,
}

impl Metrics {
    pub fn answered(&self, status: u16) {
        self.requests[usize::from(status / 100).min(5)].fetch_add(1, Relaxed);
    }

    pub fn done(&self, bytes: usize, took: Duration) {
        self.done.fetch_add(1, Relaxed);
        self.receipt_bytes.fetch_add(bytes as u64, Relaxed);
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    pub fn failed(&self, refused: bool) {
        if refused { &self.refused } else { &self.failed }.fetch_add(1, Relaxed);
    }

    pub fn deleted(&self) {
        self.deleted.fetch_add(1, Relaxed);
    }

    pub fn imaged(&self) {
        self.images.fetch_add(1, Relaxed);
    }

    /// In the text format of Prometheus, version 0.0.4.
    pub fn text(&self, figures: &Figures) -> String {
        let mut text = String::new();
        family(&mut text, "loom_prover_requests_total", "counter", "Answers by class of status.");
        for (class, count) in self.requests.iter().enumerate().skip(1) {
            let _ = writeln!(text, "loom_prover_requests_total{{status=\"{class}xx\"}} {}", count.load(Relaxed));
        }
        family(&mut text, "loom_prover_jobs", "gauge", "Jobs by state.");
        for (state, count) in [("queued", figures.queued), ("running", figures.running), ("done", figures.done), ("failed", figures.failed)]
        {
            let _ = writeln!(text, "loom_prover_jobs{{state=\"{state}\"}} {count}");
        }
        family(&mut text, "loom_prover_ended_total", "counter", "Jobs that came to an end, by outcome.");
        for (outcome, count) in [("done", &self.done), ("refused", &self.refused), ("failed", &self.failed), ("deleted", &self.deleted)] {
            let _ = writeln!(text, "loom_prover_ended_total{{outcome=\"{outcome}\"}} {}", count.load(Relaxed));
        }
        single(&mut text, "loom_prover_images_total", "Images made.", self.images.load(Relaxed));
        single(&mut text, "loom_prover_receipt_bytes_total", "Bytes of receipts.", self.receipt_bytes.load(Relaxed));
        family(&mut text, "loom_prover_proving_seconds_total", "counter", "Time spent on proofs that came to a receipt.");
        let _ = writeln!(text, "loom_prover_proving_seconds_total {}", self.micros.load(Relaxed) as f64 / 1e6);
        text
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn single(text: &mut String, name: &str, help: &str, value: u64) {
    family(text, name, "counter", help);
    let _ = writeln!(text, "{name} {value}");
}
