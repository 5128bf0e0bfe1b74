//! Whole executions of translated modules: they pass the checker, no changed cell is accepted that the manifest does not list, and no
//! changed word of the claim is.

use air::{Bus, Public, Violation, Witness, check};
use soundness::manifest;
use soundness::mutation::{Free, Samples, free_cells};
use std::sync::atomic::AtomicBool;
use testing::{Seeds, tier_count};

/// The traces of a sample module on the first input of its vectors.
fn sample(name: &str) -> (Witness, Public) {
    let modules = corpus::samples::modules();
    let (_, bytes) = modules.iter().find(|(module, _)| module == name).unwrap_or_else(|| panic!("no sample {name}"));
    let program = wasm::translate(bytes, &wasm::Options::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let input = &corpus::vectors::steps(name)[0].input;
    let (execution, witness) = vm::trace(&program, input, &vm::Limits::default(), &AtomicBool::new(false)).unwrap();
    let public = Public {
        init_pages: program.init_pages,
        cycles: execution.cycles,
        input: isa::input_tape(input),
        output: isa::output_tape(&execution.output, execution.exit_code),
    };
    (witness, public)
}

const SAMPLES: [&str; 4] = ["counter", "echo", "debt-to-income", "bank-ledger"];

#[test]
fn changed_cells_of_real_executions_are_rejected() {
    let seeds = Seeds::new("mutations of samples");
    let mut random = seeds.random(0);
    let manifest = manifest::read(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/dont-care.txt")).unwrap());
    for name in SAMPLES {
        let (witness, public) = sample(name);
        check(&witness, &public).unwrap_or_else(|violation| panic!("{name}: {violation}"));
        let (mut free, mut samples) = (Free::new(), Samples::new());
        free_cells(&witness, tier_count(4, 60) as usize, &mut random, &mut free, &mut samples);
        assert!(samples.values().sum::<usize>() >= 60, "{name}: {samples:?}");
        for ((table, kind), columns) in &free {
            let listed = manifest.get(&(*table, kind.clone())).cloned().unwrap_or_default();
            let unlisted: Vec<_> = columns.difference(&listed).collect();
            assert!(unlisted.is_empty(), "{name}, {} {kind}: a change of {unlisted:?} is accepted", table.name());
        }
    }
}

#[test]
fn another_output_exit_code_input_or_count_of_a_real_execution_is_rejected() {
    let (witness, public) = sample("debt-to-income");
    let on = |public: &Public| match check(&witness, public) {
        Err(Violation::Bus { bus, .. }) => bus,
        other => panic!("{other:?}"),
    };
    let mut exit = public.clone();
    exit.output[0].1 = 1;
    assert_eq!(on(&exit), Bus::Pout);
    let mut output = public.clone();
    output.output.last_mut().unwrap().0 ^= 1;
    assert_eq!(on(&output), Bus::Pout);
    let mut input = public.clone();
    input.input[1].1 ^= 1 << 31;
    assert_eq!(on(&input), Bus::Pin);
    assert_eq!(on(&Public { cycles: public.cycles + 1, ..public.clone() }), Bus::Halt);
    assert_eq!(on(&Public { init_pages: public.init_pages + 1, ..public.clone() }), Bus::Exec);
}
