#![forbid(unsafe_code)]
//! The verifier of receipts.
