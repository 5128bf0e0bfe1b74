#!/usr/bin/env bash
# Publishes the loom command as one self-contained file: 'loom verify' then runs where there is no .NET, no checkout and no network.
# usage: infra/publish-verifier.sh [OUT [RID]]     default: artifacts/verifier/RID, linux-x64
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rid=${2:-linux-x64}
out=${1:-$root/artifacts/verifier/$rid}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet publish "$root/src/Loom.Cli/Loom.Cli.csproj" -c Release -r "$rid" --self-contained -o "$out" --nologo -v q \
  -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=true -p:DebugType=embedded \
  -p:SatelliteResourceLanguages=en
ls -l "$out" >&2
