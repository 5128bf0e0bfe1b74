//! What the host gives: four functions, no clock, no randomness, no I/O.

use crate::{answer, call, memory, Call, Outcome};

/// Exit codes of this kit (the host reports `0x10000` plus the code).
pub mod exit {
    pub const PANIC: u32 = 1;
    pub const OUT_OF_MEMORY: u32 = 2;
    pub const BAD_FRAMES: u32 = 3;
    pub const BAD_STATE: u32 = 4;
}

#[cfg(target_arch = "wasm32")]
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
#[cfg(target_arch = "wasm32")]
#[cold]
#[inline(never)]
pub fn abort(code: u32) -> ! {
    unsafe { imports::abort(code) };
    core::arch::wasm32::unreachable()
}

/// Reads the input, decides, gives the output. [`crate::machine!`] calls it.
#[cfg(target_arch = "wasm32")]
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
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    abort(exit::PANIC)
}

/// Outside of WebAssembly there is no host.
#[cfg(not(target_arch = "wasm32"))]
pub fn abort(_: u32) -> ! {
    loop {}
}

/// Outside of WebAssembly there is no host.
#[cfg(not(target_arch = "wasm32"))]
pub fn run(_: fn(&Call) -> Outcome) {
    let _ = (answer::frame, call::read, memory::allocate);
}
