//! SHA-256: one message, and many rows at once.
