//! Calls of exported functions for tests of translator, executor and chips. A machine is never translated this way.

/// A call of an exported function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The export's name.
    pub export: String,
    /// The arguments; an i32 is zero-extended.
    pub args: Vec<u64>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned; an i32 is zero-extended.
    Results(Vec<u64>),
    /// It ended with this exit code (section 1.1). What it had done to memory and globals stays done.
    Trap(u32),
}

/// Reads the outcomes from the output of a script: for each call a word of (exit code, number of results), then the results.
/// `None` if it is no such output.
pub fn outcomes(output: &[u8]) -> Option<Vec<Outcome>> {
    let mut words = output.chunks(8).map(|w| w.try_into().ok().map(u64::from_le_bytes));
    let mut outcomes = Vec::new();
    while let Some(head) = words.next() {
        let head = head?;
        let results = (0..head >> 32).map(|_| words.next().flatten()).collect::<Option<Vec<_>>>()?;
        outcomes.push(if head as u32 == 0 { Outcome::Results(results) } else { Outcome::Trap(head as u32) });
    }
    Some(outcomes)
}
