/// The most cycles that a claim may state, 2^30 - 1 (section 1.2).
pub const MAX_CYCLES: u64 = (1 << 30) - 1;

/// Cells of the SYS space (globals, function table): as many as an operand can name, 2^24.
pub const SYS_CELLS: u64 = 1 << 24;

/// What a run may use. Reaching a limit is an error of the executor, never an exit code (section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Instructions, HALT included; at most [`MAX_CYCLES`].
    pub cycles: u64,
    /// Pages of linear memory, 64 KiB each.
    pub pages: u32,
    /// Slots of the frame area, 8 bytes each.
    pub frame_slots: u32,
    /// Bytes of output.
    pub output_bytes: u32,
    /// Bytes that [`crate::trace`] may use for the tables it makes; see [`crate::Rows::trace_bytes`].
    pub trace_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cycles: MAX_CYCLES, pages: 1024, frame_slots: 1 << 20, output_bytes: 64 << 20, trace_bytes: 8 << 30 }
    }
}
