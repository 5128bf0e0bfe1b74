use crate::engine::{Engine, EngineError, EngineFailure, ImageBytes, Step, Work};
use isa::Program;
use proto::{Attachments, Image, ParameterSet};
use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

/// The prover of this workspace: translates, runs, proves, and verifies what it made before it gives it away.
pub struct StarkEngine {
    threads: usize,
    memory: u64,
    max_pages: u32,
    known: Mutex<VecDeque<Known>>,
    /// The lookup table, kept from one proof to the next.
    prepared: prove::Prepared,
}

#[derive(Clone)]
struct Known {
    module: [u8; 32],
    program: Arc<Program>,
    image: Arc<Image>,
}

impl StarkEngine {
    const MODULES: usize = 16;

    /// An engine that computes with `threads` threads (at least 1) within `memory` bytes, and translates with this page limit, which is part
    /// of the image of a module that states no maximum (section 1.3).
    pub fn new(threads: usize, memory: u64, max_pages: u32) -> Self {
        Self { threads, memory, max_pages, known: Mutex::default(), prepared: prove::Prepared::new() }
    }

    fn known(&self, module: &[u8], cancel: &AtomicBool) -> Result<Known, EngineError> {
        let digest = hash::digest(module);
        let find = |known: &VecDeque<Known>| known.iter().find(|known| known.module == digest).cloned();
        if let Some(known) = find(&self.known.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let options = wasm::Options { max_pages: self.max_pages };
        let program = wasm::translate(module, &options).map_err(|e| refused(e.name(), &e.to_string()))?;
        let image = prove::image(&program, wasm::TRANSLATOR_VERSION, &self.options(cancel, &|_| ())).map_err(|e| of(&e))?;
        let made = Known { module: digest, program: Arc::new(program), image: Arc::new(image) };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if find(&known).is_none() {
            if known.len() >= Self::MODULES {
                known.pop_front();
            }
            known.push_back(made.clone());
        }
        Ok(made)
    }

    fn options<'a>(&'a self, cancel: &'a AtomicBool, progress: prove::ProgressFn<'a>) -> prove::Options<'a> {
        let prepared = Some(&self.prepared);
        prove::Options { threads: self.threads, memory: self.memory, cancel, progress, prepared, ..prove::Options::default() }
    }
}

impl Engine for StarkEngine {
    fn image(&self, module: &[u8]) -> Result<ImageBytes, EngineError> {
        let known = self.known(module, &AtomicBool::new(false))?;
        Ok(ImageBytes { id: known.image.id(), bytes: known.image.to_bytes() })
    }

    fn prove(&self, work: &Work, cancel: &AtomicBool, report: &(dyn Fn(Step) + Sync)) -> Result<Vec<u8>, EngineError> {
        let params = ParameterSet::by_name(&work.set).ok_or_else(|| refused("UnknownSet", "there is no parameter set of this name"))?;
        let known = self.known(&work.module, cancel)?;
        let limits = vm::Limits { pages: self.max_pages, ..vm::Limits::default() };
        let progress =
            |at: prove::Progress| report(Step { phase: at.phase.name(), done: at.done, total: at.total, millionths: at.millionths });
        let proven = prove::prove(&known.program, &known.image, &work.input, &params, &limits, &self.options(cancel, &progress))
            .map_err(|e| of(&e))?;
        let receipt = proven.receipt.to_bytes(&Attachments::default()).map_err(|_| failed("TooLarge", "the receipt cannot be written"))?;
        let policy = verify::Policy::pinned([known.image.id()]).allowing([params.id]);
        let (image, claim) = (known.image.to_bytes(), &proven.receipt.claim);
        verify::verify(&policy, Some(&image), claim, Some(&work.input), Some(&proven.execution.output), &receipt).map_err(|e| {
            failed("SelfCheck", &format!("the proof does not verify, which is a mistake of the prover or of this machine: {e}"))
        })?;
        Ok(receipt)
    }
}

fn of(error: &prove::Error) -> EngineError {
    let message = error.to_string();
    match error {
        prove::Error::Cancelled => EngineError { failure: EngineFailure::Cancelled, code: "Cancelled".to_owned(), message },
        prove::Error::Run(vm::Error::Internal { .. }) => failed("Internal", &message),
        prove::Error::Run(run) => refused(run.name(), &message),
        prove::Error::Memory { .. } => refused("Memory", &message),
        prove::Error::Heights(_) => refused("Heights", &message),
        prove::Error::Malformed { .. } | prove::Error::ProgramLength { .. } => refused("Program", &message),
        prove::Error::ParameterNotInImage { .. } | prove::Error::ImageMismatch | prove::Error::Degenerate => failed("Internal", &message),
    }
}

fn refused(code: &str, message: &str) -> EngineError {
    EngineError { failure: EngineFailure::Refused, code: code.to_owned(), message: message.to_owned() }
}

fn failed(code: &str, message: &str) -> EngineError {
    EngineError { failure: EngineFailure::Failed, code: code.to_owned(), message: message.to_owned() }
}
