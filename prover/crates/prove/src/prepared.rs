use crate::ntt::Twiddles;
use crate::preprocessed::Preprocessed;
use crate::team::Cancelled;
use crate::{Error, Options};
use air::chips::lut;
use proto::ParameterSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What one proof leaves to the next: the extension and the tree of the lookup table, which depend on the blowup of the parameter set alone.
///
/// It begins empty, is filled by the first proof that has it in its [`crate::Options`], and holds one blowup at a time; [`Prepared::bytes`]
/// says how much that is (48 MiB for `std` and `proven`, 24 MiB for `fast`, 192 MiB for `compact`). Receipts are the same with and without.
#[derive(Default)]
pub struct Prepared(Mutex<Option<(u32, Arc<Preprocessed>)>>);

impl Prepared {
    /// Holds nothing yet.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The memory that it holds.
    pub fn bytes(&self) -> u64 {
        self.held().as_ref().map_or(0, |(_, lut)| lut.bytes())
    }

    /// Whether the lookup table is there for a blowup.
    pub(crate) fn has(&self, log_blowup: u32) -> bool {
        self.held().as_ref().is_some_and(|(blowup, _)| *blowup == log_blowup)
    }

    /// Makes what the first proof with a parameter set would make.
    ///
    /// # Errors
    /// When cancelled.
    pub fn fill(&self, params: &ParameterSet, options: &Options) -> Result<(), Error> {
        let make = || {
            let team = options.team();
            let twiddles = Twiddles::new(&team, lut::LOG_HEIGHT + params.log_blowup)?;
            Preprocessed::new(&team, &twiddles, params.log_blowup, &lut::preprocessed())
        };
        self.lut(params.log_blowup, make)?;
        Ok(())
    }

    /// The lookup table at a blowup, made by `make` where it is not there. What is there for another blowup is let go first.
    pub(crate) fn lut(
        &self,
        log_blowup: u32,
        make: impl FnOnce() -> Result<Preprocessed, Cancelled>,
    ) -> Result<Arc<Preprocessed>, Cancelled> {
        {
            let mut held = self.held();
            match held.as_ref() {
                Some((blowup, lut)) if *blowup == log_blowup => return Ok(Arc::clone(lut)),
                _ => *held = None,
            }
        }
        // Not under the lock: a proof that waits for it could not be cancelled.
        let made = Arc::new(make()?);
        *self.held() = Some((log_blowup, Arc::clone(&made)));
        Ok(made)
    }

    fn held(&self) -> MutexGuard<'_, Option<(u32, Arc<Preprocessed>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
