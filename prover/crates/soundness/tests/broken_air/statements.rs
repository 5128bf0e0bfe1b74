//! For every table a false statement whose witness breaks one rule of that table alone.

use crate::rows::support::{Run, imm, op, run, run_lying};
use crate::statement::Statement;
use air::chips::{cpu, intab, memb, rom};
use air::{Bus, Mask, Seen, Table, Violation, WitnessBuilder};
use field::{Goldilocks, Ring};
use isa::{Instruction, Op, Program};
use soundness::recount;
use verify::VerifyError;

/// The trap stub first, then `code`, then slot 3 as the only output word.
fn telling(code: Vec<Instruction>) -> Program {
    let mut all = vec![
        op(Op::Jmp, 0, 0, 0, 5),
        op(Op::Const, 0, 0, 0, 0),
        Instruction { ih: 6, ..op(Op::Const, 0, 0, 1, 0) },
        op(Op::Outw, 0, 1, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ];
    all.extend(code);
    all.extend([op(Op::Const, 0, 0, 60, 1), op(Op::Outw, 60, 3, 0, 0), op(Op::Const, 0, 0, 61, 8)]);
    all.extend([op(Op::Const, 0, 0, 62, 0), op(Op::Outw, 62, 61, 0, 0), op(Op::Halt, 0, 0, 0, 0)]);
    crate::rows::support::program(all)
}

/// What a run has put on the output tape behind the header.
fn told(run: &Run) -> Vec<u8> {
    run.public.output[1..].iter().flat_map(|(lo, hi)| [lo.to_le_bytes(), hi.to_le_bytes()].concat()).collect()
}

/// The statement that `program` gives what it gives when instruction `of` writes a result with the lowest bit changed.
fn lie(code: Vec<Instruction>, of: Op) -> Statement {
    let program = telling(code);
    let tape = isa::input_tape(&[]);
    let lied = run_lying(&program, &tape, |i, result| if i.op == of { result ^ 1 } else { result }).expect("rows for all of it");
    assert_ne!(told(&lied), told(&run(&program, &tape).expect("an honest run")));
    Statement::new(&program, &[], &told(&lied), 0, lied.public.cycles, lied.witness)
}

/// Two numbers in slots 1 and 2.
fn operands(a: u32, b: u32) -> Vec<Instruction> {
    vec![op(Op::Const, 0, 0, 1, a), op(Op::Const, 0, 0, 2, b)]
}

fn with(mut code: Vec<Instruction>, more: impl IntoIterator<Item = Instruction>) -> Vec<Instruction> {
    code.extend(more);
    code
}

/// The constraint that the witness breaks, which is of `table`.
fn broken(table: Table, statement: &Statement) -> Vec<Mask> {
    match statement.violation() {
        Violation::Constraint { table: of, index, .. } if of == table => vec![Mask::Constraint(table, index)],
        other => panic!("{}: {other}", table.name()),
    }
}

/// Asserts that the statement is false for want of `masks`, and that the verdict says so.
fn only_without(table: Table, statement: &Statement, masks: &[Mask]) {
    let name = table.name();
    statement.violation();
    assert_eq!(statement.check_without(masks), Ok(()), "{name}: nothing but {masks:?} is broken");
    let receipt = statement.prove_without(masks);
    assert_eq!(statement.judge(&receipt), Err(VerifyError::ConstraintIdentity { segment: 0 }), "{name}");
    let accepted = statement.judge_without(masks, &receipt);
    assert!(accepted.is_ok(), "{name}: without {masks:?} the false statement would be accepted, got {accepted:?}");
}

#[test]
fn false_results_of_every_chip_that_computes() {
    let stored = |at: u32| vec![op(Op::Const, 0, 0, 1, at), op(Op::Const, 0, 0, 2, 0x1234_5678), op(Op::S64, 1, 0, 2, 0)];
    let cases = [
        (Table::Cpu, lie(with(operands(2, 3), [op(Op::Add64, 1, 2, 3, 0)]), Op::Add64)),
        (Table::Mem, lie(with(stored(64), [op(Op::L32u, 1, 0, 3, 0)]), Op::L32u)),
        (Table::Arith, lie(with(operands(17, 5), [op(Op::Remu, 1, 2, 3, 0)]), Op::Remu)),
        (Table::Bit, lie(with(operands(6, 3), [op(Op::Xor, 1, 2, 3, 0)]), Op::Xor)),
        (Table::Memx, lie(with(stored(61), [op(Op::L32u, 1, 0, 3, 0)]), Op::L32u)),
    ];
    for (table, statement) in &cases {
        only_without(*table, statement, &broken(*table, statement));
    }
}

#[test]
fn memb_a_second_initial_value_under_a_key_of_another_address() {
    // Slot 3 is 5, and OUTW says 0: what it would hold if nobody had written it.
    let program = telling(vec![op(Op::Const, 0, 0, 3, 5)]);
    let honest = run(&program, &isa::input_tape(&[])).expect("an honest run");
    let mut steps = honest.steps.clone();
    let at = steps.iter().position(|step| step.instruction.op == Op::Outw && step.b.lo == 5).expect("it tells 5");
    let (written, read) = (steps[at].b.ts, steps[at].ts + 1);
    steps[at].b = Seen::default();
    let mut builder = WitnessBuilder::new(&program);
    steps.iter().for_each(|step| builder.step(Table::Cpu, step).expect("CPU alone"));
    let slot = memb::key(1, 3);
    let rows = honest.witness.trace(Table::Memb).expect("memory");
    let rows = (0..rows.height()).map(|row| memb::Columns::of(&rows.row(row))).filter(|row| row.rm == Goldilocks::ONE);
    let mut touched: Vec<(u64, Seen)> =
        rows.map(|row| (row.key.value(), Seen { lo: row.lo.value() as u32, hi: row.hi.value() as u32, ts: row.t.value() })).collect();
    touched.iter_mut().filter(|(key, _)| *key == slot).for_each(|(_, last)| last.ts = written);
    // The second chain of slot 3 has the key of a cell that nobody uses.
    touched.push((memb::END - 1, Seen { lo: 0, hi: 0, ts: read }));
    let mut witness = builder.finish(&touched, &honest.public.input).expect("all lookups are answered");
    let trace = witness.trace_mut(Table::Memb).expect("memory");
    let row = touched.len() - 1;
    let mut second = memb::Columns::of(&trace.row(row));
    (second.sp, second.addr, second.al) = (1u32.into(), 3u32.into(), 3u32.into());
    trace.set_row(row, &second.row());
    recount(&mut witness);
    let statement = Statement::new(&program, &[], &[0; 8], 0, honest.public.cycles, witness);
    only_without(Table::Memb, &statement, &broken(Table::Memb, &statement));
}

#[test]
fn intab_an_input_word_from_a_padding_row() {
    let program = telling(vec![op(Op::Const, 0, 0, 1, 1), op(Op::Inw, 1, 0, 3, 0)]);
    let (input, wished) = (5u64.to_le_bytes(), 9u64.to_le_bytes());
    let lied = run(&program, &isa::input_tape(&wished)).expect("a run on another input");
    let mut witness = lied.witness;
    let trace = witness.trace_mut(Table::Intab).expect("an input");
    let honest = intab::Columns { real: Goldilocks::ONE, idx: Goldilocks::ONE, lo: 5u32.into(), ..Default::default() };
    let free = intab::Columns { idx: Goldilocks::ONE, lo: 9u32.into(), m: Goldilocks::ONE, ..Default::default() };
    trace.set_row(1, &honest.row());
    trace.push(&free.row());
    trace.pad(2);
    let statement = Statement::new(&program, &input, &wished, 0, lied.public.cycles, witness);
    only_without(Table::Intab, &statement, &broken(Table::Intab, &statement));
}

#[test]
fn rom_an_instruction_of_another_program() {
    // The program says 5; the one that runs says 6. ROM has no constraint of its own, so the whole bus is left out.
    let program = telling(vec![op(Op::Const, 0, 0, 3, 5)]);
    let lied = run(&telling(vec![op(Op::Const, 0, 0, 3, 6)]), &isa::input_tape(&[])).expect("a run of another program");
    let mut witness = lied.witness;
    witness.trace_mut(Table::Rom).expect("a program").prep = rom::preprocessed(&program);
    let statement = Statement::new(&program, &[], &6u64.to_le_bytes(), 0, lied.public.cycles, witness);
    assert!(matches!(statement.violation(), Violation::Bus { bus: Bus::Rom, .. }));
    only_without(Table::Rom, &statement, &on_bus(Bus::Rom));
}

#[test]
fn lut_a_sign_that_the_table_does_not_have() {
    // -1 < 1, but not if -1 is said to have no sign. LUT has no constraint of its own, so the whole bus of signs is left out.
    let program = telling(with(operands(u32::MAX, 1), [op(Op::Lts32, 1, 2, 3, 0)]));
    let lied =
        run_lying(&program, &isa::input_tape(&[]), |i, result| if i.op == Op::Lts32 { 0 } else { result }).expect("rows for all of it");
    let mut witness = lied.witness;
    let trace = witness.trace_mut(Table::Cpu).expect("CPU");
    let flag = cpu::OPS.iter().position(|op| *op == Op::Lts32).expect("an operation of CPU");
    let row = (0..trace.height()).find(|row| trace.columns[flag][*row] == Goldilocks::ONE).expect("it is executed");
    let mut c = cpu::Columns::of(&trace.row(row));
    assert_eq!((c.s_a, c.s_b, c.k1), (Goldilocks::ONE, Goldilocks::ZERO, Goldilocks::ZERO));
    (c.s_a, c.sx, c.res) = Default::default();
    trace.set_row(row, &c.row());
    recount(&mut witness);
    let statement = Statement::new(&program, &[], &[0; 8], 0, lied.public.cycles, witness);
    assert!(matches!(statement.violation(), Violation::Bus { bus: Bus::Sgn, .. }));
    only_without(Table::Lut, &statement, &on_bus(Bus::Sgn));
}

#[test]
fn mtrap_a_trap_of_a_good_access() {
    let program = telling(vec![op(Op::Const, 0, 0, 1, 64), op(Op::L32u, 1, 0, 3, 0)]);
    // With no memory at all the access traps; then memory is said to have had its page all the time.
    let lied = run(&Program { init_pages: 0, ..program.clone() }, &isa::input_tape(&[])).expect("a run that traps");
    let mut witness = lied.witness;
    for (table, columns) in [(Table::Cpu, &["msz", "nmsz"][..]), (Table::Mtrap, &["msz"])] {
        let names = table.main_names();
        let trace = witness.trace_mut(table).expect("both have rows");
        let real: Vec<bool> =
            (0..trace.height()).map(|row| (0..table.ops().len()).any(|flag| trace.columns[flag][row] == Goldilocks::ONE)).collect();
        for name in columns {
            let column = names.iter().position(|other| other == name).expect("a column");
            real.iter().zip(&mut trace.columns[column]).filter(|(real, _)| **real).for_each(|(_, cell)| *cell = Goldilocks::ONE);
        }
    }
    recount(&mut witness);
    let statement = Statement::new(&program, &[], &[], 6, lied.public.cycles, witness);
    assert!(matches!(statement.violation(), Violation::Bus { bus: Bus::R16, .. }));
    // The distance from the end of memory is the last lookup of the row.
    only_without(Table::Mtrap, &statement, &[Mask::Interaction(Table::Mtrap, Table::Mtrap.interactions() - 1)]);
}

/// Every interaction on a bus.
fn on_bus(bus: Bus) -> Vec<Mask> {
    let of = |table: Table| {
        let said = air::symbolic::describe(table).interactions;
        said.into_iter().enumerate().filter(|(_, i)| i.bus == bus).map(|(i, _)| Mask::Interaction(table, i)).collect::<Vec<_>>()
    };
    Table::ALL.into_iter().flat_map(of).collect()
}

#[test]
fn honest_statements_are_accepted_by_the_verifier_and_by_no_broken_one() {
    let program = telling(with(operands(2, 3), [op(Op::Add64, 1, 2, 3, 0), imm(Op::Xor, 3, 3, 1, 0)]));
    let honest = run(&program, &isa::input_tape(&[])).expect("an honest run");
    let statement = Statement::new(&program, &[], &told(&honest), 0, honest.public.cycles, honest.witness);
    let receipt = statement.prove_without(&[]);
    assert!(statement.judge(&receipt).is_ok());
    let broken = statement.judge_without(&[Mask::Interaction(Table::Bit, 0)], &receipt);
    assert_eq!(broken, Err(VerifyError::ConstraintIdentity { segment: 0 }), "a mask is felt by the verifier");
}
