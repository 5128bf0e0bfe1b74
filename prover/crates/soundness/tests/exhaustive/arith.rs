//! ARITH in the miniature model: operands of two words of 4 bits, all 65,536 pairs of them.

use crate::model::Model;
use air::Table;
use isa::Op;
use testing::{Seeds, tier_count};

/// What `op` gives on two-word operands when a word has 4 bits; `None` for a division by zero.
fn reference(op: Op, a: u16, b: u16) -> Option<u16> {
    let (low, amount) = (a & 15, u32::from(b & 15));
    let sign = |x: u16, bits: u32| i32::from(x) << (32 - bits) >> (32 - bits);
    Some(match op {
        Op::Mul32 => (low * (b & 15)) & 15,
        Op::Mul64 => ((u32::from(a) * u32::from(b)) & 255) as u16,
        Op::Divu => a.checked_div(b)?,
        Op::Remu => a.checked_rem(b)?,
        Op::Shl32 => low << (amount % 4) & 15,
        Op::Shl64 => a << (amount % 8) & 255,
        Op::Shru32 => low >> (amount % 4),
        Op::Shru64 => a >> (amount % 8),
        Op::Shrs32 => (sign(low, 4) >> (amount % 4)) as u16 & 15,
        Op::Shrs64 => (sign(a, 8) >> (amount % 8)) as u16 & 255,
        Op::Rotl32 => (low << (amount % 4) | low >> ((4 - amount % 4) % 4)) & 15,
        Op::Rotl64 => (a << (amount % 8) | a >> ((8 - amount % 8) % 8)) & 255,
        _ => unreachable!("an operation of ARITH"),
    })
}

/// What a search found.
#[derive(Debug, Default)]
struct Found {
    /// Rows with the right result.
    right: u64,
    /// Rows with another one.
    wrong: u64,
    /// Operands that have a result and no row.
    missing: u64,
}

/// Every row of `op` for the operands `which` holds for, without the constraints and interactions of `without`; ends early where `stop`
/// says so.
fn search(model: &Model, op: Op, without: &[(bool, usize)], which: &mut dyn FnMut(u16, u16) -> bool, stop: fn(&Found) -> bool) -> Found {
    let inputs = model.columns(&["a_lo", "a_hi", "b_lo", "b_hi"]);
    let outputs = model.columns(&["c_lo", "c_hi"]);
    let plan = model.plan(op, &["bi"], &inputs, &outputs, without);
    let mut found = Found::default();
    let mut at = model.start(op);
    // An i32 has the high word 0 (the i32 invariant), so 32-bit operations are asked about those only.
    let high = if op.is_32_bit() { 1 } else { 16 };
    for (a, b) in (0..16 * high).flat_map(|a| (0..16 * high).map(move |b| (a, b))).filter(|&(a, b)| which(a, b)) {
        for (column, value) in inputs.iter().zip([a & 15, a >> 4, b & 15, b >> 4]) {
            at[usize::from(*column)] = value;
        }
        let expected = reference(op, a, b).map(|c| (c & 15, c >> 4));
        let mut any = false;
        plan.search(&mut at, &mut |row| {
            any = true;
            let right = expected == Some((row[usize::from(outputs[0])], row[usize::from(outputs[1])]));
            *(if right { &mut found.right } else { &mut found.wrong }) += 1;
            !stop(&found)
        });
        found.missing += u64::from(!any && expected.is_some());
        if stop(&found) {
            break;
        }
    }
    found
}

#[test]
fn no_operands_have_two_results() {
    let seeds = Seeds::new("no_operands_have_two_results");
    let model = Model::of(Table::Arith);
    for op in model.table.ops() {
        // Outside the long tier some dividends, others in every run; divisions have the most rows to look at.
        let parts = if op.is_32_bit() { 1 } else { tier_count(if matches!(op, Op::Divu | Op::Remu) { 16 } else { 4 }, 1) as u16 };
        let part = seeds.random(u64::from(op.code())).below(u64::from(parts)) as u16;
        let found = search(&model, *op, &[], &mut |a, _| a % parts == part, |_| false);
        assert_eq!((found.wrong, found.missing), (0, 0), "{op:?}");
        assert!(found.right > 0, "{op:?}");
    }
}

/// A3: the three constraints after the front end (17), A1 (3) and A2 (3).
const A3: [(bool, usize); 3] = [(true, 23), (true, 24), (true, 25)];

#[test]
fn without_the_canonical_split_there_are_wrong_results() {
    let model = Model::of(Table::Arith);
    let count = |op: Op| search(&model, op, &A3, &mut |_, b| op < Op::Shl32 || b < 8, |_| false);
    // The amounts 0..8 stand for all: the rest of b_lo goes into X6, and b_hi is not looked at.
    let shifts = [(Op::Shl32, 116), (Op::Shl64, 2010), (Op::Shru32, 212), (Op::Shru64, 2010), (Op::Shrs32, 212), (Op::Shrs64, 2010)];
    for (op, wrong) in shifts.into_iter().chain([(Op::Rotl32, 116), (Op::Rotl64, 2474)]) {
        assert_eq!(count(op).wrong, wrong, "{op:?}");
    }
    // All of them in the long tier: every division with a result has one row; the others are wrong in the quotient or in the remainder.
    if tier_count(0, 1) == 1 {
        assert_eq!(count(Op::Mul64).wrong, 84_914);
        for op in [Op::Divu, Op::Remu] {
            let found = count(op);
            assert_eq!(found.right + found.wrong - 65_280, 3_825, "{op:?}");
        }
    } else {
        for op in [Op::Mul64, Op::Divu] {
            assert!(search(&model, op, &A3, &mut |a, _| a % 16 == 15, |found| found.wrong > 0).wrong > 0, "{op:?}");
        }
    }
}

#[test]
fn every_equation_and_lookup_is_needed() {
    let seeds = Seeds::new("every_equation_and_lookup_is_needed");
    let model = Model::of(Table::Arith);
    // s (1 - srs) = 0 of A12 only fixes two cells that nothing uses where the shift is not arithmetic.
    model.every_one_is_needed((17, 15), &[(true, 55)], |op, without, one_in| {
        let mut random = seeds.random(u64::from(op.code()));
        let mut some = |_: u16, _: u16| op.is_32_bit() || random.one_in(one_in);
        search(&model, op, &[without], &mut some, |found| found.wrong > 0).wrong > 0
    });
}
