use isa::{Malformed, Op};
use std::fmt;

/// Why a run gave no result, or a result that cannot be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The program breaks a rule of section 3.10.
    Malformed {
        /// The instruction.
        pc: u32,
        /// The rule.
        reason: Malformed,
    },
    /// The program starts with more memory than the limit allows, or asks for more while it runs.
    PageLimit {
        /// Pages asked for.
        pages: u32,
        /// The limit.
        limit: u32,
    },
    /// The input is longer than a tape can say, 2^32 - 1 bytes.
    InputTooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The run is longer than allowed.
    CycleLimit {
        /// The limit in cycles.
        limit: u64,
    },
    /// Calls are nested deeper than the frame area allows.
    FrameLimit {
        /// The instruction.
        pc: u32,
        /// The slot that it named.
        slot: u64,
        /// The limit in slots.
        limit: u32,
    },
    /// A SYS address of 2^24 or more.
    SysLimit {
        /// The instruction.
        pc: u32,
        /// The address.
        address: u64,
    },
    /// The cancel flag was set.
    Cancelled,
    /// A jump left the program.
    NoInstruction {
        /// Where to.
        pc: u32,
    },
    /// An input word after the end of the input tape: no proof can state it.
    NoInputWord {
        /// The instruction.
        pc: u32,
        /// The word's index.
        word: u32,
        /// Words of the tape.
        words: u64,
    },
    /// A division by zero that the program did not test for: it has no valid row (section 2.5).
    DivisionByZero {
        /// The instruction.
        pc: u32,
    },
    /// A 32-bit arithmetic shift of a value above 32 bits: it has no valid row.
    NotAnI32 {
        /// The instruction.
        pc: u32,
    },
    /// The output exceeds the limit.
    OutputLimit {
        /// The word that was written.
        word: u32,
        /// The limit in bytes.
        limit: u32,
    },
    /// An output word was written twice.
    OutputTwice {
        /// The word's index.
        word: u32,
    },
    /// What was written is no output tape (section 1.4): the header or a word is missing, a word is too many, the padding is not zero.
    OutputTape {
        /// The first word that is wrong.
        word: u64,
    },
    /// A table needs more rows than a segment has, 2^22.
    TooManyRows {
        /// The table's name.
        table: &'static str,
        /// Rows needed.
        rows: u64,
    },
    /// The trace needs more memory than allowed.
    TraceMemory {
        /// Bytes needed.
        needed: u64,
        /// The limit.
        limit: u64,
    },
    /// The instruction runs, but the chip that proves it does not exist.
    Unprovable {
        /// The instruction.
        pc: u32,
        /// Its operation.
        op: Op,
        /// The table it belongs to.
        table: &'static str,
    },
    /// The trace is wrong: a mistake of this program, not of its user.
    Internal {
        /// What was found.
        reason: String,
    },
}

impl Error {
    /// The name of the error, as documentation and logs spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Error::Malformed { .. } => "Malformed",
            Error::PageLimit { .. } => "PageLimit",
            Error::InputTooLong { .. } => "InputTooLong",
            Error::CycleLimit { .. } => "CycleLimit",
            Error::FrameLimit { .. } => "FrameLimit",
            Error::SysLimit { .. } => "SysLimit",
            Error::Cancelled => "Cancelled",
            Error::NoInstruction { .. } => "NoInstruction",
            Error::NoInputWord { .. } => "NoInputWord",
            Error::DivisionByZero { .. } => "DivisionByZero",
            Error::NotAnI32 { .. } => "NotAnI32",
            Error::OutputLimit { .. } => "OutputLimit",
            Error::OutputTwice { .. } => "OutputTwice",
            Error::OutputTape { .. } => "OutputTape",
            Error::TooManyRows { .. } => "TooManyRows",
            Error::TraceMemory { .. } => "TraceMemory",
            Error::Unprovable { .. } => "Unprovable",
            Error::Internal { .. } => "Internal",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed { pc, reason } => write!(f, "instruction {pc} is malformed: {reason}; translate the module again"),
            Error::PageLimit { pages, limit } => {
                write!(f, "{pages} pages of memory are more than the limit of {limit}; raise the page limit or give the module a maximum")
            }
            Error::InputTooLong { len } => write!(f, "the input has {len} bytes; it must have fewer than 2^32"),
            Error::CycleLimit { limit } => {
                write!(f, "the run takes more than {limit} cycles; raise the cycle limit (below 2^30) or do less")
            }
            Error::FrameLimit { pc, slot, limit } => {
                write!(f, "instruction {pc} names frame slot {slot} of {limit}: calls are nested too deep (call stack exhausted)")
            }
            Error::SysLimit { pc, address } => {
                write!(f, "instruction {pc} names global or table cell {address}; there are {}", crate::SYS_CELLS)
            }
            Error::Cancelled => f.write_str("cancelled"),
            Error::NoInstruction { pc } => write!(f, "the program jumps to {pc}, which is no instruction of it"),
            Error::NoInputWord { pc, word, words } => write!(f, "instruction {pc} reads input word {word}; the tape has {words}"),
            Error::DivisionByZero { pc } => write!(f, "instruction {pc} divides by zero without a test before it"),
            Error::NotAnI32 { pc } => write!(f, "instruction {pc} shifts a value of more than 32 bits as an i32"),
            Error::OutputLimit { word, limit } => write!(f, "output word {word} is beyond the limit of {limit} bytes"),
            Error::OutputTwice { word } => write!(f, "output word {word} is written twice"),
            Error::OutputTape { word } => write!(f, "the output tape is wrong at word {word}"),
            Error::TooManyRows { table, rows } => {
                write!(f, "the {table} table needs {rows} rows; one segment has at most 2^22: prove a shorter run")
            }
            Error::TraceMemory { needed, limit } => write!(f, "the trace needs {needed} bytes; {limit} are allowed"),
            Error::Unprovable { pc, op, table } => {
                write!(f, "instruction {pc}, {}, cannot be proven: this build has no {table} chip", op.mnemonic())
            }
            Error::Internal { reason } => write!(f, "internal error, please report it: {reason}"),
        }
    }
}

impl std::error::Error for Error {}
