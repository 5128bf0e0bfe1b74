use crate::Prepared;
use crate::team::{ProgressFn, Team};
use field::Simd;
use std::sync::atomic::AtomicBool;

/// How to prove; nothing here changes the receipt.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Threads to compute with, at least 1.
    pub threads: usize,
    /// The instruction set of the field arithmetic.
    pub simd: Simd,
    /// The most bytes of memory to use; a proof that needs more is refused before it is begun.
    pub memory: u64,
    /// Set it to true to stop: the call then returns within some 50 ms.
    pub cancel: &'a AtomicBool,
    /// Is told how far the proof has come.
    pub progress: ProgressFn<'a>,
    /// What earlier proofs left and this one leaves to later ones; `None` makes everything anew. What it holds counts as memory in use.
    pub prepared: Option<&'a Prepared>,
}

/// What [`Options::default`] asks for cancellation.
static NEVER: AtomicBool = AtomicBool::new(false);

impl Default for Options<'_> {
    /// All threads and the best instruction set of this machine, any memory, no cancellation, no report.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { threads, simd: Simd::detect(), memory: u64::MAX, cancel: &NEVER, progress: &|_| (), prepared: None }
    }
}

impl<'a> Options<'a> {
    /// The threads to work with.
    pub(crate) fn team(&self) -> Team<'a> {
        Team { threads: self.threads.max(1), simd: self.simd, cancel: self.cancel }
    }
}
