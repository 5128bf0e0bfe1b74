//! What the host gives: four functions, no clock, no randomness, no I/O.

use crate::{answer, call, memory, Call, Outcome};

/// Exit codes of this kit (the host reports `0x10000` plus the code). Those from 5 on are the machine's own.
pub mod exit {
    /// An index out of range, or another mistake in the program.
    pub const PANIC: u32 = 1;
    /// More memory is needed than the module may have.
    pub const OUT_OF_MEMORY: u32 = 2;
    /// The input is none that a host gives.
    pub const BAD_FRAMES: u32 = 3;
    /// The state is none of this machine's.
    pub const BAD_STATE: u32 = 4;
}

mod imports {
    #[link(wasm_import_module = "loom")]
    extern "C" {
        pub fn input_size() -> u32;
        pub fn input_read(to: *mut u8, offset: u32, length: u32);
        pub fn output(from: *const u8, length: u32);
        pub fn abort(code: u32);
    }
}

/// Ends the call as a failure: nothing changes, and the host reports the code.
#[cold]
#[inline(never)]
pub fn abort(code: u32) -> ! {
    unsafe { imports::abort(code) };
    core::arch::wasm32::unreachable()
}

/// Reads the input, decides, gives the output. [`crate::machine!`] calls it.
pub fn run(decide: fn(&Call) -> Outcome) {
    let length = unsafe { imports::input_size() };
    let start = memory::allocate(length as usize, 8);
    let input = unsafe {
        imports::input_read(start, 0, length);
        core::slice::from_raw_parts(start, length as usize)
    };
    let frame = answer::frame(decide(&call::read(input)));
    unsafe { imports::output(frame.as_ptr(), frame.len() as u32) };
}

// The message stays unused, so that the formatting code (which knows floats) is left out of the module.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    abort(exit::PANIC)
}
