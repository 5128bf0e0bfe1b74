//! Seeds, random numbers and counts for tests. Only tests depend on this crate.
//!
//! A randomised test draws from [`Seeds`]: `LOOM_SEED` repeats a run, otherwise the seed comes from the clock and is printed when the test
//! fails. [`tier_count`] picks how much is done: `LOOM_TIER=ci` (the default) or `LOOM_TIER=long`.
#![forbid(unsafe_code)]

mod progress;
mod random;
mod seeds;

pub use progress::Progress;
pub use random::Random;
pub use seeds::{Seeds, tier_count};
