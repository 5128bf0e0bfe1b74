#!/usr/bin/env bash
# Builds the kernels again (needs clang and wasm-ld of LLVM 14 or later). The .wasm files are committed, so that every engine and every machine runs the same bytes.
set -euo pipefail
cd "$(dirname "$0")"
for source in *.c; do
  clang --target=wasm32 -nostdlib -O2 -fno-builtin -mbulk-memory -Wl,--no-entry -Wl,--strip-all -o "${source%.c}.wasm" "$source"
done
