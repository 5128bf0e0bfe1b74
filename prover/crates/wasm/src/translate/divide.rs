use super::asm::B;
use super::function::Function;
use super::values::Value;
use crate::routines::Routine;
use isa::{Op, Trap};

impl Function<'_, '_> {
    /// Unsigned division and remainder: the divisor is tested first, for zero has no valid row.
    pub(super) fn divide_unsigned(&mut self, op: Op, wide: bool) {
        let trap = self.b.traps.at(Trap::DivisionByZero);
        match self.values.get(self.values.len() - 1) {
            Value::Const(0) => {
                self.b.asm.jump(trap);
                self.die();
            }
            Value::Const(_) => self.binary(op, false),
            _ => {
                let b = self.pop_slot();
                if wide {
                    let test = self.top_slot() + 1;
                    self.b.asm.alu(Op::Eq, b, B::Imm(0), test);
                    self.b.asm.jump_if_not(test, trap);
                } else {
                    self.b.asm.jump_if_zero(b, trap);
                }
                let a = self.pop_slot();
                let to = self.top_slot();
                let at = self.b.asm.alu(op, a, B::Slot(b), to);
                self.push_produced(at);
            }
        }
    }

    /// Signed division and remainder are routines; a constant divisor that is neither 0 nor -1 needs no checks.
    pub(super) fn divide_signed(&mut self, routine: Routine, wide: bool) {
        let minus_one = if wide { u64::MAX } else { u64::from(u32::MAX) };
        let routine = match self.values.get(self.values.len() - 1) {
            Value::Const(divisor) if divisor != 0 && divisor != minus_one => routine.unchecked(),
            _ => routine,
        };
        let label = self.b.routine(routine);
        self.call_routine(label, 2, 1);
    }
}
