//! The prover over HTTP.
