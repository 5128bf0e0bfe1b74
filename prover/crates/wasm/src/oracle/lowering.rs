use super::numeric::compute;
use crate::script::{Call, Outcome, outcomes};
use crate::types::ValType;
use crate::{Options, translate_script};
use crate::{operator, signature};
use corpus::encode::{self, HEADER, I32, I64};
use std::sync::atomic::AtomicBool;

/// Numbers at which something changes: signs, carries, shift amounts, halves.
const EDGES: [u64; 17] = [
    0,
    1,
    2,
    3,
    31,
    32,
    33,
    63,
    64,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fffe,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// Where an operand is: a local, a constant, or computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Local,
    Constant(u64),
    Computed,
}

fn type_byte(ty: ValType) -> u8 {
    if ty == ValType::I32 { I32 } else { I64 }
}

fn operand(code: &mut Vec<u8>, local: u8, ty: ValType, place: Place) {
    match (place, ty) {
        (Place::Constant(value), ValType::I32) => {
            code.push(0x41);
            encode::signed(code, i64::from(value as i32));
        }
        (Place::Constant(value), _) => {
            code.push(0x42);
            encode::signed(code, value as i64);
        }
        (Place::Local, _) => code.extend([0x20, local]),
        // Plus zero.
        (Place::Computed, ValType::I32) => code.extend([0x20, local, 0x41, 0, 0x6a]),
        (Place::Computed, _) => code.extend([0x20, local, 0x42, 0, 0x7c]),
    }
}

/// A module whose export `f` has this body and takes two operands of `code`.
fn module(code: u8, body: &[u8]) -> Vec<u8> {
    let signature = signature::numeric(code);
    let (ty, result) = (type_byte(signature.operand), type_byte(signature.result));
    let mut out = HEADER.to_vec();
    encode::section(&mut out, 1, &[1, 0x60, 2, ty, ty, 1, result]);
    encode::section(&mut out, 3, &[1, 0]);
    encode::section(&mut out, 7, &[1, 1, b'f', 0, 0]);
    let mut bodies = vec![1];
    encode::sized(&mut bodies, body);
    encode::section(&mut out, 10, &bodies);
    out
}

/// A body that computes `code`, its operands in their places and a constant below them.
fn body(code: u8, places: [Place; 2]) -> Vec<u8> {
    let signature = signature::numeric(code);
    let mut body = vec![0, 0x41, 1];
    for i in 0..signature.operands as u8 {
        operand(&mut body, i, signature.operand, places[usize::from(i)]);
    }
    body.extend([code, 0x0f, 0x0b]);
    body
}

fn run(module: &[u8], pairs: &[(u64, u64)]) -> Vec<Outcome> {
    let calls: Vec<_> = pairs.iter().map(|&(a, b)| Call { export: "f".to_owned(), args: vec![a, b] }).collect();
    let program = translate_script(module, &Options::default(), &calls).expect("it is within the subset");
    let execution =
        vm::run(&program, &[], &vm::Limits { frame_slots: 1 << 14, ..vm::Limits::default() }, &AtomicBool::new(false)).expect("it ends");
    outcomes(&execution.output).expect("the output of a script")
}

fn check(code: u8, places: [Place; 2], pairs: &[(u64, u64)]) {
    for (&(a, b), got) in pairs.iter().zip(run(&module(code, &body(code, places)), pairs)) {
        let value = |place, given| if let Place::Constant(value) = place { value } else { given };
        let expected = match compute(code, value(places[0], a), value(places[1], b)) {
            Ok(value) => Outcome::Results(vec![value]),
            Err(trap) => Outcome::Trap(trap),
        };
        let name = operator::Operator::Numeric(code).name();
        assert_eq!(got, expected, "{name} of {a:#x} and {b:#x}, in {places:?}");
    }
}

fn integer_codes() -> impl Iterator<Item = u8> {
    (0x45..=0xc4u8).filter(|&code| {
        let signature = signature::numeric(code);
        !signature.operand.is_float() && !signature.result.is_float()
    })
}

fn edges(code: u8) -> Vec<u64> {
    let narrow = signature::numeric(code).operand == ValType::I32;
    EDGES.into_iter().filter(|&e| !narrow || e <= u64::from(u32::MAX)).collect()
}

#[test]
fn every_operator_computes_on_locals_and_on_results() {
    for code in integer_codes() {
        let edges = edges(code);
        let pairs: Vec<_> = edges.iter().flat_map(|&a| edges.iter().map(move |&b| (a, b))).collect();
        for places in [[Place::Local; 2], [Place::Computed; 2], [Place::Local, Place::Computed], [Place::Computed, Place::Local]] {
            check(code, places, &pairs);
        }
    }
}

#[test]
fn every_operator_computes_on_constants() {
    for code in integer_codes() {
        let edges = edges(code);
        let pairs: Vec<_> = edges.iter().map(|&e| (e, e)).collect();
        for &constant in &edges {
            let constant = Place::Constant(constant);
            check(code, [constant, Place::Local], &pairs);
            check(code, [Place::Computed, constant], &pairs);
            check(code, [constant, constant], &pairs[..1]);
        }
    }
}

#[test]
fn a_comparison_that_a_branch_or_eqz_follows_says_the_same() {
    let branch = [0x04, I32, 0x41, 1, 0x05, 0x41, 0, 0x0b];
    let tails = [(branch.to_vec(), 0), ([&[0x45], &branch[..]].concat(), 1), (vec![0x45, 0x45], 0), (vec![0x45], 1)];
    for code in integer_codes().filter(|&code| code <= 0x5a) {
        let edges = edges(code);
        let pairs: Vec<_> = edges.iter().flat_map(|&a| edges.iter().map(move |&b| (a, b))).collect();
        for (tail, negated) in &tails {
            let operands = &[0x20, 0, 0x20, 1][..2 * signature::numeric(code).operands as usize];
            let body = [&[0], operands, &[code], tail, &[0x0b]].concat();
            for (&(a, b), got) in pairs.iter().zip(run(&module(code, &body), &pairs)) {
                // Of one operand, the first is compared.
                let expected = compute(code, a, b).expect("comparisons do not trap") ^ negated;
                assert_eq!(got, Outcome::Results(vec![expected]), "{code:#x} of {a:#x} and {b:#x}, then {tail:?}");
            }
        }
    }
}
