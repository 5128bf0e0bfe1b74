use super::{Ended, machine};
use crate::{Options, disassemble, translate};
use std::sync::atomic::AtomicBool;
use testing::{Seeds, tier_count};

pub(super) fn translated(module: &[u8], input: &[u8]) -> Result<Ended, vm::Error> {
    let program = translate(module, &Options::default()).expect("the generator keeps to the subset");
    assert_eq!(program.check(), Ok(()), "{}", disassemble(&program));
    let execution = vm::run(&program, input, &vm::Limits { frame_slots: 1 << 14, ..vm::Limits::default() }, &AtomicBool::new(false))?;
    Ok(Ended { exit_code: execution.exit_code, output: execution.output, memory: execution.memory })
}

#[test]
fn random_modules_do_the_same_translated() {
    let seeds = Seeds::new("random_modules_do_the_same_translated");
    let mut random = seeds.random(0);
    let mut normal = 0;
    let count = tier_count(600, 100_000);
    for i in 0..count {
        let generated = corpus::generate::generate(&mut || random.next());
        let expected = machine::run(&generated.module, &generated.input);
        normal += u64::from(expected.exit_code == 0);
        let got = translated(&generated.module, &generated.input).unwrap_or_else(|e| panic!("module {i}: {e}"));
        assert_eq!((expected.exit_code, &expected.output), (got.exit_code, &got.output), "module {i}");
        assert!(expected.memory == got.memory, "module {i}: the memories differ");
    }
    assert!(normal > count / 4, "only {normal} of {count} modules end normally: they test little");
}
