#!/usr/bin/env bash
# usage: journal-credentials.sh FILE      Writes JOURNAL_USER and JOURNAL_PASSWORD as the two lines that journal.credentialFile takes.
set -euo pipefail
: "${JOURNAL_USER:?}" "${JOURNAL_PASSWORD:?}"
umask 077
printf '%s\n%s\n' "$JOURNAL_USER" "$JOURNAL_PASSWORD" > "$1.new"
mv "$1.new" "$1"
