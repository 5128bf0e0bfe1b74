//! BIT in the miniature model: words of four bytes of one bit, all 65,536 pairs of two-word operands.

use crate::model::Model;
use air::Table;
use isa::Op;
use testing::{Seeds, tier_count};

fn wrong(model: &Model, op: Op, without: &[(bool, usize)], mut which: impl FnMut() -> bool, all: bool) -> (u64, u64) {
    let inputs = model.columns(&["a_lo", "a_hi", "b_lo", "b_hi"]);
    let outputs = model.columns(&["c_lo", "c_hi"]);
    let plan = model.plan(op, &["bi"], &inputs, &outputs, without);
    let mut at = model.start(op);
    let (mut right, mut wrong) = (0, 0);
    for (a, b) in (0..256u16).flat_map(|a| (0..256u16).map(move |b| (a, b))).filter(|_| which()) {
        for (column, value) in inputs.iter().zip([a & 15, a >> 4, b & 15, b >> 4]) {
            at[usize::from(*column)] = value;
        }
        let expected = match op {
            Op::And => a & b,
            Op::Or => a | b,
            _ => a ^ b,
        };
        plan.search(&mut at, &mut |row| {
            let found = (row[usize::from(outputs[0])], row[usize::from(outputs[1])]);
            *(if found == (expected & 15, expected >> 4) { &mut right } else { &mut wrong }) += 1;
            all || wrong == 0
        });
        if !all && wrong > 0 {
            break;
        }
    }
    (right, wrong)
}

#[test]
fn no_operands_have_two_results() {
    let model = Model::of(Table::Bit);
    let seeds = Seeds::new("no_operands_have_two_results");
    // All pairs of operands in the long tier, else a random sixteenth.
    let (mut random, one_in) = (seeds.random(0), tier_count(16, 1));
    for op in model.table.ops() {
        let (right, wrong) = wrong(&model, *op, &[], || random.one_in(one_in), true);
        assert!(wrong == 0 && right > 3_000 && (one_in > 1 || right == 65_536), "{op:?}: {right} right, {wrong} wrong");
    }
}

#[test]
fn every_equation_and_lookup_is_needed() {
    let seeds = Seeds::new("every_equation_and_lookup_is_needed");
    let model = Model::of(Table::Bit);
    model.every_one_is_needed((8, 15), &[], |op, without, one_in| {
        let mut random = seeds.random(u64::from(op.code()));
        wrong(&model, op, &[without], || random.one_in(one_in), false).1 > 0
    });
}
