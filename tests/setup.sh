# shellcheck shell=bash
# Sourced by test.sh and demo.sh: what both prepare before they start.

# shellcheck source=tests/machine.sh
. tests/machine.sh

say() { printf '== %s\n' "$*"; }
