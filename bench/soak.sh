#!/usr/bin/env bash
# Many syncs against a real Keystone and Glance, while a publisher goes on publishing and random faults strike: runs killed and
# interrupted, connections cut, reset, stalled and refused, images damaged. Invariants are checked all the while.
#
#   bench/soak.sh [SYNCS [SEED]]      200 syncs by default; the same seed draws the same faults
#
# The last line says runs, faults by kind, invariants checked and violations. Exit code 1 when there was one. Nothing is left running.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=bench/services.sh
. bench/services.sh

syncs=${1:-200} seed=${2:-$RANDOM}
[[ $syncs$seed =~ ^[0-9]+$ ]] || { sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; }

# shellcheck disable=SC2034 # start_services looks
build=build_managed
start_services
IMGSYNC_TEST_CLOUD=$DEVCLOUD_DIR "$workbench" soak "$syncs" "$seed" "$imgsync.dll"
