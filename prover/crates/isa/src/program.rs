use crate::{Instruction, Malformed};

/// A WebAssembly page, 64 KiB.
pub const PAGE_BYTES: u64 = 65536;

/// The most pages a 32-bit memory has.
pub const MAX_PAGES: u32 = 65536;

/// The most instructions of a program, 2^20 (section 2.1).
pub const MAX_INSTRUCTIONS: usize = 1 << 20;

/// Where every program jumps when a load or store leaves memory: pc = 1 (section 2.4).
pub const TRAP_VECTOR: u32 = 1;

/// Exit codes from here up are `loom.abort(n)`: 0x10000 + n.
pub const EXIT_ABORT: u32 = 0x10000;

/// Why a run ended otherwise than by returning; the number is the exit code (section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Trap {
    /// `env.abort`.
    Abort = 1,
    /// `unreachable`.
    Unreachable = 2,
    /// Division by zero.
    DivisionByZero = 3,
    /// Signed division overflow.
    Overflow = 4,
    /// Indirect call: null, bounds or signature.
    IndirectCall = 5,
    /// Memory out of bounds.
    OutOfBounds = 6,
}

/// A LoomVM program: what an image commits to. Starts at pc 0 with zero memory of `init_pages`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The instructions; row i of the ROM is instruction i.
    pub instructions: Vec<Instruction>,
    /// Pages of linear memory at the start.
    pub init_pages: u32,
    /// The most pages `memory.grow` reaches.
    pub max_pages: u32,
    /// SHA-256 of the WebAssembly module it was translated from.
    pub module_sha256: [u8; 32],
}

impl Program {
    /// The smallest h with `instructions.len()` <= 2^h.
    pub fn rom_log_height(&self) -> u32 {
        self.instructions.len().next_power_of_two().trailing_zeros()
    }

    /// Checks every instruction (section 3.10).
    ///
    /// # Errors
    /// The index of the first malformed instruction and what is wrong with it.
    pub fn check(&self) -> Result<(), (usize, Malformed)> {
        self.instructions.iter().enumerate().try_for_each(|(i, instruction)| instruction.check().map_err(|e| (i, e)))
    }
}
