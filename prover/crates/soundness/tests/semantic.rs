//! False statements with everything around them made to fit: other values read, other paths, other words, a second initial value. Each is
//! rejected, and by what the specification says rejects it (section 3.16).

#[path = "../../air/tests/support/mod.rs"]
mod support;

use air::chips::{cpu, intab, memb};
use air::{Bus, Mask, Public, Seen, Step, Table, Trace, Violation, Witness, WitnessBuilder, check, check_without};
use field::{Goldilocks, P, Ring};
use isa::{Op, Program};
use soundness::recount;
use support::{INPUT, Run, count_to, every_operation, op, program, run};

/// The witness of the steps as they are told, with the touched addresses of the honest run.
fn retold(program: &Program, honest: &Run, steps: &[Step]) -> Witness {
    let mut builder = WitnessBuilder::new(program);
    steps.iter().for_each(|step| builder.step(Table::Cpu, step).unwrap());
    let memb = honest.witness.trace(Table::Memb).unwrap();
    let rows = (0..memb.height()).map(|row| memb::Columns::of(&memb.row(row))).filter(|row| row.rm == Goldilocks::ONE);
    let touched: Vec<_> =
        rows.map(|row| (row.key.value(), Seen { lo: row.lo.value() as u32, hi: row.hi.value() as u32, ts: row.t.value() })).collect();
    builder.finish(&touched, &honest.public.input).unwrap()
}

fn rejected_on(bus: Bus, witness: &Witness, public: &Public) {
    match check(witness, public) {
        Err(Violation::Bus { bus: on, .. }) if on == bus => {}
        other => panic!("expected an imbalance on {bus:?}, got {other:?}"),
    }
}

#[test]
fn retelling_the_truth_holds() {
    let program = every_operation();
    let honest = run(&program, &INPUT).unwrap();
    let witness = retold(&program, &honest, &honest.steps);
    assert_eq!(witness, honest.witness);
    let mut counted = witness.clone();
    recount(&mut counted);
    assert_eq!(counted, witness);
}

#[test]
fn a_skipped_a_repeated_and_a_foreign_instruction() {
    let program = count_to(5);
    let honest = run(&program, &INPUT).unwrap();
    for at in 0..honest.steps.len() {
        let mut steps = honest.steps.clone();
        steps.remove(at);
        rejected_on(Bus::Exec, &retold(&program, &honest, &steps), &honest.public);
        let mut steps = honest.steps.clone();
        steps.insert(at, steps[at]);
        rejected_on(Bus::Exec, &retold(&program, &honest, &steps), &honest.public);
    }
    // An instruction of another program: the ROM of the image does not have it.
    let mut other = program.clone();
    other.instructions[0].il = 3;
    let honest_other = run(&other, &INPUT).unwrap();
    let mut witness = honest_other.witness.clone();
    witness.trace_mut(Table::Rom).unwrap().prep = air::chips::rom::preprocessed(&program);
    recount(&mut witness);
    rejected_on(Bus::Rom, &witness, &honest_other.public);
}

#[test]
fn a_second_halt_another_cycle_count_and_another_start() {
    let program = count_to(3);
    let honest = run(&program, &INPUT).unwrap();
    let mut steps = honest.steps.clone();
    let halt = *steps.last().unwrap();
    steps.push(Step { ts: halt.ts + 4, ..halt });
    rejected_on(Bus::Exec, &retold(&program, &honest, &steps), &honest.public);
    for cycles in [honest.public.cycles - 1, honest.public.cycles + 1] {
        rejected_on(Bus::Halt, &honest.witness, &Public { cycles, ..honest.public.clone() });
    }
    rejected_on(Bus::Exec, &honest.witness, &Public { init_pages: 2, ..honest.public.clone() });
}

#[test]
fn changed_input_and_output_words() {
    let program = every_operation();
    let honest = run(&program, &INPUT).unwrap();
    for (bus, input) in [(Bus::Pin, true), (Bus::Pout, false)] {
        let words = if input { honest.public.input.len() } else { honest.public.output.len() };
        for word in 0..words {
            let mut public = honest.public.clone();
            let tape = if input { &mut public.input } else { &mut public.output };
            tape[word].0 ^= 1;
            rejected_on(bus, &honest.witness, &public);
            let mut public = honest.public.clone();
            let tape = if input { &mut public.input } else { &mut public.output };
            tape.push((0, 0));
            rejected_on(bus, &honest.witness, &public);
        }
    }
    // Another word said by the instruction itself was never in memory.
    let mut steps = honest.steps.clone();
    let outw = steps.iter_mut().find(|step| step.instruction.op == Op::Outw && !step.instruction.bi).unwrap();
    outw.b.lo ^= 1;
    let mut public = honest.public.clone();
    public.output[outw.a.lo as usize].0 ^= 1;
    rejected_on(Bus::Mem, &retold(&program, &honest, &steps), &public);
}

#[test]
fn a_stale_and_an_invented_read() {
    let program = count_to(4);
    let honest = run(&program, &INPUT).unwrap();
    let adds: Vec<_> = (0..honest.steps.len()).filter(|i| honest.steps[*i].instruction.op == Op::Add64).collect();
    // The third addition reads what the second one read.
    let mut steps = honest.steps.clone();
    steps[adds[2]].a = steps[adds[1]].a;
    steps[adds[2]].c_new = steps[adds[1]].c_new;
    rejected_on(Bus::Mem, &retold(&program, &honest, &steps), &honest.public);
    // The last addition reads 7, which nobody wrote.
    let mut steps = honest.steps.clone();
    let last = &mut steps[adds[3]];
    (last.a.lo, last.c_new.0) = (7, 8);
    rejected_on(Bus::Mem, &retold(&program, &honest, &steps), &honest.public);
}

#[test]
fn wrong_carries() {
    let program = every_operation();
    let honest = run(&program, &INPUT).unwrap();
    let trace = honest.witness.trace(Table::Cpu).unwrap();
    let w = Goldilocks::new(1 << 32);
    for row in 0..trace.height() {
        let c = cpu::Columns::of(&trace.row(row));
        if c.f[1] == Goldilocks::ZERO {
            continue;
        }
        // ADD64 with the other low carry: then the low word would be out of range, or the high word off by one.
        let mut forged = c;
        forged.k0 = Goldilocks::ONE - c.k0;
        forged.w_lo = c.a_lo + c.b_lo - w * forged.k0;
        forged.wl = Goldilocks::new(forged.w_lo.value() & 0xFFFF);
        forged.w_hi = c.a_hi + c.b_hi + forged.k0 - w * c.k1;
        forged.wh = Goldilocks::new(forged.w_hi.value() & 0xFFFF);
        (forged.c_lo, forged.c_hi) = (forged.w_lo, forged.w_hi);
        let mut witness = honest.witness.clone();
        witness.trace_mut(Table::Cpu).unwrap().set_row(row, &forged.row());
        recount(&mut witness);
        assert!(matches!(check(&witness, &honest.public), Err(Violation::Bus { bus: Bus::Mem, .. })), "nobody reads the forged result");
        let said = soundness::said(Table::Cpu, &forged.row(), &[]);
        assert!(said.constraints.iter().all(|value| *value == Goldilocks::ZERO), "the equations alone accept the wrong carry");
        assert!(!said.lookups_hold(|_| true), "the range checks do not");
    }
}

#[test]
fn padding_rows_that_act() {
    let honest = run(&count_to(5), &INPUT).unwrap();
    // A free input word in a padding row of INTAB, and the same with I2 removed.
    let mut witness = honest.witness.clone();
    let trace = witness.trace_mut(Table::Intab).unwrap();
    let padding = trace.height() - 1;
    trace.set_row(padding, &intab::Columns { idx: 9u32.into(), m: Goldilocks::ONE, ..Default::default() }.row());
    let violation = Err(Violation::Constraint { table: Table::Intab, row: padding, index: 1 });
    assert_eq!(check(&witness, &honest.public), violation);
    // A padding row of ROM or LUT that answers what nobody asked.
    for (table, bus) in [(Table::Rom, Bus::Rom), (Table::Lut, Bus::R16)] {
        let mut witness = honest.witness.clone();
        let trace = witness.trace_mut(table).unwrap();
        let last = trace.height() - 1;
        trace.columns[0][last] += Goldilocks::ONE;
        rejected_on(bus, &witness, &honest.public);
    }
}

/// A program that writes 5, then puts the slot on the output tape.
fn write_and_tell() -> Program {
    program(vec![
        op(Op::Const, 0, 0, 1, 5),
        op(Op::Const, 0, 0, 2, 8),
        op(Op::Const, 0, 0, 3, 1),
        op(Op::Outw, 3, 1, 0, 0),
        op(Op::Outw, 0, 2, 0, 0),
        op(Op::Halt, 0, 0, 0, 0),
    ])
}

/// The execution in which OUTW reads a second initial value, 0, of slot 1 instead of the 5 that is there; MEMB is yet as in the honest run.
fn forgotten(honest: &Run) -> (Witness, Public, Step) {
    let mut steps = honest.steps.clone();
    let outw = &mut steps[3];
    assert_eq!((outw.instruction.op, outw.b.lo), (Op::Outw, 5));
    outw.b = Seen::default();
    let outw = *outw;
    let mut witness = retold(&write_and_tell(), honest, &steps);
    // The honest chain of slot 1 now ends with the write.
    let memb = witness.trace_mut(Table::Memb).unwrap();
    let row = (0..memb.height()).find(|row| memb.columns[3][*row] == Goldilocks::ONE && memb.columns[2][*row] == Goldilocks::ONE).unwrap();
    let mut c = memb::Columns::of(&memb.row(row));
    c.t = Goldilocks::new(honest.steps[0].ts + 3);
    memb.set_row(row, &c.row());
    let mut public = honest.public.clone();
    assert_eq!(public.output[1], (5, 0));
    public.output[1] = (0, 0);
    (witness, public, outw)
}

/// A row of MEMB for any key, in space `sp`, with its limbs for the step from `pk`.
fn memb_row(sp: u64, pk: Goldilocks, key: Goldilocks, t: u64) -> [Goldilocks; memb::WIDTH] {
    let distance = (key - pk - Goldilocks::ONE).value();
    let limb = |shift: u32| Goldilocks::new(distance >> shift & 0xFFFF);
    let addr = key - Goldilocks::new(sp << 32);
    memb::Columns {
        rm: Goldilocks::ONE,
        sp: Goldilocks::new(sp),
        addr,
        al: Goldilocks::new(addr.value() & 0xFFFF),
        pk,
        t: Goldilocks::new(t),
        d0: limb(0),
        d1: limb(16),
        key,
        ..Default::default()
    }
    .row()
}

fn append(trace: &mut Trace, rows: &[[Goldilocks; memb::WIDTH]]) {
    let padding = trace.columns[0].iter().zip(&trace.columns[1]).take_while(|(rm, re)| **rm + **re != Goldilocks::ZERO).count();
    trace.columns.iter_mut().for_each(|column| column.truncate(padding));
    rows.iter().for_each(|row| trace.push(row));
    trace.pad(trace.log_height());
}

#[test]
fn a_second_initial_value() {
    let honest = run(&write_and_tell(), &INPUT).unwrap();
    let (mut witness, public, outw) = forgotten(&honest);
    let key = Goldilocks::new(memb::key(1, 1));
    // A second row for the same key: its step is 0 - 1, no 48-bit number.
    append(witness.trace_mut(Table::Memb).unwrap(), &[memb_row(1, key, key, outw.ts + 1)]);
    recount(&mut witness);
    rejected_on(Bus::R16, &witness, &public);
}

#[test]
fn a_second_initial_value_by_a_cycle_of_keys_around_p() {
    let honest = run(&write_and_tell(), &INPUT).unwrap();
    let (mut witness, public, outw) = forgotten(&honest);
    let first = Goldilocks::new(memb::key(1, 1));
    // 65,536 steps of at most 2^48 from the key around p back to it. All rows but the first touch an address nobody uses, at time 0: what
    // they send they take back.
    let mut rows = Vec::new();
    let mut key = first;
    for step in 0..65_536u64 {
        let length = if step < 65_535 { 1 << 48 } else { (u128::from(P) - 65_535 * (1 << 48)) as u64 };
        let next = key + Goldilocks::new(length);
        let last = step == 65_535;
        rows.push(memb_row(u64::from(last), key, next, if last { outw.ts + 1 } else { 0 }));
        key = next;
    }
    assert_eq!(key, first, "the cycle closes");
    append(witness.trace_mut(Table::Memb).unwrap(), &rows);
    recount(&mut witness);
    let mb2 = [0, 1, 2].map(|i| Mask::Interaction(Table::Memb, i));
    let mut without = witness.clone();
    uncount(&mut without);
    assert_eq!(check_without(&without, &public, &mb2), Ok(()), "without MB2 the forged output is accepted");
    rejected_on(Bus::R16, &witness, &public);
}

/// Takes the lookups of MB2 off the counts again.
fn uncount(witness: &mut Witness) {
    let memb = witness.trace(Table::Memb).unwrap();
    let mut counted = Vec::new();
    for row in 0..memb.height() {
        for statement in &soundness::said(Table::Memb, &memb.row(row), &[]).interactions[..3] {
            if statement.multiplicity != Goldilocks::ZERO {
                counted.extend(air::chips::lut::row_of(Bus::R16, &statement.tuple));
            }
        }
    }
    let lut = witness.trace_mut(Table::Lut).unwrap();
    counted.into_iter().for_each(|row| lut.columns[0][row] -= Goldilocks::ONE);
}
