#!/usr/bin/env bash
# What upstream.parallelStreams brings: the time of one whole pass over an image, hashes included, with 1, 2, 4 and 8 connections,
# from a publisher on loopback that holds every answer back for 50 ms. It gives each connection 8 MiB a second, then 2, and then
# limits nothing. The four take turns; the medians count.
#
#   bench/parallel.sh [ROUNDS]      3 by default
#
# The tables are Markdown, on standard output: seconds, how many times as fast as one connection that is, and the most connections
# that the publisher saw. Needs no cloud; takes five minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
usage() { sed -n '2,/^set -euo/{/^set/!s/^# \{0,1\}//p}' "$0"; }
if [[ ${1:-} == --help || ${1:-} == -h ]]; then usage; exit; fi

rounds=${1:-3}
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
dotnet build bench/Workbench -c Release -v q -nologo -clp:NoSummary >&2
workbench=bench/Workbench/bin/Release/net10.0/Workbench

# measure TITLE MIB RATE
measure() { printf '%s:\n\n' "$1"; $workbench parallel "$2" "$3" 50 "$rounds"; echo; }

measure "96 MiB, 8 MiB a second for each connection" 96 8
measure "32 MiB, 2 MiB a second for each connection" 32 2
measure "512 MiB, no limit" 512 0
