//! Searches for rows that the equations allow and should not (docs/formats/prover.md, section 6.6, under-constraint detection).

mod arith;
mod bit;
mod memory;
mod model;
mod poly;
mod search;
