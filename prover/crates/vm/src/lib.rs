//! The LoomVM executor: [`run`] for results, [`trace`] for the tables that a proof is made of (docs/formats/prover.md, sections 2 and 6.1b).
//!
//! Both modes give the same output, exit code, cycles and final memory. A run that ends otherwise than by HALT, or that no proof could
//! describe, is an [`Error`]; a trap is not: it is an exit code.
#![forbid(unsafe_code)]

mod alu;
mod error;
mod execution;
mod fast;
mod limits;
mod linear;
mod output;
mod rows;
mod trace;

pub use error::Error;
pub use execution::Execution;
pub use fast::run;
pub use limits::{Limits, MAX_CYCLES, SYS_CELLS};
pub use rows::Rows;
pub use trace::trace;
