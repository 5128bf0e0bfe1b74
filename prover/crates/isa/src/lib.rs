//! LoomVM: instructions, programs and tapes (docs/formats/prover.md, sections 1.4 and 2.5).
//!
//! A slot holds 64 bits as a pair of `u32`. Instructions name slots relative to the frame pointer; there are no registers.
#![forbid(unsafe_code)]

mod instruction;
mod op;
mod program;
mod tape;

pub use instruction::{Instruction, Malformed, OPERAND_LIMIT};
pub use op::{Chip, Op};
pub use program::{EXIT_ABORT, MAX_INSTRUCTIONS, MAX_PAGES, PAGE_BYTES, Program, TRAP_VECTOR, Trap};
pub use tape::{input_tape, output_tape, words_of};
