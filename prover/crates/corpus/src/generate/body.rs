use super::Dice;
use super::code::Code;
use super::module::{IMPORTED, Plan, some_types, value_type};
use super::operators::{DIVIDE, LOADS, SAFE, STORES};
use crate::encode;

/// The locals of one type as a function body declares them, then its code.
pub(crate) fn body(dice: &mut Dice<'_>, plan: &mut Plan, index: u32) -> Vec<u8> {
    let (parameters, results) = plan.types[plan.functions[index as usize] as usize].clone();
    let extra = some_types(dice, 6);
    let locals = parameters.iter().chain(&extra).copied().collect();
    let main = index as usize + 1 == plan.functions.len();
    let size = if main { 60 } else { 25 };
    let mut function = Function {
        dice,
        plan,
        code: Code::default(),
        index,
        main,
        locals,
        results: results.clone(),
        labels: vec![results.clone()],
        budget: size,
    };
    if main {
        function.enter_main();
    } else {
        function.guard();
    }
    let statements = 3 + function.dice.below(6);
    for _ in 0..statements {
        function.statement(0);
    }
    if main {
        function.leave_main();
    }
    results.iter().for_each(|&wide| function.value(wide, 0));
    function.code.op(0x0B);

    let mut out = encode::vector(&extra, |out, &wide| out.extend_from_slice(&[1, value_type(wide)]));
    out.extend(function.code.0);
    out
}

struct Function<'a, 'd> {
    dice: &'a mut Dice<'d>,
    plan: &'a mut Plan,
    code: Code,
    index: u32,
    main: bool,
    locals: Vec<bool>,
    results: Vec<bool>,
    /// What a branch to each label takes, the function's own first.
    labels: Vec<Vec<bool>>,
    /// Statements that may still nest or call.
    budget: u32,
}

const DEEPEST: u32 = 4;

impl Function<'_, '_> {
    /// One off the counter; below zero: return.
    fn guard(&mut self) {
        self.code.with(0x23, 0);
        self.code.constant(false, 1);
        self.code.op(0x6B);
        self.code.with(0x24, 0);
        self.code.with(0x23, 0);
        self.code.constant(false, 0);
        self.code.op(0x48); // i32.lt_s
        self.code.0.extend_from_slice(&[0x04, 0x40]);
        for wide in self.results.clone() {
            self.code.constant(wide, 0);
        }
        self.code.op(0x0F);
        self.code.op(0x0B);
    }

    /// Reads the input to address 64.
    fn enter_main(&mut self) {
        self.code.constant(false, 64);
        self.code.constant(false, 0);
        self.code.with(0x10, 0);
        self.code.with(0x10, 1);
    }

    /// Stores the globals, and makes a part of memory the output.
    fn leave_main(&mut self) {
        for (i, wide) in self.plan.globals.clone().into_iter().enumerate() {
            self.code.constant(false, 8 * i as u64);
            self.code.with(0x23, 1 + i as u32);
            self.code.access(if wide { 0x37 } else { 0x36 }, 2, 0);
        }
        let length = self.dice.below(600);
        self.code.constant(false, 0);
        self.code.constant(false, u64::from(length));
        self.code.with(0x10, 2);
    }

    fn values(&mut self, types: &[bool], depth: u32) {
        types.iter().for_each(|&wide| self.value(wide, depth));
    }

    /// Leaves one value on the stack.
    fn value(&mut self, wide: bool, depth: u32) {
        let choice = if depth >= DEEPEST { self.dice.below(40) } else { self.dice.below(100) };
        match choice {
            0..20 => {
                let number = self.dice.number();
                self.code.constant(wide, number);
            }
            20..32 => self.local(wide, 0x20),
            32..40 => self.global(wide),
            40..72 => self.operator(wide, depth),
            72..84 => {
                let (opcode, width) = self.dice.pick(LOADS[usize::from(wide)]);
                self.address(depth);
                self.access(opcode, width);
            }
            84..88 => self.divide(wide, depth),
            88..92 => {
                self.values(&[wide, wide, false], depth + 1);
                self.code.op(0x1B);
            }
            92..96 => {
                self.value(wide, depth + 1);
                self.local(wide, 0x22);
            }
            96 if !wide => self.code.0.extend_from_slice(&[0x3F, 0]), // memory.size
            97 if !wide => {
                let pages = self.dice.below(3);
                self.code.constant(false, u64::from(pages));
                self.code.0.extend_from_slice(&[0x40, 0]); // memory.grow
            }
            _ => self.structure(&[wide], depth),
        }
    }

    fn operator(&mut self, wide: bool, depth: u32) {
        let (codes, takes, _) = loop {
            let group = self.dice.pick(SAFE);
            if group.2 == wide {
                break group;
            }
        };
        self.values(takes, depth + 1);
        let opcode = self.dice.pick(codes);
        self.code.op(opcode);
    }

    /// A division, mostly by what is not 0.
    fn divide(&mut self, wide: bool, depth: u32) {
        self.value(wide, depth + 1);
        self.value(wide, depth + 1);
        if self.dice.chance(97) {
            self.code.constant(wide, 3);
            self.code.op(if wide { 0x84 } else { 0x72 }); // or
            self.code.constant(wide, 0x7FFF_FFFF);
            self.code.op(if wide { 0x83 } else { 0x71 }); // and
        }
        let opcode = self.dice.pick(DIVIDE[usize::from(wide)]);
        self.code.op(opcode);
    }

    /// An address, mostly inside the first page.
    fn address(&mut self, depth: u32) {
        self.value(false, depth + 1);
        if self.dice.chance(98) {
            let mask = self.dice.pick(&[0xFF, 0x3FF, 0x3F8, 0xF7F0]);
            self.code.constant(false, mask);
            self.code.op(0x71);
        }
    }

    /// A load or store whose static alignment may be anything that is allowed.
    fn access(&mut self, opcode: u8, width: u8) {
        let align = self.dice.below(u32::from(width) + 1) as u8;
        let offset = match self.dice.below(200) {
            0 => self.dice.number() as u32,
            1..100 => 0,
            _ => self.dice.below(50),
        };
        self.code.access(opcode, if self.dice.chance(70) { width } else { align }, offset);
    }

    /// `local.get` (20), `set` (21) or `tee` (22) of a local of the type; a constant instead of a read, a drop instead of a write, if the
    /// function has none.
    fn local(&mut self, wide: bool, opcode: u8) {
        let fitting: Vec<u32> = (0..self.locals.len() as u32).filter(|&i| self.locals[i as usize] == wide).collect();
        match (fitting.is_empty(), opcode) {
            (true, 0x20) => self.code.constant(wide, 7),
            (true, 0x21) => self.code.op(0x1A),
            (true, _) => {}
            (false, _) => {
                let local = self.dice.pick(&fitting);
                self.code.with(opcode, local);
            }
        }
    }

    fn global(&mut self, wide: bool) {
        let fitting: Vec<u32> = (0..self.plan.globals.len()).filter(|&i| self.plan.globals[i] == wide).map(|i| 1 + i as u32).collect();
        if fitting.is_empty() {
            self.code.constant(wide, 11);
        } else {
            let global = self.dice.pick(&fitting);
            self.code.with(0x23, global);
        }
    }

    /// Leaves the stack as it was.
    fn statement(&mut self, depth: u32) {
        let simple = depth >= DEEPEST || self.budget == 0;
        self.budget = self.budget.saturating_sub(1);
        match self.dice.below(if simple { 60 } else { 100 }) {
            0..25 => {
                let wide = self.dice.chance(40);
                self.value(wide, depth);
                self.local(wide, 0x21);
            }
            25..35 => {
                let global = self.dice.below(self.plan.globals.len() as u32);
                self.value(self.plan.globals[global as usize], depth);
                self.code.with(0x24, 1 + global);
            }
            35..53 => {
                let wide = self.dice.chance(40);
                let (opcode, width) = self.dice.pick(STORES[usize::from(wide)]);
                self.address(depth);
                self.value(wide, depth);
                self.access(opcode, width);
            }
            53..56 => self.bulk(depth),
            56..58 => {
                let wide = self.dice.chance(40);
                self.value(wide, depth);
                self.code.op(0x1A);
            }
            58 => self.code.op(0x01),
            59 => self.rare(depth),
            60..75 => {
                let gives = some_types(self.dice, 3);
                self.structure(&gives, depth);
                self.drop(gives.len());
            }
            75..83 => self.branch(depth),
            _ => self.call(depth),
        }
    }

    fn drop(&mut self, count: usize) {
        (0..count).for_each(|_| self.code.op(0x1A));
    }

    fn bulk(&mut self, depth: u32) {
        let copy = self.dice.chance(60);
        self.address(depth);
        if copy {
            self.address(depth);
        } else {
            self.value(false, depth + 1);
        }
        let length = if self.dice.chance(98) { u64::from(self.dice.below(60)) } else { self.dice.number() };
        self.code.constant(false, length);
        self.code.bulk(if copy { 10 } else { 11 });
    }

    /// What ends the run, behind a condition that is mostly false; and the hash.
    fn rare(&mut self, depth: u32) {
        if self.dice.chance(30) {
            let (from, length, to) = (self.dice.below(500), self.dice.below(150), self.dice.below(500));
            [from, length, to].iter().for_each(|&value| self.code.constant(false, u64::from(value)));
            self.code.with(0x10, 4);
            return;
        }
        self.value(false, depth + 1);
        let rare = self.dice.number();
        self.code.constant(false, rare);
        self.code.op(0x46);
        self.code.0.extend_from_slice(&[0x04, 0x40]);
        self.labels.push(Vec::new());
        match self.dice.below(3) {
            0 => self.code.op(0x00),
            1 => {
                self.value(false, DEEPEST);
                self.code.with(0x10, 3);
            }
            _ => {
                self.values(&[false; 4], DEEPEST);
                self.code.with(0x10, 5);
            }
        }
        self.labels.pop();
        self.code.op(0x0B);
    }

    /// A block, loop or if with parameters, that leaves `gives`.
    fn structure(&mut self, gives: &[bool], depth: u32) {
        let takes = some_types(self.dice, 3);
        let type_index = self.plan.type_index(&takes, gives);
        self.values(&takes, depth + 1);
        match self.dice.below(3) {
            0 => {
                self.code.open(0x02, type_index);
                self.inside(&takes, gives, gives, depth);
            }
            1 => {
                self.code.open(0x03, type_index);
                self.guard();
                self.inside(&takes, gives, &takes, depth);
            }
            _ => {
                self.value(false, depth + 1);
                self.code.open(0x04, type_index);
                self.inside(&takes, gives, gives, depth);
                if takes != gives || self.dice.chance(70) {
                    self.code.op(0x05);
                    self.inside(&takes, gives, gives, depth);
                }
            }
        }
        self.code.op(0x0B);
    }

    /// Consumes the parameters, does something, leaves the results; a branch to the label takes `label`.
    fn inside(&mut self, takes: &[bool], gives: &[bool], label: &[bool], depth: u32) {
        self.labels.push(label.to_vec());
        for &wide in takes.iter().rev() {
            self.local(wide, 0x21);
        }
        for _ in 0..self.dice.below(4) {
            self.statement(depth + 1);
        }
        self.values(gives, depth + 1);
        self.labels.pop();
    }

    /// A conditional branch, a table of them, or (inside an `if`) an unconditional one.
    fn branch(&mut self, depth: u32) {
        let target = self.dice.below(self.labels.len() as u32);
        let takes = self.labels[self.labels.len() - 1 - target as usize].clone();
        match self.dice.below(4) {
            0 => {
                self.value(false, depth + 1);
                self.code.0.extend_from_slice(&[0x04, 0x40]);
                self.labels.push(Vec::new());
                self.values(&takes, depth + 1);
                if target + 2 == self.labels.len() as u32 && self.dice.chance(50) {
                    self.code.op(0x0F);
                } else {
                    self.code.with(0x0C, target + 1);
                }
                self.labels.pop();
                self.code.op(0x0B);
            }
            1 => {
                // All targets must take the same: the ones that do, in a block that catches what falls through.
                let count = self.labels.len() as u32;
                let same: Vec<u32> = (0..count).filter(|&t| self.labels[(count - 1 - t) as usize] == takes).collect();
                self.code.0.extend_from_slice(&[0x02, 0x40]);
                self.labels.push(Vec::new());
                self.values(&takes, depth + 2);
                self.value(false, depth + 2);
                self.labels.pop();
                if self.dice.chance(80) {
                    self.code.constant(false, 3);
                    self.code.op(0x71);
                }
                let targets: Vec<u32> = (0..1 + self.dice.below(4)).map(|_| 1 + self.dice.pick(&same)).collect();
                self.code.op(0x0E);
                encode::unsigned(&mut self.code.0, targets.len() as u64 - 1);
                targets.iter().for_each(|&t| encode::unsigned(&mut self.code.0, u64::from(t)));
                self.code.op(0x0B);
            }
            _ => {
                self.values(&takes, depth + 1);
                self.value(false, depth + 1);
                self.code.with(0x0D, target);
                self.drop(takes.len());
            }
        }
    }

    /// A call of a function further down, or through the table.
    fn call(&mut self, depth: u32) {
        let own = self.plan.functions.len() as u32 - 1;
        let callees = if self.main { own } else { self.index };
        let callee = if callees > 0 && self.dice.chance(70) { Some(self.dice.below(callees)) } else { None };
        let function = match callee {
            Some(callee) => self.plan.functions[callee as usize],
            None => {
                let entry = self.dice.below(self.plan.table.len() as u32) as usize;
                let wrong = self.dice.below(own);
                let named = self.plan.table[entry].map_or(wrong, |f| f - IMPORTED);
                let function = self.plan.functions[named as usize];
                let (takes, gives) = self.plan.types[function as usize].clone();
                self.values(&takes, depth + 1);
                if self.dice.chance(96) && self.plan.table[entry].is_some() {
                    self.code.constant(false, entry as u64);
                } else if self.dice.chance(10) {
                    self.value(false, depth + 1);
                } else {
                    // Nothing that would trap every time.
                    self.drop(takes.len());
                    return;
                }
                self.code.with(0x11, function);
                self.code.op(0);
                self.drop(gives.len());
                return;
            }
        };
        let (takes, gives) = self.plan.types[function as usize].clone();
        self.values(&takes, depth + 1);
        self.code.with(0x10, IMPORTED + callee.unwrap_or(0));
        self.drop(gives.len());
    }
}
