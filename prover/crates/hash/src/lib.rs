//! SHA-256 (FIPS 180-4): one message, and eight messages of equal length at once (docs/formats/prover.md, sections 4.3 and 6.2).
//!
//! The same bytes come out of every backend; which one runs is decided at run time by what the processor has.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod backend;
mod batch;
mod constants;
mod scalar;
#[cfg(target_arch = "x86_64")]
mod shani;
mod stream;

pub use backend::Backend;
pub use batch::{Batch, LANES};
pub use stream::{Sha256, digest};

/// A SHA-256 value.
pub type Digest = [u8; 32];

/// The chaining value between blocks: eight words.
type State = [u32; 8];

/// The bytes of a chaining value: its words, big-endian.
fn to_digest(state: &State) -> Digest {
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}
