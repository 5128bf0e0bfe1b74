//! The prover: NTT, commitments, quotient, DEEP and FRI.
