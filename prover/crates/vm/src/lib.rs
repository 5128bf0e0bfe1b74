//! The LoomVM executor and the traces it leaves.
