//! The prover: NTT, commitments, quotient, DEEP and FRI (docs/formats/prover.md, sections 4 and 6).
//!
//! Receipts depend on the program, the input and the parameter set alone: not on threads, instruction sets or time.
#![forbid(unsafe_code)]

#[cfg(test)]
mod cheat;
mod commitment;
mod committed;
mod costs;
mod deep;
mod domain;
mod error;
mod evaluate;
mod fri;
mod image;
mod logup;
mod matrix;
mod memory;
mod ntt;
mod open;
mod options;
mod prepared;
mod preprocessed;
mod progress;
mod prove;
mod quotient;
mod segment;
mod symbolic;
mod team;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use image::{image, lut_cap};
pub use memory::estimate;
pub use options::Options;
pub use prepared::Prepared;
pub use prove::{Proven, prove};
pub use segment::{prove_witness, widths};
pub use team::{Cancelled, Phase, Progress, ProgressFn};
