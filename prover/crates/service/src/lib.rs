//! The prover over HTTP/1.1 and JSON: jobs with ids that the caller chooses, kept in a folder until they are fetched and deleted, so that
//! neither a lost connection nor a restart loses a proof.
//!
//! Everything that comes over the network is bounded: connections, headers, bodies, and the time that each may take. One job is proven at
//! a time, within the memory of [`Config::memory`]. The service speaks plain text: beyond one machine, put it behind a proxy that does TLS.
#![forbid(unsafe_code)]

mod base64;
mod config;
mod engine;
mod fields;
mod http;
mod job;
mod jobs;
mod metrics;
mod routes;
mod server;
mod stark;
mod store;
mod token;

pub use config::Config;
pub use engine::{Engine, EngineError, EngineFailure, ImageBytes, Step, Work};
pub use server::{Service, ServiceError};
pub use stark::StarkEngine;
pub use token::{Token, TokenError};
