use std::sync::atomic::AtomicBool;

/// What the service has proven: the prover itself, behind what the service needs of it.
pub trait Engine: Send + Sync + 'static {
    /// The image of a module.
    ///
    /// # Errors
    /// The module could not be proven.
    fn image(&self, module: &[u8]) -> Result<ImageBytes, EngineError>;

    /// A receipt, verified, of running the module on the input. Stops soon after `cancel` is set.
    ///
    /// # Errors
    /// There is none.
    fn prove(&self, work: &Work, cancel: &AtomicBool, report: &(dyn Fn(Step) + Sync)) -> Result<Vec<u8>, EngineError>;
}

/// An image and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageBytes {
    /// The image id.
    pub id: [u8; 32],
    /// The image.
    pub bytes: Vec<u8>,
}

/// What is to be proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The WebAssembly module.
    pub module: Vec<u8>,
    /// Its input.
    pub input: Vec<u8>,
    /// The name of the parameter set.
    pub set: String,
}

/// How far a proof has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What is being done.
    pub phase: &'static str,
    /// Work items of the phase that are done.
    pub done: u64,
    /// Work items of the phase.
    pub total: u64,
    /// How much of the whole proof is done by its cost, in millionths, where that is known.
    pub millionths: Option<u32>,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineFailure {
    /// It cannot be proven, however often it is tried.
    Refused,
    /// It may come through another time.
    Failed,
    /// It was stopped.
    Cancelled,
}

impl EngineFailure {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why there is no image or no receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    /// The kind.
    pub failure: EngineFailure,
    /// What programs look at.
    pub code: String,
    /// The thing, the reason, the remedy.
    pub message: String,
}
