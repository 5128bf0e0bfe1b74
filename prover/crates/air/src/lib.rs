//! The arithmetisation: chips, buses, LogUp, and the checker of traces (docs/formats/prover.md, section 3).
#![forbid(unsafe_code)]

mod bus;
mod sink;
mod step;
mod table;

pub use bus::Bus;
pub use sink::{Sign, Sink};
pub use step::{Seen, Step};
pub use table::Table;
