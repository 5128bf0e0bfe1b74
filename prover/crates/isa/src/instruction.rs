use crate::Op;
use std::fmt;

/// Slot operands are below this, 2^24.
pub const OPERAND_LIMIT: u32 = 1 << 24;

/// One instruction: `op` with its two modifier bits, three slot operands below 2^24 and one immediate of two `u32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instruction {
    /// The operation.
    pub op: Op,
    /// B is the constant (`il`, `ih`), not a slot.
    pub bi: bool,
    /// The result of a comparison is negated.
    pub inv: bool,
    /// Operand A.
    pub oa: u32,
    /// Operand B; the frame offset of CALL and CALLR.
    pub ob: u32,
    /// Operand C.
    pub oc: u32,
    /// Low half of the immediate; jump target; displacement of a load or store.
    pub il: u32,
    /// High half of the immediate.
    pub ih: u32,
}

/// Why an instruction is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// An operand is 2^24 or more.
    OperandTooLarge,
    /// `bi` on an operation without operand B.
    NoOperandB,
    /// `inv` on something else than a comparison.
    NotInvertible,
    /// `ih` is not 0 although the operation is one of 32 bits.
    WideImmediate,
    /// A field that the operation does not use is not 0.
    UnusedField,
}

impl Instruction {
    /// An instruction with every operand 0.
    pub const fn new(op: Op) -> Self {
        Self { op, bi: false, inv: false, oa: 0, ob: 0, oc: 0, il: 0, ih: 0 }
    }

    /// The `op` column of the ROM: code + 64 `bi` + 128 `inv`.
    pub fn opcode(&self) -> u32 {
        u32::from(self.op.code()) + 64 * u32::from(self.bi) + 128 * u32::from(self.inv)
    }

    /// The immediate as one number.
    pub fn immediate(&self) -> u64 {
        u64::from(self.il) | u64::from(self.ih) << 32
    }

    /// Checks the well-formedness that section 3.10 asks of a ROM row.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(&self) -> Result<(), Malformed> {
        if self.oa >= OPERAND_LIMIT || self.ob >= OPERAND_LIMIT || self.oc >= OPERAND_LIMIT {
            return Err(Malformed::OperandTooLarge);
        }
        if self.bi && !self.op.uses_b() {
            return Err(Malformed::NoOperandB);
        }
        if self.inv && !self.op.may_invert() {
            return Err(Malformed::NotInvertible);
        }
        if self.ih != 0 && self.op.is_32_bit() {
            return Err(Malformed::WideImmediate);
        }
        // The load and store chips send 0 for these (section 3.6): another value could never be proven.
        if self.op.access_width().is_some() && (self.ob != 0 || self.ih != 0) {
            return Err(Malformed::UnusedField);
        }
        Ok(())
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Malformed::OperandTooLarge => "an operand is 2^24 or more",
            Malformed::NoOperandB => "an immediate on an operation without operand B",
            Malformed::NotInvertible => "a negated result on an operation that is no comparison",
            Malformed::WideImmediate => "an immediate above 32 bits on a 32-bit operation",
            Malformed::UnusedField => "a field that the operation does not use is not 0",
        })
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.op.mnemonic())?;
        if self.inv {
            f.write_str(".inv")?;
        }
        if self.op.reads_a() {
            write!(f, " a={}", self.oa)?;
        }
        if self.bi {
            write!(f, " b=#{:#x}", self.immediate())?;
        } else if self.op.uses_b() || matches!(self.op, Op::Call | Op::Callr) {
            write!(f, " b={}", self.ob)?;
        }
        if self.op.writes_c() {
            write!(f, " c={}", self.oc)?;
        }
        if !self.bi && (self.il != 0 || self.ih != 0) {
            write!(f, " i={:#x}", self.immediate())?;
        }
        Ok(())
    }
}
