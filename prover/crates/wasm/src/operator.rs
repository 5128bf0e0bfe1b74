use crate::reader::Reader;
use crate::types::{BlockType, ValType};

/// Address arguments of a load or store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemArg {
    /// log2 of the alignment that is promised.
    pub align: u32,
    /// Displacement in bytes.
    pub offset: u32,
}

/// The targets of a `br_table`, read as they are asked for. They have been decoded once already.
#[derive(Clone, Debug)]
pub(crate) struct Targets<'a> {
    reader: Reader<'a>,
    left: u32,
}

impl<'a> Targets<'a> {
    /// `count` + 1 targets at `reader`, the default last.
    pub(crate) fn new(reader: Reader<'a>, count: u32) -> Self {
        Self { reader, left: count + 1 }
    }

    /// How many there are without the default.
    pub(crate) fn table_len(&self) -> u32 {
        self.left - 1
    }
}

impl Iterator for Targets<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        self.reader.u32().ok()
    }
}

/// An instruction. Those that only compute are [`Operator::Numeric`] with their opcode.
#[derive(Clone, Debug)]
pub(crate) enum Operator<'a> {
    Unreachable,
    Nop,
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    Else,
    End,
    Br(u32),
    BrIf(u32),
    BrTable(Targets<'a>),
    Return,
    Call(u32),
    CallIndirect {
        ty: u32,
        table: u32,
    },
    Drop,
    Select,
    /// `None`: not exactly one type.
    SelectTyped(Option<ValType>),
    LocalGet(u32),
    LocalSet(u32),
    LocalTee(u32),
    GlobalGet(u32),
    GlobalSet(u32),
    TableGet(u32),
    TableSet(u32),
    /// Opcodes 0x28 to 0x35.
    Load(u8, MemArg),
    /// Opcodes 0x36 to 0x3e.
    Store(u8, MemArg),
    MemorySize,
    MemoryGrow,
    I32Const(i32),
    I64Const(i64),
    F32Const,
    F64Const,
    /// Opcodes 0x45 to 0xc4.
    Numeric(u8),
    /// Saturating conversions, 0xfc 0 to 0xfc 7.
    TruncSat(u8),
    MemoryInit(u32),
    DataDrop(u32),
    MemoryCopy,
    MemoryFill,
    TableInit {
        element: u32,
        table: u32,
    },
    ElemDrop(u32),
    TableCopy {
        to: u32,
        from: u32,
    },
    TableGrow(u32),
    TableSize(u32),
    TableFill(u32),
    RefNull(ValType),
    RefIsNull,
    RefFunc(u32),
}
