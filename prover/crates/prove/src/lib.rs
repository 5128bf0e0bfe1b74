//! The prover: NTT, commitments, quotient, DEEP and FRI.
#![forbid(unsafe_code)]

mod domain;
mod matrix;
mod ntt;
mod team;
mod tree;

pub use team::{Cancelled, Phase, Progress, ProgressFn};
