//! Random modules: translated, run by the fast executor and traced; both must agree and traces must pass the checker.
extern crate loom_vm as vm;

mod common;

use common::both::run_both;
use corpus::generate::generate;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use testing::{Seeds, tier_count};

#[test]
fn random_modules_run_alike_in_both_modes() {
    let seeds = Seeds::new("random_modules_run_alike_in_both_modes");
    let count = tier_count(200, 100_000);
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let ends = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| run_from(&seeds, &next, count))).collect();
        let mut ends: BTreeMap<u32, u64> = BTreeMap::new();
        for worker in workers {
            for (code, times) in worker.join().expect("a module failed; its message is above") {
                *ends.entry(code).or_default() += times;
            }
        }
        ends
    });
    println!("{count} modules of seed {}, exit codes: {ends:?}", seeds.seed());
    assert_eq!(ends.values().sum::<u64>(), count);
    assert!(ends[&0] > count / 2, "most modules end normally: {ends:?}");
    assert!(ends.len() > 1, "some modules trap: {ends:?}");
}

/// Takes one module after another until all are taken; how often each exit code came.
fn run_from(seeds: &Seeds, next: &AtomicU64, count: u64) -> BTreeMap<u32, u64> {
    let mut ends = BTreeMap::new();
    loop {
        let stream = next.fetch_add(1, Ordering::Relaxed);
        if stream >= count {
            return ends;
        }
        let mut random = seeds.random(stream);
        let generated = generate(&mut || random.next());
        let program = wasm::translate(&generated.module, &wasm::Options::default())
            .unwrap_or_else(|error| panic!("module {stream} of seed {}: {error}", seeds.seed()));
        // Checking a trace row by row costs more than all the rest: one in eight.
        let check = stream.is_multiple_of(8);
        let execution =
            run_both(&program, &generated.input, check).unwrap_or_else(|error| panic!("module {stream} of seed {}: {error}", seeds.seed()));
        *ends.entry(execution.exit_code).or_default() += 1;
        if stream > 0 && stream.is_multiple_of(10_000) {
            println!("{stream} modules of {count}");
        }
    }
}
