//! Random modules: translated, run by the fast executor and traced; both must agree and traces must pass the checker.
extern crate loom_vm as vm;

mod common;

use common::both::run_both;
use corpus::generate::generate;
use std::collections::BTreeMap;
use testing::{Seeds, tier_count};

#[test]
fn random_modules_run_alike_in_both_modes() {
    let seeds = Seeds::new("random_modules_run_alike_in_both_modes");
    let mut ends: BTreeMap<u32, u32> = BTreeMap::new();
    let count = tier_count(200, 100_000);
    for stream in 0..count {
        let mut random = seeds.random(stream);
        let generated = generate(&mut || random.next());
        let program = wasm::translate(&generated.module, &wasm::Options::default())
            .unwrap_or_else(|error| panic!("module {stream} of seed {}: {error}", seeds.seed()));
        // In the short tier one in eight is checked row by row.
        let check = stream % tier_count(8, 1) == 0;
        let execution = run_both(&program, &generated.input, check).unwrap_or_else(|error| panic!("module {stream}: {error}"));
        *ends.entry(execution.exit_code).or_default() += 1;
    }
    println!("exit codes: {ends:?}");
    assert!(u64::from(ends[&0]) > count / 2, "most modules end normally: {ends:?}");
    assert!(ends.len() > 1, "some modules trap: {ends:?}");
}
