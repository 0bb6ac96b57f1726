#!/usr/bin/env bash
# Measures the hot pieces by themselves: hashes, checksum lists, disk image inspection, writing to staging, qcow2 to raw.
#
#   bench/micro.sh [--quick] [FILTER]     FILTER is BenchmarkDotNet's, such as '*Hashes*'; --quick measures less often
#
# The tables are Markdown, with the machine above them, on standard output. IMGSYNC_TEST_AZURITE, a connection string, adds blob storage.
# IMGSYNC_SAMPLES names a folder with publishers' checksum lists, of which the longest is searched; without it, shared/upstream-samples
# beside the checkout is looked for, and where that is absent, too, only a list that is made here is searched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ${1:-} == --help || ${1:-} == -h ]]; then sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit; fi

quick=()
if [[ ${1:-} == --quick ]]; then quick=(--quick); shift; fi

dotnet build bench/Micro -c Release -v q -nologo -clp:NoSummary >&2
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
dotnet bench/Micro/bin/Release/net10.0/Imgsync.Micro.dll "${quick[@]}" --filter "${1:-*}" --artifacts "$results" >&2
cat "$results"/results/*-report-github.md
