#!/usr/bin/env bash
# usage: healthy.sh PORT PATH      exit code 0 when http://127.0.0.1:PORT/PATH answers 200. Bash alone: the images have no curl.
set -euo pipefail
exec 3<> "/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
IFS= read -r -t 8 line <&3
[[ $line == "HTTP/1.1 200 "* ]] || { printf '%s answers %s\n' "$2" "${line%$'\r'}" >&2; exit 1; }
