use super::asm::B;
use super::function::Function;
use super::values::Value;
use isa::Op;

impl Function<'_, '_> {
    /// `select`: a move and a conditional move over it (section 2.5). The slot of the result is never what the conditional move reads.
    pub(super) fn select(&mut self) {
        let inverted = self.invert_comparison();
        let condition = self.pop_slot();
        let test = self.top_slot();
        let first = self.values.get(self.values.len() - 2);
        if let (Value::Local { index, .. }, false) = (first, inverted) {
            // The second to the result's slot; the first, still in its local, over it.
            let second = self.pop();
            self.values.pop();
            let to = self.top_slot();
            match second {
                B::Slot(slot) => self.b.asm.copy(slot, to),
                B::Imm(value) => {
                    self.b.asm.constant(value, to);
                }
            }
            self.b.asm.alu(Op::Cmov, self.local_slot(index), B::Slot(condition), to);
        } else {
            // The first to the result's slot, if it is not there; the second over it when the condition does not hold.
            let second = self.pop_slot();
            self.home_top(1);
            self.values.pop();
            let to = self.top_slot();
            let otherwise = if inverted {
                condition
            } else {
                self.b.asm.alu(Op::Eq, condition, B::Imm(0), test);
                test
            };
            self.b.asm.alu(Op::Cmov, second, B::Slot(otherwise), to);
        }
        self.push();
    }

    /// Turns the comparison that has just made the condition around, if the first operand is in the result's slot already.
    fn invert_comparison(&mut self) -> bool {
        if matches!(self.values.get(self.values.len() - 3), Value::Local { .. }) {
            return false;
        }
        let Some(produced) = self.producer() else { return false };
        match self.b.asm.last_mut(produced.at) {
            Some(comparison) if comparison.op.may_invert() => {
                comparison.inv = !comparison.inv;
                true
            }
            _ => false,
        }
    }
}
