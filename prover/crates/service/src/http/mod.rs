//! HTTP/1.1 as far as the service needs it (RFC 9112): requests with a stated length, answers with a stated length.
mod request;
mod response;
mod timed;

pub use request::{Head, read_body, read_head};
pub use response::{Response, error};
pub use timed::Timed;
