//! What prover and verifier share: parameter sets, domains, transcript, Merkle trees, FRI, claims, images, receipts, the layout of proofs
//! and the account of soundness (docs/formats/prover.md, sections 1 and 4).
//!
//! Nothing here depends on the tables of the arithmetisation: their column counts come in as [`Widths`].
#![forbid(unsafe_code)]

mod claim;
mod deep;
pub mod domain;
pub mod fri;
mod heights;
mod image;
mod layout;
mod lut_cap;
pub mod merkle;
mod params;
mod proof;
mod receipt;
pub mod security;
mod transcript;
mod tree;
mod view;
mod widths;
mod wire;

pub use claim::{CLAIM_BYTES, Claim, ClaimError};
pub use deep::{DeepEntry, Point, Source};
pub use hash::Digest;
pub use heights::{ABSENT, Heights, HeightsError, LUT_LOG_HEIGHT, MAX_LOG_HEIGHT, MIN_LOG_HEIGHT};
pub use image::{ISA_VERSION, Image, ImageError, image_id};
pub use layout::{Commitment, Layout, proof_len};
pub use lut_cap::lut_cap;
pub use params::{COMPACT, FAST, PROVEN, ParameterSet, STD};
pub use proof::{Opening, SegmentProof, encode_proof};
pub use receipt::{Attachments, BACKEND, HEADER_BYTES, Receipt, ReceiptError, ReceiptView, VERSION};
pub use transcript::Transcript;
pub use tree::{Rows, Tree, leaf_digests, node_digests};
pub use view::{DecodeError, OpeningView, ProofHeader, ProofView, SegmentView};
pub use widths::{TableWidths, Widths};
pub use wire::{Digests, Elements, encode_digests, encode_elements};
