#!/usr/bin/env bash
# Simulates the hosted workflow at growing numbers of distributions and clouds, up to 200 × 100, and prints what it asks of its engine:
# activities in flight, histories and their events, replay time, storage operations, and what a month of it costs.
#
#   bench/hosted.sh
#
# The tables are Markdown, on standard output. Needs no cloud and no storage; takes a minute or two.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ${1:-} == --help || ${1:-} == -h ]]; then sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit; fi

dotnet build bench/Hosted -c Release -v q -nologo -clp:NoSummary >&2
exec dotnet bench/Hosted/bin/Release/net10.0/Imgsync.Hosted.dll
