//! Random modules: translated, run by the fast executor and traced; both must agree and traces must pass the checker.
extern crate loom_vm as vm;

mod common;

use common::both::run_both;
use corpus::generate::generate;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use testing::{Progress, Seeds, tier_count};

/// Modules between two savings of the progress.
const BLOCK: u64 = 500;

#[test]
fn random_modules_run_alike_in_both_modes() {
    let count = tier_count(200, 100_000);
    let mut progress = Progress::start("random_modules_run_alike_in_both_modes", count);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    while progress.done() < count {
        let (next, end) = (AtomicU64::new(progress.done()), count.min(progress.done() + BLOCK));
        let seeds = progress.seeds();
        let ends = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| run_from(seeds, &next, end))).collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("a module failed; its message is above")).collect::<Vec<_>>()
        });
        progress.finish(end, ends);
        if end.is_multiple_of(10_000) {
            println!("{end} modules of {count}");
        }
    }
    let ends = progress.counts();
    println!("{count} modules of seed {}: {ends:?}", progress.seeds().seed());
    assert_eq!(ends.values().sum::<u64>(), count);
    assert!(ends["exit 0"] > count / 2, "most modules end normally: {ends:?}");
    assert!(ends.len() > 1, "some modules trap: {ends:?}");
    assert!(ends.get(TOO_LONG).is_none_or(|&times| times < count / 100), "most modules have a trace: {ends:?}");
}

/// What is counted of a module that ends after more cycles than one segment has room for.
const TOO_LONG: &str = "no trace";

/// Takes one module after another until `end`; how often each exit code came.
fn run_from(seeds: &Seeds, next: &AtomicU64, end: u64) -> BTreeMap<String, u64> {
    let mut ends = BTreeMap::new();
    loop {
        let stream = next.fetch_add(1, Ordering::Relaxed);
        if stream >= end {
            return ends;
        }
        let mut random = seeds.random(stream);
        let generated = generate(&mut || random.next());
        let program = wasm::translate(&generated.module, &wasm::Options::default())
            .unwrap_or_else(|error| panic!("module {stream} of seed {}: {error}", seeds.seed()));
        // Checking a trace row by row costs more than all the rest: one in eight.
        let what = match run_both(&program, &generated.input, stream.is_multiple_of(8)) {
            Ok(execution) => format!("exit {}", execution.exit_code),
            Err(vm::Error::TooManyRows { .. }) => TOO_LONG.to_owned(),
            Err(error) => panic!("module {stream} of seed {}: {error}", seeds.seed()),
        };
        *ends.entry(what).or_default() += 1;
    }
}
