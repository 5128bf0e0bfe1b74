use crate::types::ValType;

/// The types that an instruction of [`Operator::Numeric`] takes (one or two of the same) and gives.
pub(crate) struct Signature {
    pub operand: ValType,
    pub operands: u32,
    pub result: ValType,
}

/// The signature of opcode `code`, 0x45 to 0xc4.
pub(crate) fn numeric(code: u8) -> Signature {
    use ValType::{F32, F64, I32, I64};
    let (operand, operands, result) = match code {
        0x45 => (I32, 1, I32),
        0x46..=0x4f => (I32, 2, I32),
        0x50 => (I64, 1, I32),
        0x51..=0x5a => (I64, 2, I32),
        0x5b..=0x60 => (F32, 2, I32),
        0x61..=0x66 => (F64, 2, I32),
        0x67..=0x69 => (I32, 1, I32),
        0x6a..=0x78 => (I32, 2, I32),
        0x79..=0x7b => (I64, 1, I64),
        0x7c..=0x8a => (I64, 2, I64),
        0x8b..=0x91 => (F32, 1, F32),
        0x92..=0x98 => (F32, 2, F32),
        0x99..=0x9f => (F64, 1, F64),
        0xa0..=0xa6 => (F64, 2, F64),
        0xa7 => (I64, 1, I32),
        0xa8 | 0xa9 => (F32, 1, I32),
        0xaa | 0xab => (F64, 1, I32),
        0xac | 0xad => (I32, 1, I64),
        0xae | 0xaf => (F32, 1, I64),
        0xb0 | 0xb1 => (F64, 1, I64),
        0xb2 | 0xb3 => (I32, 1, F32),
        0xb4 | 0xb5 => (I64, 1, F32),
        0xb6 => (F64, 1, F32),
        0xb7 | 0xb8 => (I32, 1, F64),
        0xb9 | 0xba => (I64, 1, F64),
        0xbb => (F32, 1, F64),
        0xbc => (F32, 1, I32),
        0xbd => (F64, 1, I64),
        0xbe => (I32, 1, F32),
        0xbf => (I64, 1, F64),
        0xc0 | 0xc1 => (I32, 1, I32),
        _ => (I64, 1, I64),
    };
    Signature { operand, operands, result }
}

/// The type that a load gives or a store takes, and log2 of the bytes that it accesses.
pub(crate) fn access(code: u8) -> (ValType, u32) {
    use ValType::{F32, F64, I32, I64};
    match code {
        0x28 | 0x36 => (I32, 2),
        0x29 | 0x37 => (I64, 3),
        0x2a | 0x38 => (F32, 2),
        0x2b | 0x39 => (F64, 3),
        0x2c | 0x2d | 0x3a => (I32, 0),
        0x2e | 0x2f | 0x3b => (I32, 1),
        0x30 | 0x31 | 0x3c => (I64, 0),
        0x32 | 0x33 | 0x3d => (I64, 1),
        _ => (I64, 2),
    }
}

/// The types of a saturating conversion.
pub(crate) fn trunc_sat(code: u8) -> (ValType, ValType) {
    let operand = if code & 2 == 0 { ValType::F32 } else { ValType::F64 };
    (operand, if code < 4 { ValType::I32 } else { ValType::I64 })
}
