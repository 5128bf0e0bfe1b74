//! Cells of the SYS space (section 2.3).

/// Where the output starts, as `loom.output` said.
pub(crate) const OUTPUT_START: u32 = 0;

/// How long it is.
pub(crate) const OUTPUT_LEN: u32 = 1;

/// Test scripts: the return record that a trap goes back to.
pub(crate) const RESUME: u32 = 2;

/// Test scripts: the exit code that the call would have had.
pub(crate) const STATUS: u32 = 3;

/// The first global; the function table follows the last one.
pub(crate) const GLOBALS: u32 = 8;
