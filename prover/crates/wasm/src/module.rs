use crate::types::{FuncType, GlobalType, MemoryType, TableType, ValType};

/// What an index space entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    Table,
    Memory,
    Global,
}

/// An import.
#[derive(Clone, Debug)]
pub(crate) struct Import<'a> {
    pub module: &'a str,
    pub name: &'a str,
    pub kind: Kind,
    pub offset: usize,
}

/// An export.
#[derive(Clone, Debug)]
pub(crate) struct Export<'a> {
    pub name: &'a str,
    pub kind: Kind,
    pub index: u32,
    pub offset: usize,
}

/// A constant expression as it stands in the module, `end` included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expression {
    pub start: usize,
    pub end: usize,
}

/// What a valid constant expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Constant {
    /// An integer, zero-extended.
    Number(u64),
    /// A float: it takes no part in anything that is translated.
    Float,
    Null,
    Function(u32),
    /// An imported global.
    Global(u32),
}

/// A global with its type; imported ones have no initial value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Global {
    pub ty: GlobalType,
    pub init: Option<Expression>,
}

/// Where a segment goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    Active { index: u32, offset: Expression },
    Passive,
    Declarative,
}

/// What an element segment holds.
#[derive(Clone, Debug)]
pub(crate) enum Items {
    Functions(Vec<u32>),
    Expressions(Vec<Expression>),
}

/// An element segment.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub mode: Mode,
    pub ty: ValType,
    pub items: Items,
    pub offset: usize,
}

/// A data segment.
#[derive(Clone, Debug)]
pub(crate) struct Data<'a> {
    pub mode: Mode,
    pub bytes: &'a [u8],
    pub offset: usize,
}

/// The bytes of a function's body: locals and instructions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Body {
    pub start: usize,
    pub end: usize,
}

/// A decoded module. Nothing in it has been validated, and no index has been looked at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Module<'a> {
    pub bytes: &'a [u8],
    pub types: Vec<FuncType>,
    pub imports: Vec<Import<'a>>,
    /// The type index of every function, the imported ones first.
    pub functions: Vec<u32>,
    /// Where each of them is declared.
    pub function_offsets: Vec<usize>,
    pub imported_functions: usize,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global>,
    pub global_offsets: Vec<usize>,
    pub imported_globals: usize,
    pub exports: Vec<Export<'a>>,
    pub start: Option<(u32, usize)>,
    pub elements: Vec<Element>,
    pub data: Vec<Data<'a>>,
    pub data_count: Option<u32>,
    pub bodies: Vec<Body>,
}

impl Module<'_> {
    /// The type of function `index`; call only on a validated module.
    pub(crate) fn type_of(&self, index: u32) -> &FuncType {
        &self.types[self.functions[index as usize] as usize]
    }
}
