//! The guest side of Loom's machine interface (ABI v1): write a pure function from a [`Call`] to an [`Outcome`], name it in
//! [`machine!`], and the module is a machine.
//!
//! ```ignore
//! #![no_std]
//! use loom_guest::*;
//!
//! machine!(decide);
//!
//! fn decide(call: &Call) -> Outcome {
//!     let body = call.body()?;
//!     body.only(&["name"])?;
//!     let name = body.text("name")?;
//!     let mut state = Json::new();
//!     state.object();
//!     state.name("greeted").text(name);
//!     state.end_object();
//!     let mut events = Events::new();
//!     events.add("greeted.v1", |data| data.name("name").text(name));
//!     accept(state, events)
//! }
//! ```
//!
//! Everything lives in one memory that is thrown away with the instance after the call, so text and values are `'static` and nothing
//! is ever freed. There are no floats anywhere in this crate: what it reads and writes is inside the provable subset.

#![no_std]

#[cfg(not(target_arch = "wasm32"))]
compile_error!("Machines run in WebAssembly: build for wasm32-unknown-unknown, as samples/rust/.cargo/config.toml does.");

mod answer;
mod call;
mod host;
mod json;
mod memory;
mod money;
mod object;
mod text;
mod time;

pub use answer::{accept, invalid, reject, unchanged, Accepted, Events, Outcome, Rejection};
pub use call::{Call, Context};
pub use host::{abort, exit, run};
pub use json::{parse, Json, Value};
pub use memory::List;
pub use money::{as_units, read_cents, MAX_CENTS};
pub use object::Object;
pub use text::{decimal, join, utf16_length};
pub use time::{add_days, is_timestamp};

/// Exports `loom_main`, which answers with the function named here.
#[macro_export]
macro_rules! machine {
    ($decide:path) => {
        #[no_mangle]
        pub extern "C" fn loom_main() {
            $crate::run($decide)
        }
    };
}
