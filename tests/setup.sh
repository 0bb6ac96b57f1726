# shellcheck shell=bash
# Sourced by test.sh and demo.sh: what both prepare before they start.

# shellcheck source=tests/machine.sh
. tests/machine.sh

# Makes $state, a folder for what this run keeps to itself. However the script ends, it goes with it, and so does every process
# that the script has started by then.
begin_run() {
  state=$(mktemp -d)
  mark=IMGSYNC_STATE=$state
  trap 'clean_up "$mark" "$state" 2>/dev/null' EXIT
  trap 'exit 130' INT TERM HUP
  clean_up_after $$ "$mark" "$state"
  export "${mark?}" TMPDIR=$state/tmp
  mkdir "$TMPDIR"
}

say() { printf '== %s\n' "$*"; }
