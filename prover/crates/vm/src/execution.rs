use crate::Rows;

/// What a run that reached HALT left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The output; empty unless the exit code is 0.
    pub output: Vec<u8>,
    /// The exit code (section 1.1).
    pub exit_code: u32,
    /// Instructions, HALT included.
    pub cycles: u64,
    /// Linear memory at the end: whole pages, as many as were in bounds.
    pub memory: Vec<u8>,
    /// Instructions by the table that proves them.
    pub rows: Rows,
}

impl Execution {
    /// SHA-256 of the linear memory at the end.
    pub fn memory_sha256(&self) -> [u8; 32] {
        hash::digest(&self.memory)
    }
}
