use std::fmt;

/// Why a module is refused. Every variant says where (`offset`: bytes from the start of the module), what, and what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The bytes are no WebAssembly module.
    Malformed {
        /// The byte.
        offset: usize,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The module decodes but does not validate.
    Invalid {
        /// The function whose body it is in (imported ones count).
        function: Option<u32>,
        /// The byte.
        offset: usize,
        /// The instruction, where it is one.
        opcode: Option<&'static str>,
        /// The rule that is broken.
        reason: &'static str,
    },
    /// A proposal beyond WebAssembly 2.0 without SIMD.
    Unsupported {
        /// The function whose body it is in.
        function: Option<u32>,
        /// The byte.
        offset: usize,
        /// The feature.
        feature: &'static str,
    },
    /// Something is larger than the translator takes.
    TooLarge {
        /// The function that it is about.
        function: Option<u32>,
        /// The byte.
        offset: usize,
        /// What is too large.
        what: &'static str,
        /// How large it is, or the first size that is too large.
        size: u64,
        /// The most.
        limit: u64,
    },
    /// There is no entry: neither `loom_main` nor `_start` is exported as a function of type () -> ().
    NoEntry,
    /// An import that the host interface of section 2.2 does not have, or has with another type.
    UnknownImport {
        /// The byte.
        offset: usize,
        /// The module's name.
        module: String,
        /// The field's name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An imported function stands in a table or is exported: it has no code that could be a value.
    ImportAsValue {
        /// The imported function.
        function: u32,
        /// The byte.
        offset: usize,
        /// Where it stands.
        place: &'static str,
    },
    /// A float instruction or type in a function that can be reached from the entry, the start function or a table.
    FloatNotSupported {
        /// The function.
        function: u32,
        /// The byte.
        offset: usize,
        /// The instruction, or where the type stands.
        opcode: &'static str,
    },
    /// A reference instruction, or a reference type in a function that can be reached.
    ReferenceNotSupported {
        /// The function.
        function: u32,
        /// The byte.
        offset: usize,
        /// The instruction, or where the type stands.
        opcode: &'static str,
    },
    /// An instruction that changes a table.
    TableWrite {
        /// The function.
        function: u32,
        /// The byte.
        offset: usize,
        /// The instruction.
        opcode: &'static str,
    },
    /// A second table, or one that does not hold functions.
    TableNotSupported {
        /// The byte.
        offset: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A segment that is not copied at the start, or an instruction that copies or drops one.
    PassiveSegment {
        /// The function whose body it is in.
        function: Option<u32>,
        /// The byte.
        offset: usize,
        /// The instruction or the kind of segment.
        opcode: &'static str,
    },
    /// An active segment that does not fit the initial memory or table.
    SegmentOutOfBounds {
        /// The byte.
        offset: usize,
        /// "data" or "element".
        kind: &'static str,
        /// Which one.
        index: u32,
        /// Where it would end: bytes or elements.
        end: u64,
        /// The size of the memory or table.
        size: u64,
    },
    /// The memory starts with, or may grow to, more pages than the policy allows.
    MemoryTooLarge {
        /// The byte.
        offset: usize,
        /// Pages that the module states.
        pages: u32,
        /// Pages that the policy allows.
        limit: u32,
    },
    /// A call of a test script names no exported function, or has arguments that do not fit it.
    BadCall {
        /// The name.
        export: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Error {
    /// The name of the rule, as documentation and logs spell it.
    pub fn name(&self) -> &'static str {
        match self {
            Error::Malformed { .. } => "Malformed",
            Error::Invalid { .. } => "Invalid",
            Error::Unsupported { .. } => "Unsupported",
            Error::TooLarge { .. } => "TooLarge",
            Error::NoEntry => "NoEntry",
            Error::UnknownImport { .. } => "UnknownImport",
            Error::ImportAsValue { .. } => "ImportAsValue",
            Error::FloatNotSupported { .. } => "FloatNotSupported",
            Error::ReferenceNotSupported { .. } => "ReferenceNotSupported",
            Error::TableWrite { .. } => "TableWrite",
            Error::TableNotSupported { .. } => "TableNotSupported",
            Error::PassiveSegment { .. } => "PassiveSegment",
            Error::SegmentOutOfBounds { .. } => "SegmentOutOfBounds",
            Error::MemoryTooLarge { .. } => "MemoryTooLarge",
            Error::BadCall { .. } => "BadCall",
        }
    }

    /// The byte that it is about.
    pub fn offset(&self) -> Option<usize> {
        match *self {
            Error::Malformed { offset, .. }
            | Error::Invalid { offset, .. }
            | Error::Unsupported { offset, .. }
            | Error::TooLarge { offset, .. }
            | Error::UnknownImport { offset, .. }
            | Error::ImportAsValue { offset, .. }
            | Error::FloatNotSupported { offset, .. }
            | Error::ReferenceNotSupported { offset, .. }
            | Error::TableWrite { offset, .. }
            | Error::TableNotSupported { offset, .. }
            | Error::PassiveSegment { offset, .. }
            | Error::SegmentOutOfBounds { offset, .. }
            | Error::MemoryTooLarge { offset, .. } => Some(offset),
            Error::NoEntry | Error::BadCall { .. } => None,
        }
    }

    /// The function that it is about; imported functions count.
    pub fn function(&self) -> Option<u32> {
        match *self {
            Error::Invalid { function, .. }
            | Error::Unsupported { function, .. }
            | Error::TooLarge { function, .. }
            | Error::PassiveSegment { function, .. } => function,
            Error::ImportAsValue { function, .. }
            | Error::FloatNotSupported { function, .. }
            | Error::ReferenceNotSupported { function, .. }
            | Error::TableWrite { function, .. } => Some(function),
            _ => None,
        }
    }

    /// The instruction that it is about.
    pub fn opcode(&self) -> Option<&'static str> {
        match *self {
            Error::Invalid { opcode, .. } => opcode,
            Error::FloatNotSupported { opcode, .. }
            | Error::ReferenceNotSupported { opcode, .. }
            | Error::TableWrite { opcode, .. }
            | Error::PassiveSegment { opcode, .. } => Some(opcode),
            _ => None,
        }
    }

    /// Names the function where the error does not know it yet: the decoder of bodies does not.
    pub(crate) fn in_function(mut self, index: u32) -> Self {
        if let Error::Invalid { function, .. } | Error::Unsupported { function, .. } | Error::TooLarge { function, .. } = &mut self {
            *function = Some(index);
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Error::Malformed { reason, .. } => write!(f, "{reason}; build the module again")?,
            Error::Invalid { reason, opcode: Some(opcode), .. } => write!(f, "{reason} at {opcode}; build the module again")?,
            Error::Invalid { reason, .. } => write!(f, "{reason}; build the module again")?,
            Error::Unsupported { feature, .. } => write!(f, "{feature} cannot be proven; build for WebAssembly 2.0 without it")?,
            Error::TooLarge { what, size, limit, .. } => write!(f, "{what}: {size}, at most {limit}; split or shrink it")?,
            Error::NoEntry => f.write_str("export a function loom_main (or _start) without parameters and results")?,
            Error::UnknownImport { module, name, reason, .. } => {
                write!(
                    f,
                    "{module:?}.{name:?} {reason}; only loom.input_size, input_read, output, abort, sha256 and env.abort can be imported"
                )?;
            }
            Error::ImportAsValue { place, .. } => write!(f, "an imported function {place}; wrap it in a function of the module")?,
            Error::FloatNotSupported { opcode, .. } => {
                write!(f, "{opcode} in a function that can be reached; use integers (scaled, if need be)")?;
            }
            Error::ReferenceNotSupported { opcode, .. } => write!(f, "{opcode}; build without reference types")?,
            Error::TableWrite { opcode, .. } => write!(f, "{opcode}; tables cannot be changed by a module that is to be proven")?,
            Error::TableNotSupported { reason, .. } => write!(f, "{reason}; have one table of functions")?,
            Error::PassiveSegment { opcode, .. } => {
                write!(f, "{opcode}; only active segments can be proven (build without bulk initialisation)")?
            }
            Error::SegmentOutOfBounds { kind, index, end, size, .. } => {
                write!(f, "{kind} segment {index} ends at {end} of {size}; make the memory or table larger")?;
            }
            Error::MemoryTooLarge { pages, limit, .. } => {
                write!(f, "the memory may have {pages} pages, the policy allows {limit}; state a smaller maximum or raise the policy's")?;
            }
            Error::BadCall { export, reason } => write!(f, "the call of {export:?} {reason}")?,
        }
        match (self.function(), self.offset()) {
            (Some(function), Some(offset)) => write!(f, " (function {function}, byte {offset})"),
            (None, Some(offset)) => write!(f, " (byte {offset})"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
