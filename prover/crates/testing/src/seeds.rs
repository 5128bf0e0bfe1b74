use crate::Random;
use std::time::{SystemTime, UNIX_EPOCH};

/// The seed of a test run. Keep it alive for the whole test: when the test panics, dropping it prints how to repeat the run.
pub struct Seeds {
    name: &'static str,
    seed: u64,
}

impl Seeds {
    /// The seed in `LOOM_SEED`, or one from the clock. `name` is the test's, printed when it fails.
    ///
    /// # Panics
    /// If `LOOM_SEED` is no `u64`.
    pub fn new(name: &'static str) -> Self {
        let seed = match std::env::var("LOOM_SEED") {
            Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("LOOM_SEED is {text:?}; it takes a decimal number below 2^64")),
            Err(_) => SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_nanos() as u64),
        };
        Self { name, seed }
    }

    /// A seed that is known.
    pub(crate) fn of(name: &'static str, seed: u64) -> Self {
        Self { name, seed }
    }

    /// The seed itself.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// A sequence for one purpose: another `stream` is another sequence of the same run.
    pub fn random(&self, stream: u64) -> Random {
        let mut mix = Random::new(self.seed ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Random::new(mix.next())
    }
}

impl Drop for Seeds {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}: repeat this run with LOOM_SEED={}", self.name, self.seed);
        }
    }
}

/// How many times to do something: `ci` by default, `long` with `LOOM_TIER=long`.
///
/// # Panics
/// If `LOOM_TIER` is something else.
pub fn tier_count(ci: u64, long: u64) -> u64 {
    match std::env::var("LOOM_TIER").as_deref() {
        Err(_) | Ok("" | "ci") => ci,
        Ok("long") => long,
        Ok(other) => panic!("LOOM_TIER is {other:?}; it takes ci or long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_a_seed_differ_and_repeat() {
        let seeds = Seeds { name: "seeds", seed: 5 };
        assert_eq!(seeds.random(1).next(), seeds.random(1).next());
        assert_ne!(seeds.random(1).next(), seeds.random(2).next());
        assert_ne!(seeds.random(1).next(), Seeds { name: "seeds", seed: 6 }.random(1).next());
    }
}
