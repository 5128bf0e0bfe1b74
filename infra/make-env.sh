#!/usr/bin/env bash
# usage: infra/make-env.sh [FILE]     Writes the passwords that docker-compose.yml asks for, made at random, into FILE (.env beside it).
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
file=${1:-$root/.env}
if [ -e "$file" ]; then echo "$file is there already; nothing is changed." >&2; exit 1; fi
umask 077
secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
cat > "$file" <<END
# Passwords of docker-compose.yml, of this machine only. Not for the repository.
ESDB_ADMIN_PASSWORD=$(secret)
ESDB_OPS_PASSWORD=$(secret)
RABBITMQ_PASSWORD=$(secret)
REDIS_PASSWORD=$(secret)
GRAFANA_PASSWORD=$(secret)

# What the host uses beside itself; docs/operations/containers.md says what to take off the comment for which profile.
#LOOM_JOURNAL_ADDRESS=esdb://eventstoredb:2113?tls=true&tlsCaFile=/certs/ca/ca.crt
#LOOM_JOURNAL_ADDRESS=esdb+discover://esdb-node1:2113,esdb-node2:2113,esdb-node3:2113?tls=true&tlsCaFile=/certs/ca/ca.crt
#LOOM_JOURNAL_CREDENTIALFILE=/secrets/journal
#LOOM_TELEMETRY_OTLP=http://jaeger:4318
#LOOM_PROVING_PROVER=remote
#LOOM_PROVING_POLICIES={"ledger":"when command.amount >= 1000"}
END
echo "Wrote $file."
