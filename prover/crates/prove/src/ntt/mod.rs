//! Number-theoretic transforms of tiles: eight columns side by side, a row to a cache line (section 6.2).
//!
//! A transform of 2^l rows is a tree of divisions with remainder. At level k block m holds a polynomial modulo x^(2^(l-k)) - t(k, m), where
//! t(k, m) is the m-th element, in bit-reversed order, of the domain of size 2^k; t(k, m) = w^2 gives the children + w and - w. So one
//! twiddle serves a whole block, a coset costs no multiplication of its own, and the values come out bit-reversed.

mod butterfly;
mod transform;
mod twiddles;

pub use transform::{forward, inverse, inverse_alone};
pub use twiddles::{Quad, Twiddles};
