//! BIT, ARITH, MEM, MEMX and MTRAP against plain integers: every operation on edges and random operands passes, wrong results do not.

mod support;

use air::{Table, Violation, check};
use isa::{Chip, Op, Program};
use support::{chips, run, run_lying};
use testing::{Seeds, tier_count};

const TABLES: [Table; 5] = [Table::Bit, Table::Arith, Table::Mem, Table::Memx, Table::Mtrap];

fn programs(seeds: &Seeds, count: usize) -> [Program; 3] {
    let mut random = seeds.random(0);
    [
        chips::operations(Chip::Bit, count, &mut random),
        chips::operations(Chip::Arith, count, &mut random),
        chips::accesses(count, &mut random),
    ]
}

#[test]
fn every_operation_holds_on_edges_and_random_operands() {
    let seeds = Seeds::new("every_operation_holds_on_edges_and_random_operands");
    let mut rows = [0; 5];
    for program in programs(&seeds, tier_count(30, 1000) as usize) {
        let run = run(&program, &[]).unwrap();
        check(&run.witness, &run.public).unwrap();
        for (rows, table) in rows.iter_mut().zip(TABLES) {
            let Some(trace) = run.witness.trace(table) else { continue };
            *rows += trace.height();
            for (flag, op) in table.ops().iter().enumerate() {
                assert!(trace.columns[flag].contains(&1u32.into()), "no {op:?} in {}", table.name());
            }
        }
    }
    assert!(rows.iter().all(|rows| *rows > 0), "{rows:?}");
}

#[test]
fn a_wrong_result_is_rejected_by_its_own_chip() {
    let seeds = Seeds::new("a_wrong_result_is_rejected_by_its_own_chip");
    let mut random = seeds.random(1);
    for program in programs(&seeds, 2) {
        for &op in Op::ALL.iter().filter(|op| program.instructions.iter().any(|i| i.op == **op) && op.chip() != Chip::Cpu) {
            for flip in [1, 1 << 31, 1 << 32, 1 << 63, 1 << random.below(64), random.next() | 1] {
                let run = run_lying(&program, &[], |i, result| if i.op == op { result ^ flip } else { result }).unwrap();
                let violation = check(&run.witness, &run.public).unwrap_err();
                let Violation::Constraint { table, .. } = violation else { panic!("{op:?} ^ {flip:#x}: {violation}") };
                assert!(table.ops().contains(&op), "{op:?} ^ {flip:#x}: {violation}");
            }
        }
    }
}
