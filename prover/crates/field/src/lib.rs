//! The Goldilocks field, its cubic extension, and packed arithmetic (docs/formats/prover.md, appendix A).

#[cfg(target_arch = "x86_64")]
mod avx2;
mod cubic;
mod goldilocks;
mod invert;
mod packed;
mod portable;
mod ring;
mod simd;

pub use cubic::{Cubic, F3};
pub use goldilocks::{Goldilocks, P};
pub use invert::{Invert, batch_invert};
pub use packed::{Packed, Row};
pub use ring::{Ring, Tower};
pub use simd::{Kernel, Simd};
