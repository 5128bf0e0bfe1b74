//! Valid executions pass the checker, and single false facts do not.

mod support;

use air::{Bus, Mask, Table, Violation, check, check_without};
use field::{Goldilocks, Ring};
use isa::Op;
use support::{INPUT, count_to, every_operation, run};

#[test]
fn count_to_n_holds() {
    let run = run(&count_to(100), &INPUT).unwrap();
    assert_eq!(run.public.output, [(8, 0), (100, 0)]);
    check(&run.witness, &run.public).unwrap();
}

#[test]
fn every_cpu_operation_holds() {
    let run = run(&every_operation(), &INPUT).unwrap();
    for op in Table::Cpu.ops() {
        assert!(run.steps.iter().any(|step| step.instruction.op == *op), "{op:?} is executed");
    }
    assert!(run.steps.iter().filter(|step| step.instruction.op == Op::Ret).count() == 6);
    check(&run.witness, &run.public).unwrap();
}

#[test]
fn an_unbalanced_tuple_is_named_with_its_chips() {
    let mut run = run(&count_to(3), &INPUT).unwrap();
    run.public.cycles += 1;
    let last = 4 * (run.public.cycles - 1);
    let violation = check(&run.witness, &run.public).unwrap_err();
    assert_eq!(violation, Violation::Bus { bus: Bus::Halt, tuple: vec![last], net: 1, senders: vec!["CPU"], receivers: vec![] });
    assert_eq!(violation.to_string(), format!("Halt[{last}] is unbalanced by 1: sent by [\"CPU\"], received by []"));
}

#[test]
fn a_violated_constraint_is_named_with_its_row_unless_it_is_masked() {
    let mut run = run(&count_to(3), &INPUT).unwrap();
    let trace = run.witness.trace_mut(Table::Intab).unwrap();
    let padding = trace.height() - 1;
    trace.columns[4][padding] = Goldilocks::ONE;
    let violation = Violation::Constraint { table: Table::Intab, row: padding, index: 1 };
    assert_eq!(check(&run.witness, &run.public), Err(violation));
    let unmasked = check_without(&run.witness, &run.public, &[Mask::Constraint(Table::Intab, 1)]).unwrap_err();
    assert!(matches!(unmasked, Violation::Bus { bus: Bus::Inp, .. }), "then the free input word is seen: {unmasked}");
    run.witness.traces[0].columns[3].pop();
    assert_eq!(check(&run.witness, &run.public), Err(Violation::Shape { table: Table::Cpu }));
}
