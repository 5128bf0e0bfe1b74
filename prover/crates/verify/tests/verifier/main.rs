//! The verifier against receipts that prove nothing.
mod hostile;
mod steps;
mod zeros;
