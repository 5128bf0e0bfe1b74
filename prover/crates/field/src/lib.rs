//! The Goldilocks field, its cubic extension, and packed arithmetic (docs/formats/prover.md, appendix A).

mod cubic;
mod goldilocks;
mod ring;

pub use cubic::{Cubic, F3};
pub use goldilocks::{Goldilocks, P};
pub use ring::{Ring, Tower};
