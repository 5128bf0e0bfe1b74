//! The evidence of soundness (docs/formats/prover.md, section 6.6). Only tests use this crate.
//!
//! - [`mutation`]: every cell of sample rows is changed; what is accepted all the same is listed in a manifest, and nothing else is.
//! - [`manifest`] and [`reasons`]: that manifest, and why each of its cells is free, found without looking at a witness.
//! - [`independence`]: for every constraint and lookup a row is searched that only this one rejects. A constraint without such a row would
//!   be untested: it could be dropped and no test would fail.
//! - [`jacobian`]: at valid rows no cell outside the manifest can move without being noticed, alone or together with others.
//! - `tests/exhaustive`: the same chips over a field of 241 elements, searched exhaustively: equal inputs have one output.
//! - `tests/broken_air`: proofs made with a constraint or interaction missing, which only a verifier that lacks the same accepts.
//!
//! `README.md` lists every item of section 6.6 with its tests.
#![forbid(unsafe_code)]

pub mod independence;
pub mod jacobian;
pub mod manifest;
pub mod mutation;
pub mod reasons;
mod recount;
mod row;

pub use recount::recount;
pub use row::{Said, Statement, is_lookup, said};
