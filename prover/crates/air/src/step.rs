use isa::Instruction;

/// What an access found: the value and the timestamp of the access before (0 at 0 when there was none).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The low word.
    pub lo: u32,
    /// The high word; of a return record the caller's fp.
    pub hi: u32,
    /// The previous timestamp.
    pub ts: u64,
}

/// One executed instruction with everything its row needs (section 6.1b). Accesses that the instruction does not make stay default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it lies in the ROM.
    pub pc: u32,
    /// The frame pointer before it.
    pub fp: u32,
    /// Its timestamp, a multiple of 4 from 4 up.
    pub ts: u64,
    /// Pages of linear memory before it.
    pub msz: u32,
    /// The instruction.
    pub instruction: Instruction,
    /// Operand A as read at ts.
    pub a: Seen,
    /// Operand B as read at ts + 1; with `bi` the immediate, at time 0.
    pub b: Seen,
    /// C before the instruction, accessed at ts + 3.
    pub c: Seen,
    /// C after it.
    pub c_new: (u32, u32),
    /// The cell of linear memory before, at ts + 2; for an access that crosses a boundary also the next cell.
    pub cells: [Seen; 2],
    /// The cells after.
    pub cells_new: [(u32, u32); 2],
    /// pc, fp and msz after.
    pub next: (u32, u32, u32),
}
