use crate::operator::Operator;

/// Names of the loads and stores, from opcode 0x28.
#[rustfmt::skip]
const ACCESSES: [&str; 23] = [
    "i32.load", "i64.load", "f32.load", "f64.load", "i32.load8_s", "i32.load8_u", "i32.load16_s", "i32.load16_u", "i64.load8_s",
    "i64.load8_u", "i64.load16_s", "i64.load16_u", "i64.load32_s", "i64.load32_u", "i32.store", "i64.store", "f32.store", "f64.store",
    "i32.store8", "i32.store16", "i64.store8", "i64.store16", "i64.store32",
];

/// Names from opcode 0x45.
#[rustfmt::skip]
const NUMERIC: [&str; 128] = [
    "i32.eqz", "i32.eq", "i32.ne", "i32.lt_s", "i32.lt_u", "i32.gt_s", "i32.gt_u", "i32.le_s", "i32.le_u", "i32.ge_s", "i32.ge_u",
    "i64.eqz", "i64.eq", "i64.ne", "i64.lt_s", "i64.lt_u", "i64.gt_s", "i64.gt_u", "i64.le_s", "i64.le_u", "i64.ge_s", "i64.ge_u",
    "f32.eq", "f32.ne", "f32.lt", "f32.gt", "f32.le", "f32.ge", "f64.eq", "f64.ne", "f64.lt", "f64.gt", "f64.le", "f64.ge",
    "i32.clz", "i32.ctz", "i32.popcnt", "i32.add", "i32.sub", "i32.mul", "i32.div_s", "i32.div_u", "i32.rem_s", "i32.rem_u",
    "i32.and", "i32.or", "i32.xor", "i32.shl", "i32.shr_s", "i32.shr_u", "i32.rotl", "i32.rotr",
    "i64.clz", "i64.ctz", "i64.popcnt", "i64.add", "i64.sub", "i64.mul", "i64.div_s", "i64.div_u", "i64.rem_s", "i64.rem_u",
    "i64.and", "i64.or", "i64.xor", "i64.shl", "i64.shr_s", "i64.shr_u", "i64.rotl", "i64.rotr",
    "f32.abs", "f32.neg", "f32.ceil", "f32.floor", "f32.trunc", "f32.nearest", "f32.sqrt", "f32.add", "f32.sub", "f32.mul",
    "f32.div", "f32.min", "f32.max", "f32.copysign",
    "f64.abs", "f64.neg", "f64.ceil", "f64.floor", "f64.trunc", "f64.nearest", "f64.sqrt", "f64.add", "f64.sub", "f64.mul",
    "f64.div", "f64.min", "f64.max", "f64.copysign",
    "i32.wrap_i64", "i32.trunc_f32_s", "i32.trunc_f32_u", "i32.trunc_f64_s", "i32.trunc_f64_u", "i64.extend_i32_s",
    "i64.extend_i32_u", "i64.trunc_f32_s", "i64.trunc_f32_u", "i64.trunc_f64_s", "i64.trunc_f64_u", "f32.convert_i32_s",
    "f32.convert_i32_u", "f32.convert_i64_s", "f32.convert_i64_u", "f32.demote_f64", "f64.convert_i32_s", "f64.convert_i32_u",
    "f64.convert_i64_s", "f64.convert_i64_u", "f64.promote_f32", "i32.reinterpret_f32", "i64.reinterpret_f64",
    "f32.reinterpret_i32", "f64.reinterpret_i64",
    "i32.extend8_s", "i32.extend16_s", "i64.extend8_s", "i64.extend16_s", "i64.extend32_s",
];

/// Names of the saturating conversions.
#[rustfmt::skip]
const TRUNC_SAT: [&str; 8] = [
    "i32.trunc_sat_f32_s", "i32.trunc_sat_f32_u", "i32.trunc_sat_f64_s", "i32.trunc_sat_f64_u", "i64.trunc_sat_f32_s",
    "i64.trunc_sat_f32_u", "i64.trunc_sat_f64_s", "i64.trunc_sat_f64_u",
];

impl Operator<'_> {
    /// The name of the text format.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Operator::Unreachable => "unreachable",
            Operator::Nop => "nop",
            Operator::Block(_) => "block",
            Operator::Loop(_) => "loop",
            Operator::If(_) => "if",
            Operator::Else => "else",
            Operator::End => "end",
            Operator::Br(_) => "br",
            Operator::BrIf(_) => "br_if",
            Operator::BrTable(_) => "br_table",
            Operator::Return => "return",
            Operator::Call(_) => "call",
            Operator::CallIndirect { .. } => "call_indirect",
            Operator::Drop => "drop",
            Operator::Select | Operator::SelectTyped(_) => "select",
            Operator::LocalGet(_) => "local.get",
            Operator::LocalSet(_) => "local.set",
            Operator::LocalTee(_) => "local.tee",
            Operator::GlobalGet(_) => "global.get",
            Operator::GlobalSet(_) => "global.set",
            Operator::TableGet(_) => "table.get",
            Operator::TableSet(_) => "table.set",
            Operator::Load(code, _) | Operator::Store(code, _) => ACCESSES[usize::from(code - 0x28)],
            Operator::MemorySize => "memory.size",
            Operator::MemoryGrow => "memory.grow",
            Operator::I32Const(_) => "i32.const",
            Operator::I64Const(_) => "i64.const",
            Operator::F32Const => "f32.const",
            Operator::F64Const => "f64.const",
            Operator::Numeric(code) => NUMERIC[usize::from(code - 0x45)],
            Operator::TruncSat(code) => TRUNC_SAT[usize::from(*code)],
            Operator::MemoryInit(_) => "memory.init",
            Operator::DataDrop(_) => "data.drop",
            Operator::MemoryCopy => "memory.copy",
            Operator::MemoryFill => "memory.fill",
            Operator::TableInit { .. } => "table.init",
            Operator::ElemDrop(_) => "elem.drop",
            Operator::TableCopy { .. } => "table.copy",
            Operator::TableGrow(_) => "table.grow",
            Operator::TableSize(_) => "table.size",
            Operator::TableFill(_) => "table.fill",
            Operator::RefNull(_) => "ref.null",
            Operator::RefIsNull => "ref.is_null",
            Operator::RefFunc(_) => "ref.func",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{access, numeric};
    use crate::types::ValType;

    #[test]
    fn names_and_signatures_agree() {
        for code in 0x45..=0xc4u8 {
            let name = Operator::Numeric(code).name();
            let (prefix, rest) = name.split_once('.').expect("a dot");
            let signature = numeric(code);
            let compares = ["eqz", "eq", "ne", "lt", "gt", "le", "ge"].contains(&rest.split('_').next().unwrap_or(rest));
            let of = |t: &str| match t {
                "i32" => ValType::I32,
                "i64" => ValType::I64,
                "f32" => ValType::F32,
                _ => ValType::F64,
            };
            assert_eq!(signature.result, if compares { ValType::I32 } else { of(prefix) }, "{name}");
            // Conversions name what they take; the others take what they are named after.
            let operand = rest.split('_').find(|part| ["i32", "i64", "f32", "f64"].contains(part)).unwrap_or(prefix);
            assert_eq!(signature.operand, of(operand), "{name}");
        }
    }

    #[test]
    fn accesses_have_the_width_of_their_names() {
        for code in 0x28..=0x3eu8 {
            let name = ACCESSES[usize::from(code - 0x28)];
            let bits = ["8", "16", "32", "64"]
                .iter()
                .find(|b| name.split_once("load").or(name.split_once("store")).is_some_and(|(_, s)| s.starts_with(**b)));
            let natural = if name.contains("64.") { "64" } else { "32" };
            let bits: u32 = bits.unwrap_or(&natural).parse().expect("a number");
            assert_eq!(8 << access(code).1, bits, "{name}");
        }
    }
}
