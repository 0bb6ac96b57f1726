#!/usr/bin/env bash
# Kills test.sh and demo.sh at several moments with several signals, and looks whether anything is left: a process whose
# command line or environment names their folder for temporary files, or something in that folder.
#
# One line for each try; exit code 1 when something was left. It takes about three minutes, most of them waiting for
# services and builds, so .ci/run leaves it out: run it when one of the scripts changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0 tries=0

# try SIGNAL WHOM SECONDS LINE SCRIPT...: sends it that long after the script has said the line; WHOM is 'script' or 'group'
try() {
  local signal=$1 whom=$2 seconds=$3 line=$4 process reached=$SECONDS
  tries=$((tries + 1))
  folder=$work/$tries
  mkdir "$folder"
  # A shell without job control lets what it starts in the background ignore SIGINT.
  TMPDIR=$folder setsid env --default-signal=INT,TERM,HUP PATH="${stubs:+$stubs:}$PATH" "${@:5}" >"$work/said" 2>&1 </dev/null &
  process=$!
  until grep -qF -- "$line" "$work/said"; do
    if ! kill -0 $process 2>/dev/null || ((SECONDS - reached > 300)); then
      echo "FAILED   ${*:5} ended before it said '$line':"
      cat "$work/said"
      exit 1
    fi
    sleep 0.05
  done
  sleep "$seconds"
  kill -0 $process || { echo "FAILED   ${*:5} had ended before $seconds s were over"; exit 1; }
  if [[ $whom == group ]]; then kill "-$signal" -- -$process; else kill "-$signal" $process; fi
  wait $process 2>/dev/null || true
  tell "SIG$signal to the $whom of $5, $seconds s after '$line'"
}

# tell TRY: waits half a minute at most
tell() {
  local killed=$SECONDS
  until [[ -z $(left) ]]; do
    if ((SECONDS - killed > 30)); then
      failures=$((failures + 1))
      echo "FAILED   $1: left behind"
      left | sed 's/^/         /'
      return
    fi
    sleep 0.3
  done
  echo "ok       $1: nothing left after $((SECONDS - killed)) s"
}

left() {
  local process command
  grep -lsF -- "$folder" /proc/[0-9]*/{environ,cmdline} | cut -d / -f 3 | sort -u | while read -r process; do
    if command=$(tr '\0' ' ' <"/proc/$process/cmdline"); then echo "process $process: $command"; fi 2>/dev/null
  done || true
  [[ ! -d $folder ]] || find "$folder" -mindepth 1 -maxdepth 1
}

# An installation that has begun is brought to its end: package manager and packages are made up here.
try_installing() {
  local policy=/usr/sbin/policy-rc.d before
  if [[ $(id -u) != 0 ]]; then echo "skipped  while installing: only root may"; return; fi
  before=$(ls "$policy" 2>&1 || true)
  mkdir "$work/stubs"
  printf '#!/bin/sh\nexit 1\n' >"$work/stubs/dpkg-query"
  printf '#!/bin/sh\nsleep 5\ntouch "%s/installed"\n' "$work" >"$work/stubs/apt-get"
  chmod +x "$work"/stubs/*
  stubs=$work/stubs
  try KILL group 1 "installing qemu-utils gpg" "${test_sh[@]}"
  stubs=''
  sleep 6
  if [[ -e $work/installed && $(ls "$policy" 2>&1 || true) == "$before" ]]; then echo "ok       what it was installing is installed"; return; fi
  failures=$((failures + 1))
  echo "FAILED   the installation was broken off, or has left $policy"
}

test_sh=(./test.sh --filter-class "*.SyncTests")
stubs=''

try_installing
try KILL script 0 "== Preparing" "${test_sh[@]}"
try KILL script 0.5 "== Building" "${test_sh[@]}"
try KILL group 3 "== Building" "${test_sh[@]}"
try TERM script 6 "== Building" "${test_sh[@]}"
try HUP group 10 "== Building" "${test_sh[@]}"
try KILL script 3 "== Testing" "${test_sh[@]}"
try INT group 8 "== Testing" "${test_sh[@]}"
try KILL group 1 "== First sync" ./demo.sh
((failures == 0))
