use json::Object;
use std::fmt;

/// How a command ends when it does not succeed. The numbers are the exit codes that `loom-prover --help` documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A receipt is rejected.
    Rejected = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A file cannot be read or written.
    Files = 3,
    /// The module is refused.
    Module = 4,
    /// The run or the proof hit a limit, or cannot be proven.
    Run = 5,
    /// Interrupted.
    Cancelled = 130,
}

impl Kind {
    /// All of them with what they say, for the help.
    pub const ALL: [(Kind, &'static str); 6] = [
        (Kind::Rejected, "the receipt is rejected"),
        (Kind::Usage, "the command line is wrong"),
        (Kind::Files, "a file cannot be read or written"),
        (Kind::Module, "the module is refused"),
        (Kind::Run, "the run or proof reached a limit or cannot be done"),
        (Kind::Cancelled, "interrupted"),
    ];

    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Rejected => "rejected",
            Kind::Usage => "usage",
            Kind::Files => "files",
            Kind::Module => "module",
            Kind::Run => "run",
            Kind::Cancelled => "cancelled",
        }
    }
}

/// Why a command did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: Kind,
    /// The name of the rule, error or check, where it has one.
    pub name: Option<&'static str>,
    /// What happened and what to do.
    pub message: String,
    /// More about it, for JSON.
    pub fields: Object,
}

impl Failure {
    /// A failure without a name.
    pub fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self { kind, name: None, message: message.to_string(), fields: Object::new() }
    }

    /// The command line is wrong.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, message)
    }
}

/// What a command gives back.
pub type Result<T = ()> = std::result::Result<T, Failure>;
