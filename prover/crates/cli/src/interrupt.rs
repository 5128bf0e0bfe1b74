//! Ctrl-C sets a flag. The standard library has no signals, so this file declares what it needs of the platform's C library.
#![allow(unsafe_code)]
use std::sync::atomic::{AtomicBool, Ordering};

static CANCEL: AtomicBool = AtomicBool::new(false);

/// The flag that Ctrl-C sets. The second Ctrl-C ends the process as usual.
pub fn flag() -> &'static AtomicBool {
    install();
    &CANCEL
}

#[cfg(unix)]
fn install() {
    use std::ffi::c_int;

    const SIGINT: c_int = 2;
    const SIGTERM: c_int = 15;
    const DEFAULT: usize = 0;

    // SAFETY: this is the declaration of ISO C; `usize` is as wide as a pointer to a function on every platform that has `unix`.
    unsafe extern "C" {
        fn signal(number: c_int, handler: usize) -> usize;
    }

    extern "C" fn handle(number: c_int) {
        CANCEL.store(true, Ordering::Relaxed);
        // SAFETY: a handler may call `signal`, and `DEFAULT` (SIG_DFL) is a valid disposition.
        unsafe { signal(number, DEFAULT) };
    }

    for number in [SIGINT, SIGTERM] {
        // SAFETY: `handle` has the type of a handler and lives as long as the process; it does nothing but store to an atomic and call
        // `signal`, both of which a handler may do.
        unsafe { signal(number, handle as *const () as usize) };
    }
}

#[cfg(not(unix))]
fn install() {}
