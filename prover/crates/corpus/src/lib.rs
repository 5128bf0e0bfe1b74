//! WebAssembly modules for the tests of the other crates: a generator of random ones that always end ([`generate`]), the WebAssembly core
//! suite ([`suite`]), and the modules of `samples` ([`samples`]) with their vectors ([`vectors`]). A dependency of tests only.
#![forbid(unsafe_code)]

pub mod encode;
pub mod generate;
pub mod json;
pub mod samples;
pub mod suite;
pub mod vectors;
