//! The types of WebAssembly 2.0 without vectors.

/// A value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ValType {
    I32,
    I64,
    F32,
    F64,
    FuncRef,
    ExternRef,
}

impl ValType {
    pub(crate) fn is_float(self) -> bool {
        matches!(self, ValType::F32 | ValType::F64)
    }

    pub(crate) fn is_reference(self) -> bool {
        matches!(self, ValType::FuncRef | ValType::ExternRef)
    }
}

/// A function type.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FuncType {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

/// The type of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockType {
    Empty,
    Value(ValType),
    Type(u32),
}

/// Sizes of a table in elements or of a memory in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub min: u32,
    pub max: Option<u32>,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableType {
    pub element: ValType,
    pub limits: Limits,
    pub offset: usize,
}

/// A memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryType {
    pub limits: Limits,
    pub offset: usize,
}

/// The type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GlobalType {
    pub value: ValType,
    pub mutable: bool,
}
