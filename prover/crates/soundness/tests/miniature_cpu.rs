//! CPU in the miniature model: for every operation and all pairs of operands the result is the right one and the only one.

use air::{Table, chips::cpu};
use isa::Op;
use soundness::miniature::{MODULUS, Model, WORD};
use std::collections::BTreeSet;
use testing::{Seeds, tier_count};

fn column(name: &str) -> usize {
    cpu::names().iter().position(|other| other == name).unwrap_or_else(|| panic!("no column {name}"))
}

/// An operation with everything fixed that its result does not depend on.
fn model(op: Op, inv: bool, without: Option<usize>) -> Model {
    let mut fixed: Vec<(usize, i32)> = cpu::OPS.iter().enumerate().map(|(i, other)| (i, i32::from(*other == op))).collect();
    // ts is right behind every previous time, so that the time limbs are 0 or 1; pc, fp and the operands are small.
    let zero = ["bi", "fp", "oa", "ob", "oc", "il", "ih", "a_pt", "a_dl", "b_pt", "b_dl", "c_pt", "ad_a", "ad_c", "pc"];
    fixed.extend(zero.map(|name| (column(name), 0)));
    fixed.extend(
        [("ts", 1), ("msz", 1), ("b_dl", 1), ("c_dl", 3), ("npc", 1), ("nfp", 0), ("nmsz", 1), ("inv", i32::from(inv))]
            .map(|(n, v)| (column(n), v)),
    );
    Model::new(Table::Cpu, &fixed, without)
}

/// What the operation means on words of four bits.
fn expected(op: Op, inv: bool, a: (i32, i32), b: (i32, i32), q: (i32, i32)) -> (i32, i32) {
    let square = WORD * WORD;
    let value = |(lo, hi): (i32, i32)| lo + WORD * hi;
    let signed = |x: i32, modulus: i32| if x >= modulus / 2 { x - modulus } else { x };
    let pair = |x: i32| (x.rem_euclid(square) % WORD, x.rem_euclid(square) / WORD);
    let truth = |holds: bool| (i32::from(holds != inv), 0);
    match op {
        Op::Add32 => ((a.0 + b.0) % WORD, 0),
        Op::Sub32 => ((a.0 - b.0).rem_euclid(WORD), 0),
        Op::Add64 => pair(value(a) + value(b)),
        Op::Sub64 => pair(value(a) - value(b)),
        Op::Ltu => truth(value(a) < value(b)),
        Op::Lts32 => truth(signed(a.0, WORD) < signed(b.0, WORD)),
        Op::Lts64 => truth(signed(value(a), square) < signed(value(b), square)),
        Op::Eq => truth(a == b),
        Op::Cmov => {
            if b.0 == 0 {
                q
            } else {
                a
            }
        }
        _ => panic!("{op:?} has no result of its operands alone"),
    }
}

/// Operands (a_lo, a_hi, b_lo, b_hi as hexadecimal digits from below) for which something else than the right result, alone, is accepted.
fn wrong(op: Op, inv: bool, without: Option<usize>, step: usize, start: usize) -> Option<usize> {
    let model = model(op, inv, without);
    let inputs = ["a_lo", "a_hi", "b_lo", "b_hi", "q_lo", "q_hi"].map(column);
    let outputs = ["c_lo", "c_hi"].map(column);
    let narrow = op == Op::Lts32;
    (start..1 << 16).step_by(step).find(|operands| {
        let [a_lo, a_hi, b_lo, b_hi] = [0, 4, 8, 12].map(|shift| (operands >> shift) as i32 % WORD);
        // The i32 invariant: operands of a 32-bit comparison have no high word.
        let (a, b) = if narrow { ((a_lo, 0), (b_lo, 0)) } else { ((a_lo, a_hi), (b_lo, b_hi)) };
        let q = (a_hi, b_lo);
        let values = [a.0, a.1, b.0, b.1, q.0, q.1];
        let given: Vec<_> = inputs.into_iter().zip(values).collect();
        let (lo, hi) = expected(op, inv, a, b, q);
        model.outputs(&given, &outputs) != BTreeSet::from([vec![lo, hi]])
    })
}

const OPS: [Op; 9] = [Op::Add32, Op::Add64, Op::Sub32, Op::Sub64, Op::Ltu, Op::Lts32, Op::Lts64, Op::Eq, Op::Cmov];

#[test]
fn equal_operands_have_one_result_and_it_is_the_right_one() {
    let seeds = Seeds::new("miniature");
    let step = tier_count(151, 1) as usize;
    let start = seeds.random(0).index(step);
    for op in OPS {
        for inv in [false, true] {
            if !inv || op.may_invert() {
                assert_eq!(wrong(op, inv, None, step, start), None, "{op:?}, inv {inv}");
            }
        }
    }
}

#[test]
fn without_a_constraint_wrong_results_are_accepted() {
    // The numbers of the dump: C4 to C8, the booleans, C10, C12 to C15, C18.
    let needed = [
        (34, Op::Add64),
        (35, Op::Sub64),
        (36, Op::Add64),
        (37, Op::Ltu),
        (38, Op::Add32),
        (39, Op::Add64),
        (40, Op::Ltu),
        (41, Op::Add32),
        (42, Op::Add64),
        (47, Op::Lts64),
        (48, Op::Ltu),
        (49, Op::Ltu),
        (50, Op::Eq),
        (51, Op::Eq),
        (52, Op::Eq),
        (53, Op::Eq),
        (54, Op::Eq),
        (56, Op::Cmov),
        (57, Op::Cmov),
        (58, Op::Cmov),
        (59, Op::Cmov),
        (60, Op::Cmov),
    ];
    for (constraint, op) in needed {
        assert!(wrong(op, false, Some(constraint), 97, 0).is_some(), "constraint {constraint} is not needed for {op:?}");
    }
    assert_eq!(MODULUS, WORD * WORD - WORD + 1);
}
