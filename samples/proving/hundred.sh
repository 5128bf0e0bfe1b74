#!/usr/bin/env bash
# A hundred actors of four kinds at a host that runs with loom.json of this folder: 85 plain ones, 10 that are proven on demand,
# 4 that are proven above a threshold, 1 that is always proven.
#
#   samples/proving/hundred.sh [ADDRESS]      the host's address, http://127.0.0.1:5080 when not given
set -euo pipefail

url=${1:-http://127.0.0.1:5080}
run=$(date +%s)

send() { # ACTOR COMMAND BODY
  curl -sS --fail-with-body -o /dev/null -H 'content-type: application/json' --data "$3" "$url/api/actors/$1/commands/$2"
}

for i in $(seq 85); do
  send "account-$run-$i" open '{"owner":"Ann"}'
  send "account-$run-$i" deposit '{"amount":"5000"}'
done
echo "85 accounts (C#, never proven)"

for i in $(seq 10); do
  send "statement-$run-$i" transform '{"csv":"date,account,text,amount\n2026-01-31,DE02,Rent,-950.00\n"}'
done
echo "10 statements (WebAssembly, on demand)"

for i in $(seq 4); do
  send "ledger-$run-$i" open '{"owner":"Ann"}'
  send "ledger-$run-$i" deposit '{"amount":"999"}'
  send "ledger-$run-$i" deposit '{"amount":"1000"}'
done
echo "4 ledgers (WebAssembly, when command.amount >= 1000)"

send "debtToIncome-$run" assess '{"applicant":"Ann","debts":[{"kind":"mortgage","amount":"120000"}],"income":"500000"}'
echo "1 debt-to-income (WebAssembly, always)"

echo "Five receipts are on their way: $url/api/proofs"
