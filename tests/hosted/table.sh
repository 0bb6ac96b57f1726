# shellcheck shell=bash disable=SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: runs the checks and keeps a row for each.

rows=()
failures=0

# check NAME FUNCTION [ARGUMENT...]: the function puts a short fact into $fact and returns 0 when all is well, 77 when it
# cannot be tried here, and anything else when it failed. It runs with errexit off, so every step has to pass on its failure.
check() {
  local started=$SECONDS status=0 verdict=ok
  fact=''
  "${@:2}" || status=$?
  case $status in
    0) ;;
    77) verdict=skipped ;;
    *) verdict=FAILED; failures=$((failures + 1)) ;;
  esac
  rows+=("$(printf '%-8s %-46s %4s s  %s' "$verdict" "$1" $((SECONDS - started)) "$fact")")
  printf '%s\n' "${rows[-1]}"
  [[ $verdict != FAILED ]] || end_run_under_way
}

# fails FACT, skips FACT: how a check ends early
fails() { fact=$*; return 1; }
skips() { fact=$*; return 77; }

# Prints the table, and what the host said when something failed.
print_table() {
  local log
  say "What the app did on this host, in $SECONDS s"
  printf '%s\n' "${rows[@]}"
  if ((failures == 0)); then return; fi
  say "FAILED: $failures of ${#rows[@]}. The end of the host's log:"
  log=$(tail -n 60 "$state/host.log")
  # The other secrets in there die with the services that they open.
  if [[ -n $key ]]; then log=${log//"$key"/***}; fi
  printf '%s\n' "$log"
  exit 1
}
