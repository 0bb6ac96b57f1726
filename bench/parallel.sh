#!/usr/bin/env bash
# What upstream.parallelStreams brings: the time of one whole pass over an image, hashes included, with 1, 2, 4 and 8 connections,
# from a publisher on loopback that holds every answer back for 50 ms and gives each connection 8 MiB a second, then from one that
# limits nothing. The four take turns; the medians count.
#
#   bench/parallel.sh [ROUNDS]      3 by default
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; }
dotnet build bench/Workbench -c Release -v q -nologo -clp:NoSummary
workbench=bench/Workbench/bin/Release/net10.0/Workbench

echo "128 MiB, 8 MiB a second for each connection:"
$workbench parallel 128 8 50 "$rounds"
echo "512 MiB, no limit:"
$workbench parallel 512 0 50 "$rounds"
