//! The pinned modules of `samples` in both modes of the executor: they answer their vectors, and the traces pass the checker.
extern crate loom_vm as vm;

mod common;

use testing::{Seeds, tier_count};

#[test]
fn traces_of_every_sample_pass_the_checker_and_give_its_answers() {
    let seeds = Seeds::new("steps of samples");
    let mut random = seeds.random(0);
    let modules = corpus::samples::modules();
    assert!(modules.len() >= 9, "only {} sample modules", modules.len());
    for (name, bytes) in modules {
        let program = wasm::translate(&bytes, &wasm::Options::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        // A machine in several languages has one set of vectors.
        let steps = corpus::vectors::steps(name.trim_end_matches("-assemblyscript").trim_end_matches("-c"));
        for _ in 0..tier_count(1, 20) {
            let step = &steps[random.index(steps.len())];
            let execution = common::run(&program, &step.input);
            assert!(execution.exit_code == 0 && execution.output == step.output, "{name}, {}", step.command);
        }
    }
}
