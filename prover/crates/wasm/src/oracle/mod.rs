//! A second reading of WebAssembly, for tests: a plain stack machine that shares the decoder and nothing else with the translator. Random
//! modules must do the same on it and, translated, on the executor.

mod aliases;
mod lowering;
mod machine;
mod numeric;
mod random;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub exit_code: u32,
    pub output: Vec<u8>,
    pub memory: Vec<u8>,
}
