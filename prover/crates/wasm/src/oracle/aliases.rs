//! Random functions that keep much on the operand stack: locals read long before they are used, blocks with values below and through them,
//! branches that carry values. What the translator keeps in its virtual stack is wrong here first.

use super::machine;
use super::random::translated;
use corpus::encode::{self, HEADER, I32};
use testing::{Random, Seeds, tier_count};

/// Parameters and locals of the function; the last one counts loops.
const PARAMS: u8 = 3;
const LOCALS: u8 = 6;
const COUNTER: u8 = LOCALS - 1;

/// Most parameters and results of a block. Type `4 p + r` takes p and gives r.
const MOST: u32 = 3;

struct Writer<'r> {
    random: &'r mut Random,
    code: Vec<u8>,
    /// What a branch to each open block takes, the function's own first.
    labels: Vec<u32>,
    size: u32,
}

impl Writer<'_> {
    fn below(&mut self, limit: u32) -> u32 {
        self.random.below(limit.into()) as u32
    }

    fn push(&mut self) {
        if self.random.one_in(4) {
            let value = self.below(60) as u8;
            self.code.extend([0x41, value]);
        } else {
            let local = self.below(LOCALS.into()) as u8;
            self.code.extend([0x20, local]);
        }
    }

    /// Code that makes `from` operands of this block `to`. Gives whether its end can be reached.
    fn sequence(&mut self, mut height: u32, to: u32) -> bool {
        for _ in 0..self.below(12) {
            if self.size == 0 {
                break;
            }
            self.size -= 1;
            match self.below(20) {
                0..5 => {
                    self.push();
                    height += 1;
                }
                5..9 if height >= 1 => {
                    let local = self.below(u32::from(COUNTER)) as u8;
                    let tee = self.random.one_in(3);
                    self.code.extend([if tee { 0x22 } else { 0x21 }, local]);
                    height -= u32::from(!tee);
                }
                9..12 if height >= 2 => {
                    let opcode = self.random.pick(&[0x6a, 0x6b, 0x6c, 0x48, 0x46, 0x4c]);
                    self.code.push(opcode);
                    height -= 1;
                }
                12 if height >= 1 => self.code.push(0x45),
                13 if height >= 3 => {
                    self.code.push(0x1b);
                    height -= 2;
                }
                14..17 => height = self.block(height),
                17 | 18 => {
                    let target = self.below(self.labels.len() as u32);
                    let takes = self.labels[self.labels.len() - 1 - target as usize];
                    while height < takes {
                        self.push();
                        height += 1;
                    }
                    self.push();
                    if self.random.one_in(3) {
                        // Every target takes what the default takes.
                        let same: Vec<u8> =
                            (0..self.labels.len()).filter(|&t| self.labels[self.labels.len() - 1 - t] == takes).map(|t| t as u8).collect();
                        let targets = [self.random.pick(&same), self.random.pick(&same), target as u8];
                        self.code.extend([0x0e, 2, targets[0], targets[1], targets[2]]);
                        return false;
                    }
                    self.code.extend([0x0d, target as u8]);
                }
                19 if self.random.one_in(4) => {
                    let takes = self.labels[0];
                    while height < takes {
                        self.push();
                        height += 1;
                    }
                    self.code.push(0x0f);
                    return false;
                }
                _ => {}
            }
        }
        while height < to {
            self.push();
            height += 1;
        }
        while height > to {
            // A value that goes is not dropped but kept in a local: it must have been the right one.
            let local = self.below(u32::from(COUNTER)) as u8;
            self.code.extend([0x21, local]);
            height -= 1;
        }
        true
    }

    fn block(&mut self, height: u32) -> u32 {
        let kind = self.random.pick(&[0x02, 0x03, 0x04]);
        let (takes, gives) = (self.below(MOST + 1).min(height), self.below(MOST + 1));
        if kind == 0x04 {
            self.push();
        }
        self.code.extend([kind, (4 * takes + gives) as u8]);
        self.labels.push(if kind == 0x03 { takes } else { gives });
        if kind == 0x03 {
            // counter -= 1; when it is zero, `unreachable`: results would be needed to leave in order.
            self.code.extend([0x20, COUNTER, 0x41, 1, 0x6b, 0x22, COUNTER, 0x45, 0x04, 0x40, 0x00, 0x0b]);
        }
        self.sequence(takes, gives);
        if kind == 0x04 && (takes != gives || self.random.one_in(2)) {
            self.code.push(0x05);
            self.sequence(takes, gives);
        }
        self.labels.pop();
        self.code.push(0x0b);
        height - takes + gives
    }
}

/// A machine that calls the function and stores its results.
fn module(random: &mut Random) -> Vec<u8> {
    let results = random.below(u64::from(MOST) + 1) as u32;
    let mut writer = Writer { random, code: vec![0x41, 20, 0x21, COUNTER], labels: vec![results], size: 60 };
    writer.sequence(0, results);
    let function = [vec![1, LOCALS - PARAMS, I32], writer.code, vec![0x0b]].concat();
    let mut main = vec![1, results as u8, I32];
    for _ in 0..PARAMS {
        let value = random.below(60) as u8;
        main.extend([0x41, value]);
    }
    main.extend([0x10, 0]);
    (0..results as u8).for_each(|i| main.extend([0x21, i]));
    (0..results as u8).for_each(|i| main.extend([0x41, 4 * i, 0x20, i, 0x36, 2, 0]));
    main.push(0x0b);

    let mut types: Vec<(Vec<u8>, Vec<u8>)> =
        (0..=MOST).flat_map(|p| (0..=MOST).map(move |r| (vec![I32; p as usize], vec![I32; r as usize]))).collect();
    types.push((vec![I32; PARAMS.into()], vec![I32; results as usize]));
    let mut out = HEADER.to_vec();
    encode::section(&mut out, 1, &encode::vector(&types, encode::function_type));
    encode::section(&mut out, 3, &[2, types.len() as u8 - 1, 0]);
    encode::section(&mut out, 5, &[1, 0, 1]);
    encode::section(&mut out, 7, b"\x01\x09loom_main\0\x01");
    encode::section(&mut out, 10, &encode::vector(&[function, main], |out, body| encode::sized(out, body)));
    out
}

#[test]
fn functions_that_keep_much_on_the_stack_do_the_same_translated() {
    let seeds = Seeds::new("functions_that_keep_much_on_the_stack_do_the_same_translated");
    let mut random = seeds.random(0);
    let count = tier_count(4_000, 400_000);
    let mut normal = 0;
    for i in 0..count {
        let module = module(&mut random);
        let expected = machine::run(&module, &[]);
        let got = translated(&module, &[]).unwrap_or_else(|e| panic!("module {i}: {e}"));
        normal += u64::from(expected.exit_code == 0);
        assert_eq!((expected.exit_code, &expected.memory[..16]), (got.exit_code, &got.memory[..16]), "module {i}");
    }
    assert!(normal > count / 2, "only {normal} of {count} end normally: they test little");
}
