#!/usr/bin/env bash
# Builds the machine modules of samples/ and pins them: samples/modules/NAME.wasm, their manifests, samples/modules.lock.json.
#
#   samples/build-modules.sh [KIT…]           build what can be built here; KIT is rust, assemblyscript or c
#   samples/build-modules.sh --check [KIT…]   build into a temporary folder and compare with the pinned modules: the same bytes where
#                                             compiler and version are the recorded ones, otherwise the same answers to the vectors
#   samples/build-modules.sh --ready KIT      say what is missing for a kit, with the command that provides it; nothing when it is ready
#
# Exit: 0 all is well, 1 a build or a comparison failed, 3 a kit that was asked for by name is not ready.
set -euo pipefail

self=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$self/modules
lock=$self/modules.lock.json
memory=(--initial-memory=131072 --max-memory=67108864)
c_flags=(--target=wasm32 -O2 -mbulk-memory -ffreestanding -nostdlib -Wall -Wextra -Werror -Wl,--no-entry -Wl,--strip-all
  -Wl,--stack-first -Wl,-z,stack-size=16384 "${memory[@]/#/-Wl,}")

# NAME KIT SOURCE
all() {
  cat <<'LIST'
counter rust counter
echo rust echo
bank-ledger rust bank-ledger
expense-declaration rust expense-declaration
debt-to-income rust debt-to-income
counter-assemblyscript assemblyscript machines/counter.ts
echo-assemblyscript assemblyscript machines/echo.ts
debt-to-income-assemblyscript assemblyscript machines/debt-to-income.ts
underwriting assemblyscript machines/underwriting.ts
statement assemblyscript machines/statement.ts
counter-c c counter.c
LIST
}

say() { printf '%s\n' "$*"; }

# ---- what is here ----

find_rust() {
  local candidate folder
  while read -r candidate; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    folder=$("$candidate" --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) || continue
    if compgen -G "$folder/libcore-*.rlib" >/dev/null; then
      rustc=$candidate
      cargo=$(dirname "$candidate")/cargo
      [ -x "$cargo" ] || cargo=$(type -P cargo) || continue
      return 0
    fi
  done < <(printf '%s\n' "${RUSTC:-}"; type -aP rustc; printf '%s\n' "${HOME:-/}/.cargo/bin/rustc" /usr/bin/rustc)
  return 1
}

find_clang() { clang=$(type -P clang || type -P clang-14) && { type -P wasm-ld >/dev/null || type -P wasm-ld-14 >/dev/null; }; }

asc_version() { sed -n 's/.*"assemblyscript": "\([0-9.]*\)".*/\1/p' "$self/assemblyscript/package.json"; }

node_major() { if type -P node >/dev/null; then node -p 'process.versions.node.split(".")[0]'; else echo 0; fi; }

find_asc() {
  asc=$self/assemblyscript/node_modules/assemblyscript
  type -P npm >/dev/null && [ "$(node_major)" -ge 20 ] || return 1
  grep -q "\"version\": \"$(asc_version)\"" "$asc/package.json" 2>/dev/null && return 0
  (cd "$self/assemblyscript" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=0 --fetch-timeout=20000) >/dev/null 2>&1 && [ -f "$asc/bin/asc.js" ]
}

ready() {
  case $1 in
    rust) find_rust ;;
    assemblyscript) find_asc ;;
    c) find_clang ;;
    *) say "There is no kit '$1'; there are rust, assemblyscript and c." >&2; exit 64 ;;
  esac
}

remedy() {
  case $1 in
    rust) say "needs a Rust compiler with the target wasm32-unknown-unknown: apt-get install cargo rustc libstd-rust-dev-wasm32 lld (or: rustup target add wasm32-unknown-unknown)" ;;
    assemblyscript)
      if [ "$(node_major)" = 0 ] || ! type -P npm >/dev/null; then
        say "needs Node 20 or later with npm: apt-get install nodejs npm"
      elif [ "$(node_major)" -lt 20 ]; then
        say "needs Node 20 or later, and this is $(node --version): https://nodejs.org"
      else
        say "needs the npm package assemblyscript $(asc_version), which could not be fetched: (cd samples/assemblyscript && npm ci)"
      fi ;;
    c) say "needs clang and wasm-ld: apt-get install clang lld" ;;
  esac
}

compiler() {
  case $1 in
    rust) "$rustc" -vV | sed -n 's/^release: //p; s/^commit-hash: //p; s/^LLVM version: //p' | paste -sd ' ' | awk '{ printf "rustc %s (commit %s, LLVM %s)", $2, $1, $3 }' ;;
    assemblyscript) printf 'assemblyscript %s' "$(asc_version)" ;;
    c) printf '%s' "$("$clang" --version | head -n 1)" ;;
  esac
}

flags() {
  case $1 in
    rust) printf 'opt-level=3 lto panic=abort %s' "$(sed -n 's/^ *"\(-C[^"]*\)",*$/\1/p' "$self/rust/.cargo/config.toml" | paste -sd ' ')" ;;
    assemblyscript) printf '%s' "$(sed -n 's/^ *"\([a-zA-Z]*\)": "*\([a-z0-9]*\)"*,*$/\1=\2/p' "$self/assemblyscript/asconfig.json" | paste -sd ' ')" ;;
    c) printf '%s' "${c_flags[*]}" ;;
  esac
}

# ---- building ----

build() { # KIT SOURCE OUT
  case $1 in
    rust)
      # The folder of the checkout stays out of the module. RUSTFLAGS would replace the flags of .cargo/config.toml.
      (cd "$self/rust" && unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS &&
        RUSTC=$rustc CARGO_TARGET_DIR=$work/rust "$cargo" build --quiet --release --offline --locked --target wasm32-unknown-unknown -p "$2" \
          --config "target.wasm32-unknown-unknown.rustflags=['--remap-path-prefix=$self/rust=rust']") &&
        cp "$work/rust/wasm32-unknown-unknown/release/${2//-/_}.wasm" "$3" ;;
    assemblyscript) (cd "$self/assemblyscript" && node "$asc/bin/asc.js" "$2" --config asconfig.json --outFile "$3") ;;
    c) "$clang" "${c_flags[@]}" -o "$3" "$self/c/$2" ;;
  esac
}

sha256() { if type -P sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
size() { wc -c < "$1" | tr -d ' '; }

# Builds, and leaves the processor time that it took in $took, in milliseconds.
timed_build() {
  local TIMEFORMAT='%3U %3S' output
  output=$( { time build "$@" >&3 2>&3; } 2>&1 3>&4 ) || return 1
  took=$(awk '{ printf "%d", 1000 * ($1 + $2) }' <<< "${output//,/.}")
} 4>&2

recorded() { grep "\"name\":\"$1\"" "$lock" 2>/dev/null | sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p"; } # NAME MEMBER
answers() { node "$self/machine.mjs" vectors "$1" "$modules/$(sed -n 's/.*"vectors": "\(.*\)".*/\1/p' "$modules/$2.module.json")"; } # FILE NAME

pin() { # NAME KIT FILE MILLISECONDS
  local hash
  hash=$(sha256 "$3")
  [ "$hash" != "$(recorded "$1" sha256)" ] || { say "$1: as pinned"; grep "\"name\":\"$1\"" "$lock" | sed 's/,$//' >> "$work/lock"; return; }
  install -m 644 "$3" "$modules/$1.wasm"
  sed -i.old -e "s/\"sha256\": \"[0-9a-f]*\"/\"sha256\": \"$hash\"/" -e "s/\"size\": [0-9]*/\"size\": $(size "$3")/" "$modules/$1.module.json"
  rm "$modules/$1.module.json.old"
  printf '    {"name":"%s","kit":"%s","compiler":"%s","flags":"%s","sha256":"%s","size":%s,"processorMilliseconds":%s}\n' \
    "$1" "$2" "$(compiler "$2")" "$(flags "$2")" "$hash" "$(size "$3")" "$4" >> "$work/lock"
  say "$1: $(size "$3") bytes, $hash"
  if type -P node >/dev/null; then answers "$3" "$1"; else say "$1: not run on its vectors; that needs Node: apt-get install nodejs"; fi
}

compare() { # NAME KIT FILE
  if [ "$(compiler "$2")" = "$(recorded "$1" compiler)" ]; then
    [ "$(sha256 "$3")" = "$(recorded "$1" sha256)" ] ||
      { say "$1: FAILED: $(compiler "$2") gives $(sha256 "$3"), pinned is $(recorded "$1" sha256). Run samples/build-modules.sh and commit what it writes."; return 1; }
    say "$1: the same bytes"
  elif ! type -P node >/dev/null; then
    say "$1: built with $(compiler "$2"), pinned with $(recorded "$1" compiler); comparing answers needs Node: apt-get install nodejs"
  elif answers "$3" "$1"; then
    say "$1: the same answers ($(compiler "$2"); pinned with $(recorded "$1" compiler))"
  else
    say "$1: FAILED: the fresh build answers otherwise than the vectors say."
    return 1
  fi
}

main() {
  local check="" failed=0 named="" kit name source took
  if [ "${1:-}" = --ready ]; then ready "${2:?a kit}" || remedy "$2"; return 0; fi
  if [ "${1:-}" = --check ]; then check=1; shift; fi
  named=" $* "
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  : > "$work/lock"
  for kit in rust assemblyscript c; do
    [ "$named" = "  " ] || [[ $named == *" $kit "* ]] || { : > "$work/skip-$kit"; continue; }
    if ready "$kit"; then
      say "$kit: $(compiler "$kit")"
    else
      say "$kit: skipped, it $(remedy "$kit")"
      : > "$work/skip-$kit"
      [ "$named" = "  " ] || return 3
    fi
  done

  while read -r name kit source; do
    if [ -e "$work/skip-$kit" ]; then
      grep "\"name\":\"$name\"" "$lock" 2>/dev/null | sed 's/,$//' >> "$work/lock" || true
      continue
    fi
    if ! timed_build "$kit" "$source" "$work/$name.wasm"; then
      say "$name: FAILED to build"
      return 1
    fi
    if [ -n "$check" ]; then compare "$name" "$kit" "$work/$name.wasm" || failed=1
    else pin "$name" "$kit" "$work/$name.wasm" "$took" || failed=1; fi
  done < <(all)

  if [ -z "$check" ]; then
    { printf '{\n  "modules": [\n'; sed '$!s/$/,/' "$work/lock"; printf '  ]\n}\n'; } > "$lock.new"
    mv "$lock.new" "$lock"
  fi
  return $failed
}

main "$@"
