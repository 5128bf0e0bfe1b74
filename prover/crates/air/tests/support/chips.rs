//! Programs that execute the operations of BIT, ARITH, MEM, MEMX and MTRAP on edges and random operands.

use super::{imm, op, program};
use isa::{Chip, Instruction, Op, Program};
use testing::Random;

/// Where a program goes on after an access out of bounds: the trap vector jumps to what this slot holds.
const GO_ON: u32 = 50;

/// Words where carries, signs and splits change.
const EDGES: [u32; 8] = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

fn constant(slot: u32, value: u64) -> Instruction {
    Instruction { oc: slot, il: value as u32, ih: (value >> 32) as u32, ..Instruction::new(Op::Const) }
}

fn start() -> Vec<Instruction> {
    vec![op(Op::Jmp, 0, 0, 0, 2), op(Op::Jtab, GO_ON, 0, 0, 0)]
}

fn finish(mut code: Vec<Instruction>) -> Program {
    code.push(op(Op::Halt, 0, 0, 0, 0));
    program(code)
}

fn operand(op: Op, random: &mut Random) -> u64 {
    let mut word = || if random.one_in(2) { random.pick(&EDGES) } else { random.word() };
    let (lo, hi) = (word(), word());
    if op.is_32_bit() { lo.into() } else { u64::from(lo) | u64::from(hi) << 32 }
}

/// Second operands of `op`: shifts by everything that is special, divisors of every size, equal operands.
fn second(op: Op, a: u64, random: &mut Random) -> u64 {
    let any = operand(op, random);
    match op {
        Op::Divu | Op::Remu => {
            let divisor = [any, any >> random.below(64), a, a.saturating_add(1), a / 2 + 1];
            random.pick(&divisor).max(1)
        }
        _ if op >= Op::Shl32 && !random.one_in(4) => {
            let amount = random.pick(&[0, 1, 15, 16, 31, 32, 33, 47, 48, 63]) + 64 * random.below(4);
            if op.is_32_bit() { amount } else { amount | (any >> 32 << 32) }
        }
        _ => any,
    }
}

/// `count` instructions of each operation of BIT or ARITH, a third of them with an immediate.
pub fn operations(chip: Chip, count: usize, random: &mut Random) -> Program {
    let mut code = start();
    for &op_ in Op::ALL.iter().filter(|op| op.chip() == chip) {
        for i in 0..count {
            let a = operand(op_, random);
            let b = second(op_, a, random);
            code.push(constant(1, a));
            if i % 3 == 2 {
                code.push(imm(op_, 1, 3, b as u32, (b >> 32) as u32));
            } else {
                code.extend([constant(2, b), op(op_, 1, 2, 3, 0)]);
            }
        }
    }
    finish(code)
}

/// Loads and stores of every kind at every offset, at the edges of memory and beyond them, 8 `count` times; `count` is 2 or more.
pub fn accesses(count: usize, random: &mut Random) -> Program {
    let mut code = start();
    let end = 65536u64;
    for &op_ in Op::ALL.iter().filter(|op| op.chip() == Chip::Mem) {
        let width = u64::from(op_.access_width().expect("a load or store"));
        for i in 0..8 * count as u64 {
            // Every offset in a cell once, once just beyond the end and once far beyond it, then anything.
            let place = match i {
                0..8 => 4,
                8 => 1,
                9 => 2,
                _ => random.below(6),
            };
            let first = match place {
                0 => end - width,
                1 => end - width + 1 + random.below(12),
                2 if i == 9 => (1 << 33) - 2 - random.below(9),
                2 => random.below(1 << 33).saturating_sub(2),
                3 => 0,
                _ => 8 * random.below(end / 8 - 1) + i % 8,
            };
            // The neighbourhood gets bytes first, so that loads see them and stores leave some in place.
            if first + 16 <= end {
                for cell in 0..2 {
                    let bytes = u64::from(random.word()) | u64::from(random.word()) << 32;
                    code.extend([constant(4, (first & !7) + 8 * cell), constant(5, bytes), op(Op::S64, 4, 0, 5, 0)]);
                }
            }
            let displacement = if first > u64::from(u32::MAX) { u32::MAX } else { random.below(first + 1) as u32 };
            let value = u64::from(random.word()) | u64::from(random.word()) << 32;
            code.extend([constant(1, first - u64::from(displacement)), constant(3, value)]);
            code.push(constant(GO_ON, code.len() as u64 + 2));
            code.push(op(op_, 1, 0, 3, displacement));
        }
    }
    finish(code)
}
