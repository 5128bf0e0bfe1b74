//! WebAssembly: parser, validator and the translator to LoomVM.
