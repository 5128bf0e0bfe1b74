//! All chips in the miniature model (docs/formats/prover.md, section 6.6): all inputs, all rows. Equal inputs have one
//! output, it is the right one, and without any one of the equations and lookups some wrong output appears.

mod arith;
mod bit;
mod boundary;
mod cpu;
mod form;
mod memory;
mod model;
mod poly;
mod rules;
mod search;
