#!/usr/bin/env bash
# Tries the built app on a Functions host, with a real Keystone, Glance and Azurite and the demo's upstream.
#
#   tests/hosted.sh [--host 'COMMAND'] [--key KEY]
#
#   COMMAND  starts a Functions host on port PORT. It is run in the built app's folder with PORT, AzureWebJobsScriptRoot,
#            ASPNETCORE_URLS, AzureWebJobsStorage, FUNCTIONS_WORKER_RUNTIME and the app's settings in its environment.
#            Default: func start --port $PORT, where Azure Functions Core Tools are installed
#   KEY      the host's master key. Without one the checks that need it are skipped, and said to be
#
# A table at the end has a row for each check. The exit code is 1 when one failed, 77 when there is no host to try.
# It installs what is missing, which needs root or sudo, takes up to six minutes, and leaves nothing running.
set -euo pipefail
shopt -s inherit_errexit
umask 077
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=tests/setup.sh
. tests/setup.sh
# shellcheck source=tests/hosted/table.sh
. tests/hosted/table.sh
# shellcheck source=tests/hosted/world.sh
. tests/hosted/world.sh
# shellcheck source=tests/hosted/host.sh
. tests/hosted/host.sh
# shellcheck source=tests/hosted/requests.sh
. tests/hosted/requests.sh
# shellcheck source=tests/hosted/images.sh
. tests/hosted/images.sh
# shellcheck source=tests/hosted/checks.sh
. tests/hosted/checks.sh
# shellcheck source=tests/hosted/slips.sh
. tests/hosted/slips.sh

main() {
  read_arguments "$@"
  trap stop_all EXIT
  trap 'exit 130' INT TERM HUP
  state=$(mktemp -d)
  app=$state/app upstream=$state/upstream
  stop_all_if_killed

  say "Building the app, starting Keystone, Glance and Azurite, publishing what Debian and Ubuntu would"
  start_world
  say "Starting the host"
  one_cloud_settings
  start_host
  check_everything
  print_table
}

read_arguments() {
  command='' key=''
  while (($#)); do
    case $1 in
      --host) (($# > 1)) || explain 2; command=$2; shift 2 ;;
      --key) (($# > 1)) || explain 2; key=$2; shift 2 ;;
      --help | -h) explain 0 ;;
      *) explain 2 ;;
    esac
  done
  if [[ -n $command ]]; then return; fi
  command -v func >/dev/null || {
    say "There is no Functions host here: npm install --global azure-functions-core-tools@4, or say with --host how to start one"
    exit 77
  }
  # shellcheck disable=SC2016,SC2034 # the shell that host.sh starts knows PORT
  command='func start --port $PORT'
}

explain() {
  sed -n '2,/^set -euo/s/^# \{0,1\}//p' tests/hosted.sh
  exit "$1"
}

check_everything() {
  say "Trying the app"
  check "the functions are listed" functions_are_listed
  check "the timer starts a run" timer_starts_a_run
  check "the first run publishes everything" first_run_publishes_everything
  check "images are active, public and as published" as_published
  check "status and run tell of it" status_and_run_tell
  check "a second run moves no image byte" second_run_moves_nothing

  check "400: malformed" refused '{"distributions": ['
  check "400: unknown member" refused '{"distribution": ["debian12"]}'
  check "400: unknown distribution" refused '{"distributions": ["debian99"]}'
  check "400: too large" refused_as_too_large
  check "404: no such run" no_such_run
  check "401: without a key" unauthorized
  check "401: with a wrong key" unauthorized -H 'x-functions-key: wrong'

  check "409: a run is under way" second_start_is_refused
  check "a cancelled run ends, and leaves images out" cancelled_run_ends
  check "409: the run has ended" cancelling_again_is_refused
  check "new revisions replace the old ones" new_revisions_replace_old_ones

  check "the worker is killed in the middle" survives kill_worker debian11 20260910-1900
  check "host and worker are killed in the middle" survives kill_and_restart_host debian12 20260910-1900
  check "two clouds, one down" two_clouds_one_down
  check "a wrong schedule is told" wrong_schedule_is_told
  check "a wrong distribution fails alone" wrong_distribution_fails_alone
  check "nothing half made is left" nothing_half_made_is_left
  check "503: unusable settings are told" unusable_settings_are_told
  check "the timer tells of them, and nothing restarts" timer_tells_of_unusable_settings
}

main "$@"
