//! The arithmetisation: chips, buses, LogUp, and the checker of traces (docs/formats/prover.md, section 3).
//!
//! Read `chips/cpu.rs` first: a chip is written once, over any ring, and says its constraints and interactions to a [`Sink`]. The prover,
//! the verifier, the checker and the generated list of constraints are different sinks.
#![forbid(unsafe_code)]

mod bus;
mod challenges;
mod check;
pub mod chips;
mod columns;
mod composition;
mod dump;
pub mod frontend;
pub mod logup;
#[cfg(feature = "masks")]
pub mod masked;
mod public;
mod said;
mod sink;
mod step;
pub mod symbolic;
mod table;
mod trace;
mod witness;

pub use bus::Bus;
pub use challenges::Challenges;
pub use check::{Mask, Violation, check, check_without};
pub use composition::{Composer, compose, fingerprints};
pub use dump::dump;
pub use public::Public;
pub use sink::{Sign, Sink, Words};
pub use step::{Seen, Step};
pub use table::Table;
pub use trace::Trace;
pub use witness::{Unprovable, Witness, WitnessBuilder};
