use crate::team::Cancelled;
use proto::HeightsError;
use std::fmt;

/// Why there is no proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The run gave no result, or none that can be proven.
    Run(vm::Error),
    /// The caller stopped it.
    Cancelled,
    /// It would need more memory than the caller allows.
    Memory {
        /// Bytes needed, estimated from above.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The image has no commitment for the parameter set.
    ParameterNotInImage {
        /// The name of the set.
        name: &'static str,
    },
    /// The program is not the one that the image commits to.
    ImageMismatch,
    /// A table is too high for one segment.
    Heights(HeightsError),
    /// A fingerprint was zero, which happens once in 2^150 proofs.
    Degenerate,
    /// An instruction that no image may hold.
    Malformed {
        /// Its index.
        pc: usize,
        /// What is wrong.
        reason: isa::Malformed,
    },
    /// No instruction, or more than an image may hold.
    ProgramLength {
        /// How many.
        got: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(error) => error.fmt(f),
            Self::Cancelled => f.write_str("the proof was cancelled"),
            Self::Memory { needed, limit } => write!(
                f,
                "the proof needs about {} MiB of memory and may use {} MiB: allow more, or prove a shorter run",
                needed.div_ceil(1 << 20),
                limit >> 20
            ),
            Self::ParameterNotInImage { name } => {
                write!(f, "the image has no commitment for the parameter set {name}: make the image again")
            }
            Self::ImageMismatch => f.write_str("the program is not the one that the image commits to: make the image from this module"),
            Self::Heights(error) => write!(f, "the run does not fit into one segment: {error}"),
            Self::Degenerate => f.write_str("a fingerprint was zero, which happens once in 2^150 proofs: report it"),
            Self::Malformed { pc, reason } => write!(f, "instruction {pc} is malformed: {reason}"),
            Self::ProgramLength { got } => write!(f, "a program has 1 to {} instructions, this one has {got}", isa::MAX_INSTRUCTIONS),
        }
    }
}

impl std::error::Error for Error {}

impl From<Cancelled> for Error {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<vm::Error> for Error {
    fn from(error: vm::Error) -> Self {
        match error {
            vm::Error::Cancelled => Self::Cancelled,
            vm::Error::TraceMemory { needed, limit } => Self::Memory { needed, limit },
            error => Self::Run(error),
        }
    }
}

impl From<HeightsError> for Error {
    fn from(error: HeightsError) -> Self {
        Self::Heights(error)
    }
}
