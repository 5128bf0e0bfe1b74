//! The evidence of soundness (docs/formats/prover.md, section 6.6). Only tests use this crate.
//!
//! - [`mutation`]: every cell of sample rows is changed; what is accepted all the same is listed in a manifest, and nothing else is.
//! - [`independence`]: for every constraint and lookup a row is searched that only this one rejects. A constraint without such a row would
//!   be untested: it could be dropped and no test would fail.
//! - [`jacobian`]: at valid rows no cell outside the manifest can move without being noticed, alone or together with others.
//! - [`miniature`]: the same chips over a field of 241 elements, searched exhaustively: equal inputs have one output.
#![forbid(unsafe_code)]

pub mod independence;
pub mod jacobian;
pub mod miniature;
pub mod mutation;
mod recount;
mod row;

pub use recount::recount;
pub use row::{Said, Statement, is_lookup, said};
