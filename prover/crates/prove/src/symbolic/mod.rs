//! The constraints as straight-line programs.
//!
//! The generic code of the arithmetisation runs once over symbols and leaves a graph; the graph becomes a list of operations; those run over
//! many rows at once. So prover and verifier share one description of the constraints, compilation stays quick, and what is a constant within
//! a proof (challenges, powers of lambda, coefficients) is folded.

mod execute;
mod extension;
mod graph;
mod program;

pub use execute::{BLOCK_ROWS, Block, Scratch};
pub use extension::SymbolExt;
pub use graph::{Symbol, record};
pub use program::Program;
