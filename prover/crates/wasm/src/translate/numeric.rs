use super::asm::B;
use super::function::Function;
use crate::routines::Routine;
use crate::translate::values::Value;
use isa::Op;

impl Function<'_, '_> {
    /// An instruction that computes, opcodes 0x45 to 0xc4. Those on floats are not reached.
    pub(super) fn numeric(&mut self, code: u8) {
        match code {
            0x45 => self.eqz(false),
            0x46..=0x4f => self.compare(code - 0x46, false),
            0x50 => self.eqz(true),
            0x51..=0x5a => self.compare(code - 0x51, true),
            0x67..=0x78 => self.arithmetic(code - 0x67, false),
            0x79..=0x8a => self.arithmetic(code - 0x79, true),
            0xa7 => self.wrap(),
            0xac => self.extend(Op::Shl64, Op::Shrs64, 32),
            // An i32 has a zero upper half already.
            0xad => {}
            0xc0 => self.extend(Op::Shl32, Op::Shrs32, 24),
            0xc1 => self.extend(Op::Shl32, Op::Shrs32, 16),
            0xc2 => self.extend(Op::Shl64, Op::Shrs64, 56),
            0xc3 => self.extend(Op::Shl64, Op::Shrs64, 48),
            0xc4 => self.extend(Op::Shl64, Op::Shrs64, 32),
            _ => unreachable!("float instructions are refused in every function that is translated"),
        }
    }

    /// Instructions that i32 and i64 have alike, from `clz` on.
    fn arithmetic(&mut self, kind: u8, wide: bool) {
        let of = |narrow, wider| if wide { wider } else { narrow };
        match kind {
            0 => self.counting(if wide { Routine::Clz64 } else { Routine::Clz32 }),
            1 => self.counting(if wide { Routine::Ctz64 } else { Routine::Ctz32 }),
            2 => self.counting(Routine::Popcnt),
            3 => self.binary(of(Op::Add32, Op::Add64), true),
            4 => self.binary(of(Op::Sub32, Op::Sub64), false),
            5 => self.binary(of(Op::Mul32, Op::Mul64), true),
            6 => self.divide_signed(if wide { Routine::Div64 } else { Routine::Div32 }, wide),
            7 => self.divide_unsigned(Op::Divu, wide),
            8 => self.divide_signed(if wide { Routine::Rem64 } else { Routine::Rem32 }, wide),
            9 => self.divide_unsigned(Op::Remu, wide),
            10 => self.binary(Op::And, true),
            11 => self.binary(Op::Or, true),
            12 => self.binary(Op::Xor, true),
            13 => self.binary(of(Op::Shl32, Op::Shl64), false),
            14 => self.binary(of(Op::Shrs32, Op::Shrs64), false),
            15 => self.binary(of(Op::Shru32, Op::Shru64), false),
            16 => self.binary(of(Op::Rotl32, Op::Rotl64), false),
            _ => self.rotate_right(wide),
        }
    }

    fn counting(&mut self, routine: Routine) {
        let label = self.b.routine(routine);
        self.call_routine(label, 1, 1);
    }

    /// Left by the negated amount.
    fn rotate_right(&mut self, wide: bool) {
        let (rotate, subtract, width) = if wide { (Op::Rotl64, Op::Sub64, 64) } else { (Op::Rotl32, Op::Sub32, 32u64) };
        let amount = self.pop();
        let negated = self.top_slot() + 1;
        let amount = match amount {
            B::Imm(amount) => B::Imm(width.wrapping_sub(amount) & (width - 1)),
            B::Slot(_) => {
                self.b.asm.constant(0, negated);
                self.b.asm.alu(subtract, negated, amount, negated);
                B::Slot(negated)
            }
        };
        let a = self.pop_slot();
        let to = self.top_slot();
        let at = self.b.asm.alu(rotate, a, amount, to);
        self.push_produced(at);
    }

    fn wrap(&mut self) {
        if let Value::Const(value) = self.values.get(self.values.len() - 1) {
            self.values.pop();
            self.values.push(Value::Const(value & u64::from(u32::MAX)));
        } else {
            self.unary(Op::Add32, 0);
        }
    }

    fn extend(&mut self, left: Op, right: Op, by: u64) {
        let a = self.pop_slot();
        let to = self.top_slot();
        self.b.asm.alu(left, a, B::Imm(by), to);
        let at = self.b.asm.alu(right, to, B::Imm(by), to);
        self.push_produced(at);
    }
}
