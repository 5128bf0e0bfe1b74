//! loom-prover, the command.

fn main() {}
