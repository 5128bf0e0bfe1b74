#!/usr/bin/env bash
# usage: metrics-token.sh HOST-URL OPERATOR-TOKEN-FILE FILE
# Makes the token that Prometheus scrapes the host with, once: FILE can be read by its owner's group and by nobody else.
set -euo pipefail
host=$1 operator=$2 file=$3
if [ -s "$file" ]; then echo "$file is there already."; exit 0; fi
if [ ! -r "$operator" ]; then
  echo "$operator is not there: the first operator's token has been taken over." >&2
  echo "  remedy: LOOM_TOKEN=… loom token create prometheus --role developer --host $host > $file, with an operator's token" >&2
  exit 1
fi
umask 027
LOOM_TOKEN=$(cat "$operator") loom token create prometheus --role developer --host "$host" > "$file.new"
mv "$file.new" "$file"
