use super::asm::Label;
use super::function::Function;
use crate::types::BlockType;

/// What a branch to a block does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Returns from the function.
    Return,
    /// Jumps.
    Label(Label),
}

/// A block that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub target: Target,
    /// A branch takes the parameters to the start, not the results to the end.
    pub is_loop: bool,
    /// Where a false `if` goes, until its `else`.
    pub otherwise: Option<Label>,
    /// Operands below its parameters.
    pub height: usize,
    pub params: usize,
    pub results: usize,
    /// Some branch goes to its end.
    pub targeted: bool,
}

impl Block {
    /// The outermost block.
    pub(super) fn function(results: usize) -> Self {
        Self { target: Target::Return, is_loop: false, otherwise: None, height: 0, params: 0, results, targeted: false }
    }

    /// Operands that a branch to it takes.
    pub(super) fn arity(&self) -> usize {
        if self.is_loop { self.params } else { self.results }
    }
}

impl Function<'_, '_> {
    fn arities(&self, ty: BlockType) -> (usize, usize) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Type(index) => {
                let ty = &self.module.types[index as usize];
                (ty.params.len(), ty.results.len())
            }
        }
    }

    /// Opens a block: where paths join later, every operand is where it is now. Constants may stay constants, they never change.
    fn open(&mut self, ty: BlockType, is_loop: bool, otherwise: Option<Label>) {
        let (params, results) = self.arities(ty);
        let target = Target::Label(self.b.asm.label());
        self.blocks.push(Block { target, is_loop, otherwise, height: self.values.len() - params, params, results, targeted: false });
    }

    /// What must be in its own slot when a block of this type is opened.
    fn settle(&mut self, ty: BlockType) {
        self.release_all();
        self.home_top(self.arities(ty).0);
    }

    pub(super) fn block(&mut self, ty: BlockType) {
        self.settle(ty);
        self.open(ty, false, None);
    }

    pub(super) fn loop_(&mut self, ty: BlockType) {
        self.settle(ty);
        self.open(ty, true, None);
        if let Some(Block { target: Target::Label(label), .. }) = self.blocks.last() {
            self.b.asm.bind(*label);
        }
    }

    pub(super) fn if_(&mut self, ty: BlockType) {
        let condition = self.pop_condition();
        self.settle(ty);
        let otherwise = self.b.asm.label();
        self.jump_unless(condition, otherwise);
        self.open(ty, false, Some(otherwise));
    }

    pub(super) fn else_(&mut self) {
        let block = self.blocks.last_mut().expect("a validated else is in an if");
        let (otherwise, target, height) = (block.otherwise.take(), block.target, block.height);
        let (params, results) = (block.params, block.results);
        if self.dead.is_none() {
            block.targeted = true;
            self.home_top(results);
            if let Target::Label(label) = target {
                self.b.asm.jump(label);
            }
        }
        if let Some(label) = otherwise {
            self.b.asm.bind(label);
        }
        self.dead = None;
        self.values.truncate(height);
        (0..params).for_each(|_| self.push());
    }

    pub(super) fn end(&mut self) {
        let block = self.blocks.pop().expect("a validated body has as many ends as blocks");
        let mut alive = self.dead.is_none();
        if block.target == Target::Return {
            if alive {
                self.return_();
            }
            self.values.truncate(0);
            return;
        }
        if alive {
            self.home_top(block.results);
        }
        if let Some(label) = block.otherwise {
            // An if without else: what it takes is what it gives, and that is in its slots.
            self.b.asm.bind(label);
            alive = true;
        }
        if let Target::Label(label) = block.target
            && block.targeted
            && !block.is_loop
        {
            self.b.asm.bind(label);
            alive = true;
        }
        self.dead = if alive { None } else { Some(0) };
        self.values.truncate(block.height);
        (0..block.results).for_each(|_| self.push());
    }

    /// What follows cannot be reached, up to the end of the block.
    pub(super) fn die(&mut self) {
        self.dead = Some(0);
    }
}
