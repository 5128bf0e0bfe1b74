//! What prover and verifier share: parameters, transcript, Merkle trees, FRI, receipts.
