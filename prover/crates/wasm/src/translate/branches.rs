use super::asm::{B, Label};
use super::control::{Block, Target};
use super::function::Function;
use super::values::Value;
use crate::operator::Targets;
use isa::Op;
use std::collections::BTreeMap;

/// A condition of a branch: it holds when the slot is not zero, or, `negated`, when it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition {
    slot: u32,
    negated: bool,
}

impl Function<'_, '_> {
    /// Takes a condition. A comparison with zero right before it becomes the jump's own.
    pub(super) fn pop_condition(&mut self) -> Condition {
        if let Some(produced) = self.producer().filter(|p| p.zero_test)
            && let Some(test) = self.b.asm.last_mut(produced.at).copied()
        {
            self.b.asm.unwrite();
            self.produced = None;
            self.values.pop();
            return Condition { slot: test.oa, negated: !test.inv };
        }
        Condition { slot: self.pop_slot(), negated: false }
    }

    fn jump_if(&mut self, condition: Condition, label: Label) {
        if condition.negated {
            self.b.asm.jump_if_zero(condition.slot, label);
        } else {
            self.b.asm.jump_if_not(condition.slot, label);
        }
    }

    pub(super) fn jump_unless(&mut self, condition: Condition, label: Label) {
        self.jump_if(Condition { negated: !condition.negated, ..condition }, label);
    }

    /// The block that a branch of `depth` goes to, which thereby is gone to.
    fn target(&mut self, depth: u32) -> Block {
        let at = self.blocks.len() - 1 - depth as usize;
        self.blocks[at].targeted = true;
        self.blocks[at]
    }

    /// Whether a branch to `block` finds every operand where it belongs.
    fn in_place(&self, block: &Block) -> bool {
        let (len, arity) = (self.values.len(), block.arity());
        arity == 0 || block.height + arity == len && (block.height..len).all(|at| self.values.get(at) == Value::Home)
    }

    /// Moves what a branch to `block` takes to where it belongs, and goes there. The virtual stack stays as it is.
    fn leave(&mut self, block: &Block) {
        let Target::Label(label) = block.target else { return self.return_() };
        let arity = block.arity();
        let from = self.values.len() - arity;
        // Upwards: no operand is moved to where one that is yet to be moved is.
        for i in 0..arity {
            self.move_to(from + i, self.home(block.height + i));
        }
        self.b.asm.jump(label);
    }

    pub(super) fn br(&mut self, depth: u32) {
        let block = self.target(depth);
        self.leave(&block);
        self.die();
    }

    pub(super) fn br_if(&mut self, depth: u32) {
        let condition = self.pop_condition();
        let block = self.target(depth);
        if let Target::Label(label) = block.target {
            let arity = block.arity();
            if arity > 0 && block.height + arity == self.values.len() {
                self.home_top(arity);
            }
            if self.in_place(&block) {
                return self.jump_if(condition, label);
            }
        }
        let stay = self.b.asm.label();
        self.jump_unless(condition, stay);
        self.leave(&block);
        self.b.asm.bind(stay);
    }

    /// Returns: results go to slots 0 and up, which are those of the parameters.
    pub(super) fn return_(&mut self) {
        let results = self.results as usize;
        let from = self.values.len() - results;
        if results == 1
            && let Some(produced) = self.producer()
            && let Some(instruction) = self.b.asm.last_mut(produced.at)
        {
            instruction.oc = 0;
            self.b.asm.ret(self.record);
            self.produced = None;
            return;
        }
        // A result that is a parameter which an earlier result will have taken the slot of goes to its own slot first.
        let mut saved = vec![false; results];
        for (i, saved) in saved.iter_mut().enumerate() {
            if let Value::Local { index, .. } = self.values.get(from + i)
                && (self.local_slot(index) as usize) < i
            {
                self.b.asm.copy(self.local_slot(index), self.home(from + i));
                *saved = true;
            }
        }
        for (i, saved) in saved.into_iter().enumerate() {
            if saved {
                self.b.asm.copy(self.home(from + i), i as u32);
            } else {
                self.move_to(from + i, i as u32);
            }
        }
        self.b.asm.ret(self.record);
    }

    /// `br_table`: the smaller of index and number of targets jumps into a run of jumps.
    pub(super) fn br_table(&mut self, targets: Targets<'_>) {
        let count = targets.table_len();
        let index = self.pop_slot();
        if count == 0 {
            return self.br(targets.last().unwrap_or(0));
        }
        // One target at the height of what is carried: with that in its slots, a jump to it moves nothing.
        let arity = self.blocks[self.blocks.len() - 1 - targets.clone().last().unwrap_or(0) as usize].arity();
        if targets.clone().any(|depth| self.blocks[self.blocks.len() - 1 - depth as usize].height + arity == self.values.len()) {
            self.home_top(arity);
        }
        let (least, below) = (self.top_slot() + 1, self.top_slot() + 2);
        self.b.asm.constant(count.into(), least);
        self.b.asm.alu(Op::Ltu, index, B::Imm(count.into()), below);
        self.b.asm.alu(Op::Cmov, index, B::Slot(below), least);
        let table = self.b.asm.label();
        self.b.asm.jump_table(least, table);
        self.b.asm.bind(table);
        let mut stubs: BTreeMap<u32, (Block, Label)> = BTreeMap::new();
        for depth in targets {
            let block = self.target(depth);
            match block.target {
                Target::Label(label) if self.in_place(&block) => self.b.asm.jump(label),
                _ => {
                    let asm = &mut self.b.asm;
                    let (_, stub) = stubs.entry(depth).or_insert_with(|| (block, asm.label()));
                    asm.jump(*stub);
                }
            }
            if self.b.asm.is_full() {
                break;
            }
        }
        for (block, stub) in stubs.into_values() {
            self.b.asm.bind(stub);
            self.leave(&block);
            if self.b.asm.is_full() {
                break;
            }
        }
        self.die();
    }
}
