use super::asm::B;
use super::function::{Function, Produced};
use super::values::Value;

/// Where operands are, and putting them elsewhere.
impl Function<'_, '_> {
    /// The own slot of the operand at `height`.
    pub(super) fn home(&self, height: usize) -> u32 {
        self.base + height as u32
    }

    /// The own slot of the operand that would be pushed next: scratch while none is.
    pub(super) fn top_slot(&self) -> u32 {
        self.home(self.values.len())
    }

    /// Takes the topmost operand: its slot or its value.
    pub(super) fn pop(&mut self) -> B {
        match self.values.pop() {
            Value::Home => B::Slot(self.top_slot()),
            Value::Local { index, .. } => B::Slot(self.local_slot(index)),
            Value::Const(value) => B::Imm(value),
        }
    }

    /// Takes the topmost operand; a constant is put into its own slot.
    pub(super) fn pop_slot(&mut self) -> u32 {
        let operand = self.pop();
        let own = self.top_slot();
        self.slot(operand, own)
    }

    /// The slot of an operand; a constant is put into `own`.
    pub(super) fn slot(&mut self, operand: B, own: u32) -> u32 {
        match operand {
            B::Slot(slot) => slot,
            B::Imm(value) => {
                self.b.asm.constant(value, own);
                own
            }
        }
    }

    /// Pushes an operand that is in its own slot.
    pub(super) fn push(&mut self) {
        self.values.push(Value::Home);
    }

    /// Pushes the operand that instruction `at` put into its own slot.
    pub(super) fn push_produced(&mut self, at: usize) {
        self.produced = Some(Produced { at, height: self.values.len(), zero_test: false });
        self.push();
    }

    /// What produced the topmost operand, if that was the last instruction and can be changed.
    pub(super) fn producer(&mut self) -> Option<Produced> {
        let top = self.values.len().checked_sub(1)?;
        let produced = self.produced.filter(|p| p.height == top && self.values.get(top) == Value::Home)?;
        self.b.asm.last_mut(produced.at).map(|_| produced)
    }

    /// Puts the topmost `count` operands into their own slots.
    pub(super) fn home_top(&mut self, count: usize) {
        for at in (self.values.len() - count..self.values.len()).rev() {
            let own = self.home(at);
            match self.values.get(at) {
                Value::Home => {}
                Value::Const(value) => {
                    self.b.asm.constant(value, own);
                    self.values.set_home(at);
                }
                Value::Local { index, .. } => {
                    self.b.asm.copy(self.local_slot(index), own);
                    self.values.release_one(at);
                }
            }
        }
    }

    /// Puts every operand that is a local into its own slot.
    pub(super) fn release_all(&mut self) {
        for (at, local) in self.values.release_all() {
            self.b.asm.copy(self.local_slot(local), self.home(at));
        }
    }

    /// Puts every operand that is `local` into its own slot: it is about to be written.
    pub(super) fn release(&mut self, local: u32) {
        let slot = self.local_slot(local);
        for at in self.values.release(local) {
            self.b.asm.copy(slot, self.home(at));
        }
    }

    /// Moves the operand at height `from` to slot `to` and leaves the stack as it is.
    pub(super) fn move_to(&mut self, from: usize, to: u32) {
        match self.values.get(from) {
            Value::Home => self.b.asm.copy(self.home(from), to),
            Value::Local { index, .. } => self.b.asm.copy(self.local_slot(index), to),
            Value::Const(value) => {
                self.b.asm.constant(value, to);
            }
        }
    }
}
