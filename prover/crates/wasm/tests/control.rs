//! Lowerings that depend on where operands are: aliases of locals, joins, branches with values, returns, select, zeroed locals.

mod support;

use corpus::encode::{I32, I64};
use loom_wasm::script::{Call, Outcome, outcomes};
use loom_wasm::{Options, translate_script};
use support::{Function, Module, run_program};

const EMPTY: u8 = 0x40;
const ADD: [u8; 1] = [0x6a];
const SUB: [u8; 1] = [0x6b];
const MUL: [u8; 1] = [0x6c];
const END: [u8; 1] = [0x0b];
const DROP: [u8; 1] = [0x1a];

fn get(local: u8) -> [u8; 2] {
    [0x20, local]
}

fn set(local: u8) -> [u8; 2] {
    [0x21, local]
}

fn tee(local: u8) -> [u8; 2] {
    [0x22, local]
}

fn number(value: u8) -> [u8; 2] {
    assert!(value < 64);
    [0x41, value]
}

fn code(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A module of one exported function `f`: i32 parameters and results, i32 locals; type 1 is () -> (), 2 is (i32) -> (i32), 3 is (i32, i32) -> (i32, i32).
fn module(params: usize, results: usize, locals: usize, body: Vec<u8>) -> Module {
    Module {
        types: vec![(vec![I32; params], vec![I32; results]), (vec![], vec![]), (vec![I32], vec![I32]), (vec![I32; 2], vec![I32; 2])],
        functions: vec![Function { ty: 0, locals: vec![I32; locals], code: body }],
        pages: 1,
        exports: vec![("f", 0)],
        ..Module::default()
    }
}

fn results(module: &Module, calls: &[&[u64]]) -> Vec<Outcome> {
    let calls: Vec<_> = calls.iter().map(|args| Call { export: "f".to_owned(), args: args.to_vec() }).collect();
    let program = translate_script(&module.bytes(), &Options::default(), &calls).unwrap_or_else(|e| panic!("{e}"));
    outcomes(&run_program(&program, &[]).output).expect("a script's output")
}

fn check(module: &Module, cases: &[(&[u64], &[u64])]) {
    let calls: Vec<&[u64]> = cases.iter().map(|case| case.0).collect();
    for (got, (args, expected)) in results(module, &calls).into_iter().zip(cases) {
        assert_eq!(got, Outcome::Results(expected.to_vec()), "of {args:?}");
    }
}

#[test]
fn results_that_are_parameters_are_all_read_before_they_are_overwritten() {
    check(&module(3, 3, 0, code(&[&get(2), &get(0), &get(1)])), &[(&[1, 2, 3], &[3, 1, 2])]);
    check(&module(2, 2, 0, code(&[&get(1), &get(0)])), &[(&[1, 2], &[2, 1])]);
    check(&module(2, 3, 0, code(&[&number(9), &get(0), &get(0)])), &[(&[1, 2], &[9, 1, 1])]);
    // The same by a branch to the function's label, by a conditional one, and by a table.
    check(&module(2, 2, 0, code(&[&get(1), &get(0), &[0x0c, 0]])), &[(&[1, 2], &[2, 1])]);
    let conditional = code(&[&get(1), &get(0), &get(0), &[0x0d, 0], &ADD, &get(1)]);
    check(&module(2, 2, 0, conditional), &[(&[1, 2], &[2, 1]), (&[0, 2], &[2, 2])]);
    let table = code(&[&get(1), &get(0), &get(0), &[0x0e, 1, 0, 0]]);
    check(&module(2, 2, 0, table), &[(&[7, 2], &[2, 7]), (&[0, 2], &[2, 0])]);
}

#[test]
fn an_operand_that_is_a_local_keeps_its_value_when_the_local_is_written() {
    // x; x = 5 ; + x
    check(&module(1, 1, 0, code(&[&get(0), &number(5), &set(0), &get(0), &ADD])), &[(&[3], &[8])]);
    // x; x = x * 2 (result written straight to the local); x; -
    let doubled = code(&[&get(0), &get(0), &number(2), &MUL, &set(0), &get(0), &SUB]);
    check(&module(1, 1, 0, doubled), &[(&[3], &[0xffff_fffd])]);
    // x; tee x = x + 1; *
    check(&module(1, 1, 0, code(&[&get(0), &get(0), &number(1), &ADD, &tee(0), &MUL])), &[(&[6], &[42])]);
    // Two operands that are the same local, and one of another.
    let many = code(&[&get(0), &get(1), &get(0), &number(0), &set(0), &ADD, &ADD, &get(0), &ADD]);
    check(&module(2, 1, 0, many), &[(&[3, 10], &[16])]);
}

#[test]
fn an_operand_below_a_block_keeps_its_value_on_every_path() {
    // x; if (y) { x = 1 }; x; 10 * +
    let body = |open: &[u8]| code(&[&get(0), open, &number(1), &set(0), &END, &get(0), &number(10), &MUL, &ADD]);
    check(&module(2, 1, 0, body(&code(&[&get(1), &[0x04, EMPTY]]))), &[(&[7, 0], &[77]), (&[7, 1], &[17])]);
    // The same with a block that is left before the write.
    check(&module(2, 1, 0, body(&code(&[&[0x02, EMPTY], &get(1), &[0x45, 0x0d, 0]]))), &[(&[7, 0], &[77]), (&[7, 1], &[17])]);
    // And a loop: sum = x + x + ..., the operand below stays the first x.
    let looped = code(&[&get(0), &[0x03, EMPTY], &get(0), &number(1), &SUB, &tee(0), &[0x0d, 0], &END, &get(0), &number(2), &MUL, &ADD]);
    check(&module(1, 1, 0, looped), &[(&[9], &[9])]);
}

#[test]
fn branches_carry_values_to_where_the_block_ends() {
    // block (result i32): 1 2 3 (br_if 0 y) drop drop; the values below the one that is carried go.
    let carried = |condition: &[u8]| {
        code(&[&[0x02, I32], &number(1), &number(2), &get(0), &get(1), condition, &[0x0d, 0], &DROP, &ADD, &END, &number(10), &MUL])
    };
    check(&module(2, 1, 0, carried(&[])), &[(&[5, 1], &[50]), (&[5, 0], &[30])]);
    check(&module(2, 1, 0, carried(&[0x45])), &[(&[5, 0], &[50]), (&[5, 1], &[30])]);
    // Two values over two more, by br, both constants and both locals.
    let two = code(&[&number(5), &number(8), &number(9), &[0x02, 3], &number(7), &get(1), &get(0), &[0x0c, 0], &END, &SUB, &ADD]);
    check(&module(2, 1, 0, two), &[(&[3, 20], &[22])]);
    // A table whose target needs nothing moved, only put into its slot.
    let alone = code(&[&[0x02, I32], &get(0), &get(1), &[0x0e, 1, 0, 0], &END]);
    check(&module(2, 1, 0, alone), &[(&[40, 0], &[40]), (&[41, 7], &[41])]);
    // A table whose targets are at different heights.
    let table =
        code(&[&[0x02, I32], &number(1), &[0x02, I32], &number(2), &number(3), &get(0), &get(1), &[0x0e, 2, 0, 1, 0], &END, &ADD, &END]);
    check(&module(2, 1, 0, table), &[(&[40, 0], &[41]), (&[40, 1], &[40]), (&[40, 2], &[41]), (&[40, u64::from(u32::MAX)], &[41])]);
}

#[test]
fn loops_with_parameters_get_them_from_every_side() {
    // (product, n): loop (i32 i32) -> (i32 i32): product * n, n - 1, again while n > 1
    let body = code(&[
        &number(1),
        &get(0),
        &[0x03, 3],
        &set(0),
        &get(0),
        &MUL,
        &get(0),
        &number(1),
        &SUB,
        &get(0),
        &number(2),
        &[0x4a, 0x0d, 0],
        &END,
        &DROP,
    ]);
    check(&module(1, 1, 0, body), &[(&[5], &[120]), (&[1], &[1])]);
}

#[test]
fn an_if_without_else_gives_what_it_takes() {
    let body = code(&[&get(0), &get(1), &[0x04, 2], &number(3), &ADD, &END]);
    check(&module(2, 1, 0, body), &[(&[4, 0], &[4]), (&[4, 9], &[7])]);
    let body = code(&[&get(0), &get(1), &[0x04, 2], &number(3), &ADD, &[0x0f, 0x05], &number(2), &MUL, &END]);
    check(&module(2, 1, 0, body), &[(&[4, 0], &[8]), (&[4, 9], &[7])]);
}

/// Code of an operand or a condition, and what it gives.
type Operand = (&'static [u8], fn(u64, u64) -> u64);
type Condition = (&'static [u8], fn(u64) -> bool);

#[test]
fn select_takes_its_operands_from_everywhere() {
    let operands: [Operand; 4] =
        [(&[0x20, 0], |x, _| x), (&[0x20, 1], |_, y| y), (&[0x41, 33], |_, _| 33), (&[0x20, 0, 0x20, 1, 0x6a], |x, y| x + y)];
    let conditions: [Condition; 5] = [
        (&[0x20, 2], |c| c != 0),
        (&[0x20, 2, 0x45], |c| c == 0),
        (&[0x20, 2, 0x41, 5, 0x49], |c| c < 5),
        (&[0x20, 2, 0x41, 5, 0x47], |c| c != 5),
        (&[0x41, 1], |_| true),
    ];
    for (a, first) in operands {
        for (b, second) in operands {
            for (c, holds) in conditions {
                // Something lies below, so that no operand is in the first slot.
                let body = code(&[&number(1), a, b, c, &[0x1b], &ADD]);
                for condition in [0, 4, 5, 6] {
                    let expected = 1 + if holds(condition) { first(10, 20) } else { second(10, 20) };
                    check(&module(3, 1, 0, body.clone()), &[(&[10, 20, condition], &[expected])]);
                }
            }
        }
    }
}

#[test]
fn locals_are_zero_whatever_their_slots_held() {
    // The first call leaves its parameters and locals in the slots that the second one's locals have.
    let body =
        code(&[&get(0), &[0x04, EMPTY], &number(5), &set(2), &END, &get(1), &get(2), &ADD, &number(9), &set(1), &number(9), &set(2)]);
    check(&module(1, 1, 2, body), &[(&[1], &[5]), (&[0], &[0]), (&[1], &[5]), (&[0], &[0])]);
    // A write at depth 0 needs no zero before it, one inside of a block does; parameters never do.
    let inside = code(&[&[0x02, EMPTY], &get(0), &[0x0d, 0], &number(5), &set(1), &END, &get(1)]);
    check(&module(1, 1, 1, inside), &[(&[0], &[5]), (&[1], &[0])]);
}

#[test]
fn code_that_cannot_be_reached_is_passed() {
    let dead =
        code(&[&get(0), &[0x0f], &[0x6a, 0x02, I32, 0x00, 0x04, EMPTY, 0x05, 0x0b, 0x0b, 0x1a, 0x0d, 0], &[0x03, EMPTY, 0x0c, 0, 0x0b]]);
    check(&module(1, 1, 0, dead), &[(&[4], &[4])]);
    // A block that is only left by a branch is reached again at its end; one that nothing leaves is not.
    let left = code(&[&[0x02, I32], &get(0), &[0x0c, 0], &END, &number(1), &ADD]);
    check(&module(1, 1, 0, left), &[(&[4], &[5])]);
    let never = code(&[&[0x02, I32, 0x00], &END, &number(1), &ADD]);
    assert_eq!(results(&module(1, 1, 0, never), &[&[4]]), [Outcome::Trap(2)]);
}

#[test]
fn calls_find_their_arguments_and_leave_what_lies_below() {
    // g(a, b) = (b - a, a); f(x, y) = x + (g(y, x) sum twice)
    let g = Function { ty: 3, locals: vec![], code: code(&[&get(1), &get(0), &SUB, &get(0)]) };
    let body = code(&[&get(0), &number(3), &get(1), &get(0), &[0x10, 1], &ADD, &ADD, &ADD]);
    let mut two = module(2, 1, 0, body);
    two.functions.push(g);
    check(&two, &[(&[10, 4], &[23])]);
    // Through the table: the right type, a wrong type, beyond the table.
    let body = code(&[&get(0), &number(3), &get(1), &[0x11, 3, 0], &ADD]);
    let mut indirect = module(2, 1, 0, body);
    indirect.functions.push(Function { ty: 3, locals: vec![], code: code(&[&get(1), &get(0), &SUB, &get(0)]) });
    indirect.table = vec![0, 1];
    assert_eq!(
        results(&indirect, &[&[5, 1], &[5, 0], &[5, 2], &[5, u64::from(u32::MAX)]]),
        [Outcome::Results(vec![3]), Outcome::Trap(5), Outcome::Trap(5), Outcome::Trap(5)]
    );
}

#[test]
fn an_i64_below_a_condition_is_tested_whole() {
    let mut wide = module(0, 1, 0, code(&[&get(0), &[0x50, 0x04, I32], &number(1), &[0x05], &number(2), &END]));
    wide.types[0] = (vec![I64], vec![I32]);
    check(&wide, &[(&[0], &[1]), (&[1 << 32], &[2]), (&[1], &[2])]);
}

#[test]
fn traps_leave_what_was_done_and_the_next_call_goes_on() {
    // mem[0] += 1; 100 / x
    let body = code(&[&number(0), &number(0), &[0x28, 2, 0], &number(1), &ADD, &[0x36, 2, 0], &number(0), &[0x28, 2, 0], &get(0), &[0x6e]]);
    let got = results(&module(1, 1, 0, body), &[&[1], &[0], &[1]]);
    assert_eq!(got, [Outcome::Results(vec![1]), Outcome::Trap(3), Outcome::Results(vec![3])]);
}
