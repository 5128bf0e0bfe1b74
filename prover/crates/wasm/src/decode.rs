use crate::Error;
use crate::operator::{MemArg, Operator, Targets};
use crate::reader::Reader;
use crate::types::{BlockType, FuncType, GlobalType, Limits, ValType};

/// A value type.
pub(crate) fn val_type(reader: &mut Reader<'_>) -> Result<ValType, Error> {
    let offset = reader.offset();
    Ok(match reader.byte()? {
        0x7f => ValType::I32,
        0x7e => ValType::I64,
        0x7d => ValType::F32,
        0x7c => ValType::F64,
        0x70 => ValType::FuncRef,
        0x6f => ValType::ExternRef,
        0x7b => return Err(unsupported(offset, "SIMD")),
        _ => return Err(Error::Malformed { offset, reason: "malformed value type" }),
    })
}

/// A reference type.
pub(crate) fn ref_type(reader: &mut Reader<'_>) -> Result<ValType, Error> {
    let offset = reader.offset();
    match val_type(reader)? {
        ty if ty.is_reference() => Ok(ty),
        _ => Err(Error::Malformed { offset, reason: "malformed reference type" }),
    }
}

/// The types of a list of parameters or results.
pub(crate) fn val_types(reader: &mut Reader<'_>) -> Result<Vec<ValType>, Error> {
    let offset = reader.offset();
    let count = reader.count()?;
    if count as usize > crate::limits::MAX_ARITY {
        let what = "parameters or results of one type";
        return Err(Error::TooLarge { function: None, offset, what, size: count.into(), limit: crate::limits::MAX_ARITY as u64 });
    }
    (0..count).map(|_| val_type(reader)).collect()
}

/// A function type.
pub(crate) fn func_type(reader: &mut Reader<'_>) -> Result<FuncType, Error> {
    let offset = reader.offset();
    match reader.byte()? {
        0x60 => Ok(FuncType { params: val_types(reader)?, results: val_types(reader)? }),
        0x4e | 0x4f | 0x50 | 0x5e | 0x5f => Err(unsupported(offset, "garbage collection")),
        _ => Err(Error::Malformed { offset, reason: "malformed function type" }),
    }
}

/// Sizes of a table or memory.
pub(crate) fn limits(reader: &mut Reader<'_>) -> Result<Limits, Error> {
    let offset = reader.offset();
    match reader.byte()? {
        0 => Ok(Limits { min: reader.u32()?, max: None }),
        1 => Ok(Limits { min: reader.u32()?, max: Some(reader.u32()?) }),
        2 | 3 => Err(unsupported(offset, "a shared memory (threads)")),
        4..=7 => Err(unsupported(offset, "a 64-bit memory (memory64)")),
        _ => Err(Error::Malformed { offset, reason: "malformed limits flags" }),
    }
}

/// The type of a global.
pub(crate) fn global_type(reader: &mut Reader<'_>) -> Result<GlobalType, Error> {
    let value = val_type(reader)?;
    let offset = reader.offset();
    match reader.byte()? {
        0 => Ok(GlobalType { value, mutable: false }),
        1 => Ok(GlobalType { value, mutable: true }),
        _ => Err(Error::Malformed { offset, reason: "malformed mutability" }),
    }
}

fn block_type(reader: &mut Reader<'_>) -> Result<BlockType, Error> {
    let offset = reader.offset();
    match reader.peek() {
        Some(0x40) => {
            reader.byte()?;
            Ok(BlockType::Empty)
        }
        // One byte with its sign bit set is a negative number: a value type.
        Some(byte) if byte & 0xc0 == 0x40 => Ok(BlockType::Value(val_type(reader)?)),
        _ => match u32::try_from(reader.s33()?) {
            Ok(index) => Ok(BlockType::Type(index)),
            Err(_) => Err(Error::Malformed { offset, reason: "malformed block type" }),
        },
    }
}

fn mem_arg(reader: &mut Reader<'_>) -> Result<MemArg, Error> {
    let offset = reader.offset();
    let align = reader.u32()?;
    if align >= 32 {
        return Err(Error::Malformed { offset, reason: "malformed memop flags" });
    }
    Ok(MemArg { align, offset: reader.u32()? })
}

fn zero(reader: &mut Reader<'_>) -> Result<(), Error> {
    let offset = reader.offset();
    if reader.byte()? == 0 { Ok(()) } else { Err(Error::Malformed { offset, reason: "zero byte expected" }) }
}

fn unsupported(offset: usize, feature: &'static str) -> Error {
    Error::Unsupported { function: None, offset, feature }
}

/// The next instruction.
pub(crate) fn operator<'a>(reader: &mut Reader<'a>) -> Result<Operator<'a>, Error> {
    let offset = reader.offset();
    Ok(match reader.byte()? {
        0x00 => Operator::Unreachable,
        0x01 => Operator::Nop,
        0x02 => Operator::Block(block_type(reader)?),
        0x03 => Operator::Loop(block_type(reader)?),
        0x04 => Operator::If(block_type(reader)?),
        0x05 => Operator::Else,
        0x06..=0x0a | 0x18 | 0x19 | 0x1f => return Err(unsupported(offset, "exception handling")),
        0x0b => Operator::End,
        0x0c => Operator::Br(reader.u32()?),
        0x0d => Operator::BrIf(reader.u32()?),
        0x0e => br_table(reader)?,
        0x0f => Operator::Return,
        0x10 => Operator::Call(reader.u32()?),
        0x11 => Operator::CallIndirect { ty: reader.u32()?, table: reader.u32()? },
        0x12 | 0x13 | 0x15 => return Err(unsupported(offset, "a tail call")),
        0x14 => return Err(unsupported(offset, "call_ref (typed function references)")),
        0x1a => Operator::Drop,
        0x1b => Operator::Select,
        0x1c => select_typed(reader)?,
        0x20 => Operator::LocalGet(reader.u32()?),
        0x21 => Operator::LocalSet(reader.u32()?),
        0x22 => Operator::LocalTee(reader.u32()?),
        0x23 => Operator::GlobalGet(reader.u32()?),
        0x24 => Operator::GlobalSet(reader.u32()?),
        0x25 => Operator::TableGet(reader.u32()?),
        0x26 => Operator::TableSet(reader.u32()?),
        code @ 0x28..=0x35 => Operator::Load(code, mem_arg(reader)?),
        code @ 0x36..=0x3e => Operator::Store(code, mem_arg(reader)?),
        0x3f => zero(reader).map(|()| Operator::MemorySize)?,
        0x40 => zero(reader).map(|()| Operator::MemoryGrow)?,
        0x41 => Operator::I32Const(reader.s32()?),
        0x42 => Operator::I64Const(reader.s64()?),
        0x43 => reader.take(4).map(|_| Operator::F32Const)?,
        0x44 => reader.take(8).map(|_| Operator::F64Const)?,
        code @ 0x45..=0xc4 => Operator::Numeric(code),
        0xd0 => Operator::RefNull(ref_type(reader)?),
        0xd1 => Operator::RefIsNull,
        0xd2 => Operator::RefFunc(reader.u32()?),
        0xd3..=0xd6 => return Err(unsupported(offset, "typed function references")),
        0xfb => return Err(unsupported(offset, "garbage collection")),
        0xfc => prefixed(reader, offset)?,
        0xfd => return Err(unsupported(offset, "SIMD")),
        0xfe => return Err(unsupported(offset, "an atomic instruction (threads)")),
        _ => return Err(Error::Malformed { offset, reason: "illegal opcode" }),
    })
}

fn br_table<'a>(reader: &mut Reader<'a>) -> Result<Operator<'a>, Error> {
    let count = reader.count()?;
    let targets = Targets::new(reader.clone(), count);
    for _ in 0..=count {
        reader.u32()?;
    }
    Ok(Operator::BrTable(targets))
}

fn select_typed<'a>(reader: &mut Reader<'_>) -> Result<Operator<'a>, Error> {
    let count = reader.count()?;
    let mut first = None;
    for _ in 0..count {
        let ty = val_type(reader)?;
        first = first.or(Some(ty));
    }
    Ok(Operator::SelectTyped(if count == 1 { first } else { None }))
}

fn prefixed<'a>(reader: &mut Reader<'_>, offset: usize) -> Result<Operator<'a>, Error> {
    Ok(match reader.u32()? {
        code @ 0..=7 => Operator::TruncSat(code as u8),
        8 => {
            let segment = reader.u32()?;
            zero(reader)?;
            Operator::MemoryInit(segment)
        }
        9 => Operator::DataDrop(reader.u32()?),
        10 => {
            zero(reader)?;
            zero(reader)?;
            Operator::MemoryCopy
        }
        11 => zero(reader).map(|()| Operator::MemoryFill)?,
        12 => Operator::TableInit { element: reader.u32()?, table: reader.u32()? },
        13 => Operator::ElemDrop(reader.u32()?),
        14 => Operator::TableCopy { to: reader.u32()?, from: reader.u32()? },
        15 => Operator::TableGrow(reader.u32()?),
        16 => Operator::TableSize(reader.u32()?),
        17 => Operator::TableFill(reader.u32()?),
        _ => return Err(Error::Malformed { offset, reason: "illegal opcode" }),
    })
}
