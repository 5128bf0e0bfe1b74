use super::asm::B;
use super::function::{Function, Produced};
use isa::Op;

impl Function<'_, '_> {
    /// A comparison: `kind` 0 to 9 is eq, ne, lt_s, lt_u, gt_s, gt_u, le_s, le_u, ge_s, ge_u.
    pub(super) fn compare(&mut self, kind: u8, wide: bool) {
        let (b, a) = (self.pop(), self.pop());
        let to = self.top_slot();
        let signed = kind.is_multiple_of(2);
        let (op, last) = match (kind, signed, wide) {
            (0 | 1, ..) => (Op::Eq, None),
            (_, false, false) => (Op::Ltu, Some(u64::from(u32::MAX))),
            (_, false, true) => (Op::Ltu, Some(u64::MAX)),
            (_, true, false) => (Op::Lts32, Some(i32::MAX as u64)),
            (_, true, true) => (Op::Lts64, Some(i64::MAX as u64)),
        };
        // There are only "equal" and "less"; greater and less-or-equal change the sides, not-equal and the or-equals are negated.
        let (mut a, mut b, mut negated) = match kind {
            0 => (a, b, false),
            1 => (a, b, true),
            2 | 3 => (a, b, false),
            4 | 5 => (b, a, false),
            6 | 7 => (b, a, true),
            _ => (a, b, true),
        };
        if let (B::Imm(value), B::Slot(_)) = (a, b) {
            match last {
                None => (a, b) = (b, a),
                // constant < x is not (x < constant + 1).
                Some(last) if value != last => {
                    let mask = if wide { u64::MAX } else { u64::from(u32::MAX) };
                    (a, b) = (b, B::Imm(value.wrapping_add(1) & mask));
                    negated = !negated;
                }
                Some(_) => {}
            }
        }
        let a = self.slot(a, to);
        let at = if negated { self.b.asm.alu_inv(op, a, b, to) } else { self.b.asm.alu(op, a, b, to) };
        let zero_test = op == Op::Eq && !wide && b == B::Imm(0);
        self.produced = Some(Produced { at, height: self.values.len(), zero_test });
        self.push();
    }

    /// `eqz`. Of a comparison it is the opposite comparison.
    pub(super) fn eqz(&mut self, wide: bool) {
        if !wide
            && let Some(produced) = self.producer()
            && let Some(comparison) = self.b.asm.last_mut(produced.at)
            && comparison.op.may_invert()
        {
            comparison.inv = !comparison.inv;
            return;
        }
        self.values.push(super::values::Value::Const(0));
        self.compare(0, wide);
    }
}
