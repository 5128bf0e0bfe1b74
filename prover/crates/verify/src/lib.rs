//! The verifier of receipts (docs/formats/prover.md, section 4.7).
//!
//! A pure function: no threads, no clock, no environment, no panics on any input, memory bounded by what it is given plus a few megabytes. It
//! evaluates the constraints with the same generic code as the prover and shares nothing else with it but `proto`.
#![forbid(unsafe_code)]

mod bus;
mod error;
mod identity;
mod outlined;
mod policy;
mod queries;
mod security;
mod segment;
mod steps;
mod widths;

pub use error::VerifyError;
pub use policy::{MAX_SEGMENTS, Policy};
pub use security::{Statement, security};
pub use steps::{Verified, verify};
pub use widths::widths;
