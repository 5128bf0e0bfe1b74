use crate::{State, scalar};
use std::sync::atomic::{AtomicBool, Ordering};

static SCALAR_ONLY: AtomicBool = AtomicBool::new(false);

/// How the compression function is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// Plain arithmetic; everywhere.
    Scalar,
    /// The SHA extensions of x86; eight messages go two by two.
    ShaExtensions,
    /// AVX2: eight messages in eight lanes; one message alone goes the scalar way.
    Avx2,
}

impl Backend {
    /// The fastest that this processor has: the SHA extensions, else AVX2, else plain arithmetic.
    pub fn detect() -> Self {
        if SCALAR_ONLY.load(Ordering::Relaxed) {
            return Self::Scalar;
        }
        [Self::ShaExtensions, Self::Avx2].into_iter().find(|b| b.available()).unwrap_or(Self::Scalar)
    }

    /// Whether this processor has it.
    #[cfg(target_arch = "x86_64")]
    pub fn available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::ShaExtensions => {
                is_x86_feature_detected!("sha") && is_x86_feature_detected!("ssse3") && is_x86_feature_detected!("sse4.1")
            }
            Self::Avx2 => is_x86_feature_detected!("avx2"),
        }
    }

    /// Whether this processor has it.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn available(self) -> bool {
        self == Self::Scalar
    }

    /// From here on [`Backend::detect`] answers [`Backend::Scalar`] in the whole process (true), or what the processor has (false). Results
    /// are the same either way; this is for tests and measurements of the plain path.
    pub fn scalar_only(only: bool) {
        SCALAR_ONLY.store(only, Ordering::Relaxed);
    }

    /// `self`, or the plain one where the processor does not have it: what may safely run.
    pub(crate) fn runnable(self) -> Self {
        if self.available() { self } else { Self::Scalar }
    }

    /// Takes whole 64-byte blocks into the state.
    pub(crate) fn compress(self, state: &mut State, blocks: &[u8]) {
        #[cfg(target_arch = "x86_64")]
        if self == Self::ShaExtensions && self.available() {
            clear_upper_halves();
            // SAFETY: `available` has just said that the processor has the SHA extensions, SSSE3 and SSE4.1.
            unsafe { crate::shani::compress(state, blocks) };
            return;
        }
        scalar::compress(state, blocks);
    }
}

/// What must happen before the first SHA instruction after other vector code; see [`crate::shani::clear_upper_halves`].
#[cfg(target_arch = "x86_64")]
pub(crate) fn clear_upper_halves() {
    if is_x86_feature_detected!("avx") {
        // SAFETY: the processor has AVX.
        unsafe { crate::shani::clear_upper_halves() };
    }
}
