//! The tables (section 3.3), one file each: columns, trace filler, constraints and interactions, tests.

mod access;
pub mod arith;
pub mod bit;
mod bytes;
pub mod cpu;
pub mod intab;
pub mod lut;
pub mod mem;
pub mod memb;
pub mod memx;
pub mod mtrap;
pub mod rom;
