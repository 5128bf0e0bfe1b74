//! Every operation, hand-assembled, on edge and random operands: the executor against an independent reference.
extern crate loom_vm as vm;

mod common;

use common::asm::Asm;
use common::{reference, run};
use isa::{Instruction, Op, Program};
use testing::{Random, Seeds, tier_count};

/// Operations that compute C from A and B.
const ALU: &[Op] = &[
    Op::Add32,
    Op::Add64,
    Op::Sub32,
    Op::Sub64,
    Op::Ltu,
    Op::Lts32,
    Op::Lts64,
    Op::Eq,
    Op::Cmov,
    Op::And,
    Op::Or,
    Op::Xor,
    Op::Mul32,
    Op::Mul64,
    Op::Divu,
    Op::Remu,
    Op::Shl32,
    Op::Shl64,
    Op::Shru32,
    Op::Shru64,
    Op::Shrs32,
    Op::Shrs64,
    Op::Rotl32,
    Op::Rotl64,
];

/// A program of `count` random operations, and the words that it must output.
fn alu_program(op: Op, count: u64, random: &mut Random) -> (Program, Vec<u64>) {
    let mut asm = Asm::new(0);
    let mut expected = Vec::new();
    for _ in 0..count {
        let narrow = op.is_32_bit() || random.one_in(4);
        let operand = |random: &mut Random| {
            let value = u64::from(random.word()) | u64::from(random.word()) << 32;
            if narrow { value & 0xFFFF_FFFF } else { value }
        };
        let (a, mut b, old) = (operand(random), operand(random), operand(random));
        if random.one_in(5) {
            b = a;
        }
        if matches!(op, Op::Divu | Op::Remu) && b == 0 {
            b = 1;
        }
        // Operands and result may share slots, in every combination.
        let (sa, mut sb, sc) = (random.below(3) as u32, random.below(3) as u32, random.below(3) as u32);
        if sa == sb && a != b {
            sb = 3;
        }
        asm.constant(sc, old);
        asm.constant(sa, a);
        let immediate = random.one_in(2);
        if !immediate {
            asm.constant(sb, b);
        }
        let inv = op.may_invert() && random.one_in(2);
        let before = if sc == sa {
            a
        } else if sc == sb && !immediate {
            b
        } else {
            old
        };
        let i = Instruction { oa: sa, oc: sc, inv, ..Instruction::new(op) };
        asm.push(if immediate { Instruction { bi: true, il: b as u32, ih: (b >> 32) as u32, ..i } } else { Instruction { ob: sb, ..i } });
        asm.emit(sc);
        expected.push(reference::alu(op, inv, a, b, before));
    }
    (asm.finish(), expected)
}

fn words(output: &[u8]) -> Vec<u64> {
    output.chunks(8).map(|word| u64::from_le_bytes(word.try_into().expect("whole words"))).collect()
}

#[test]
fn arithmetic_is_that_of_the_reference() {
    let seeds = Seeds::new("arithmetic_is_that_of_the_reference");
    for &op in ALU {
        let mut random = seeds.random(op.code().into());
        for _ in 0..tier_count(4, 100) {
            let (program, expected) = alu_program(op, 100, &mut random);
            assert_eq!(words(&run(&program, &[]).output), expected, "{op:?}");
        }
    }
}

const LOADS: &[Op] = &[Op::L8u, Op::L16u, Op::L32u, Op::L64, Op::L8s32, Op::L8s64, Op::L16s32, Op::L16s64, Op::L32s64];
const STORES: &[Op] = &[Op::S8, Op::S16, Op::S32, Op::S64];

/// An address and a displacement that together are below 65537 - `width`, often at an edge.
fn place(width: u32, random: &mut Random) -> (u32, u32) {
    let last = 65536 - width;
    let at = match random.below(4) {
        0 => last - random.below(8) as u32,
        1 => random.below(24) as u32,
        _ => random.below(u64::from(last) + 1) as u32,
    };
    let displacement = random.below(u64::from(at) + 1) as u32;
    (at - displacement, displacement)
}

#[test]
fn loads_and_stores_are_those_of_the_reference() {
    let seeds = Seeds::new("loads_and_stores_are_those_of_the_reference");
    for round in 0..tier_count(20, 500) {
        let mut random = seeds.random(round);
        let mut memory = vec![0u8; 65536];
        let mut asm = Asm::new(1);
        let mut expected = Vec::new();
        for _ in 0..100 {
            let store = random.one_in(2);
            let op = random.pick(if store { STORES } else { LOADS });
            let width = op.access_width().expect("an access");
            let (address, displacement) = place(width, &mut random);
            let at = (address + displacement) as usize;
            // The upper half of an address does not count.
            asm.constant(0, u64::from(address) | random.next() << 32);
            let slot = random.below(2) as u32 + u32::from(store);
            if store {
                let value = random.next();
                asm.constant(slot, value);
                memory[at..at + width as usize].copy_from_slice(&value.to_le_bytes()[..width as usize]);
                asm.access(op, 0, displacement, slot);
            } else {
                asm.access(op, 0, displacement, slot);
                asm.emit(slot);
                expected.push(reference::load(op, &memory[at..]));
            }
        }
        let execution = run(&asm.finish(), &[]);
        assert_eq!(words(&execution.output), expected);
        assert!(execution.memory == memory, "memory differs in round {round}");
    }
}

#[test]
fn an_access_out_of_bounds_ends_at_the_trap_vector_and_writes_nothing() {
    for &op in LOADS.iter().chain(STORES) {
        let width = op.access_width().expect("an access");
        for (address, displacement) in
            [(65537 - width, 0), (0, 65537 - width), (65536, 0), (u32::MAX, u32::MAX), (0, u32::MAX), (65535, 65535)]
        {
            let mut asm = Asm::new(1);
            asm.constant(0, u64::from(address));
            asm.constant(1, u64::MAX);
            asm.access(op, 0, displacement, 1);
            let execution = run(&asm.finish(), &[]);
            assert_eq!((execution.exit_code, execution.output.len(), execution.cycles), (6, 0, 8), "{op:?} at {address} + {displacement}");
            assert!(execution.memory.iter().all(|byte| *byte == 0));
            assert_eq!((execution.rows.mtrap, execution.rows.mem, execution.rows.memx), (1, 0, 0));
        }
    }
}

#[test]
fn rows_are_counted_by_the_table_that_proves_them() {
    let mut asm = Asm::new(1);
    asm.constant(0, 5);
    asm.access(Op::S32, 0, 0, 0); // bytes 5..9: two cells
    asm.access(Op::S16, 0, 1, 0); // bytes 6..8: one
    asm.imm(Op::Mul64, 0, 3, 0);
    asm.imm(Op::Xor, 0, 3, 0);
    asm.imm(Op::Or, 0, 3, 0);
    let rows = run(&asm.finish(), &[]).rows;
    assert_eq!((rows.memx, rows.mem, rows.arith, rows.bit, rows.mtrap), (1, 1, 1, 2, 0));
    assert_eq!(rows.cycles(), 1 + 6 + 3);
}
