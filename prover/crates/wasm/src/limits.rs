//! What the translator takes at most. Everything that a module states is checked against these before memory is spent on it.

/// Bytes of a module.
pub const MAX_MODULE_BYTES: usize = 8 << 20;

/// Functions, imported ones included (section 2.1).
pub const MAX_FUNCTIONS: usize = 65_535;

/// Parameters of a type, and results of a type.
pub const MAX_ARITY: usize = 1000;

/// Slots of a function: parameters or results, the return record, locals, operands (section 2.1).
pub const MAX_SLOTS: usize = 1 << 16;

/// Entries of the function table that are not null at the end.
pub const MAX_TABLE: u64 = 1 << 20;

/// Steps of validation: an instruction, and each operand that it takes or gives. A module of the largest size that compilers write
/// takes about a tenth; blocks of a thousand parameters repeated for megabytes take more.
pub const MAX_WORK: u64 = 1 << 28;

/// Pages of memory where nothing else is said (section 2.1).
pub const DEFAULT_MAX_PAGES: u32 = 1024;
