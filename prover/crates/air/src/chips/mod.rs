//! The tables (section 3.3), one file each: columns, trace filler, constraints and interactions, tests.

pub mod cpu;
pub mod intab;
pub mod lut;
pub mod memb;
pub mod rom;
