#!/usr/bin/env bash
# Azurite, the emulator of Azure's blob, queue and table storage, on 127.0.0.1 for tests.
#
#   azurite.sh install             npm's packages, as tests/azurite/package-lock.json names them
#   azurite.sh up                  starts it, or starts it again; waits until it answers; exit code 4 when not installed
#   azurite.sh down [--purge]      stops it; the stored blobs are kept unless purged
#   azurite.sh kill                the same without letting it say goodbye
#   azurite.sh connection-string   how to reach it
#
# Environment: AZURITE_DIR (state folder, one per instance), AZURITE_CERT and AZURITE_KEY (PEM files: it speaks https, and
# takes tokens of any Entra ID, whoever has signed them), AZURITE_OWNER (a process id: when that process ends, however
# it ends, the instance is purged). An instance keeps its ports.
set -euo pipefail
shopt -s inherit_errexit
umask 077

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
PROGRAM=$HERE/azurite/node_modules/azurite/dist/src/azurite.js
DIR=$(realpath -m "${AZURITE_DIR:-${TMPDIR:-/tmp}/imgsync-azurite}")
# All that this starts has it, this script included.
MARK=AZURITE_INSTANCE=$DIR
[[ AZURITE_INSTANCE=${AZURITE_INSTANCE:-} == "$MARK" ]] || exec env "$MARK" "$HERE/azurite.sh" "$@"
ACCOUNT=imgsync
READY_SECONDS=180

# shellcheck source=tests/machine.sh
. "$HERE/machine.sh"

say() { printf 'azurite: %s\n' "$*" >&2; }
die() { say "FAILED: $*"; exit 1; }

install_packages() {
  command -v npm >/dev/null || { say "npm is missing: install Node.js first"; exit 4; }
  exec 9<"$HERE/azurite/package.json" # one at a time
  flock 9
  local wanted=$HERE/azurite/package-lock.json installed=$HERE/azurite/node_modules/.package-lock.json
  [[ ! $installed -nt $wanted ]] || return 0
  say "installing"
  # Nothing of it is compiled: no package's own script needs to run.
  npm --prefix "$HERE/azurite" ci --ignore-scripts --loglevel=error >&2
}

up() {
  [[ -e $PROGRAM ]] || { say "Azurite is not installed: run 'tests/azurite.sh install' first"; exit 4; }
  if [[ ! -e $DIR/instance ]]; then create_folder; fi
  load_instance
  ! alive || return 0
  local port pid
  for port in "$BLOB_PORT" "$QUEUE_PORT" "$TABLE_PORT"; do
    ! listening "$port" || die "port $port is taken by another program"
  done
  local tls=()
  [[ -z ${AZURITE_CERT:-} ]] || tls=(--oauth basic --cert "$AZURITE_CERT" --key "${AZURITE_KEY:?}")
  AZURITE_ACCOUNTS=$ACCOUNT:$KEY setsid node "$PROGRAM" --location "$DIR/data" --silent --disableTelemetry --skipApiVersionCheck "${tls[@]}" \
    --blobHost 127.0.0.1 --blobPort "$BLOB_PORT" --queueHost 127.0.0.1 --queuePort "$QUEUE_PORT" --tableHost 127.0.0.1 --tablePort "$TABLE_PORT" \
    >>"$DIR/log" 2>&1 </dev/null &
  pid=$!
  echo $pid >"$DIR/pid"
  wait_for_ports $pid
}

create_folder() {
  mkdir -p "$DIR"
  # What is left of one that was killed while it began
  rm -f "$DIR/instance.new"
  [[ -z $(ls -A "$DIR") ]] || die "$DIR is not empty, and no state folder of azurite"
  [[ -z ${AZURITE_OWNER:-} ]] || clean_up_after "$AZURITE_OWNER" "$MARK" "$DIR"
}

# Reads the ports and the account's key of an instance, or decides them.
load_instance() {
  if [[ ! -s $DIR/instance ]]; then
    local ports
    read -r -a ports < <(free_ports 3)
    printf '%s=%s\n' BLOB_PORT "${ports[0]}" QUEUE_PORT "${ports[1]}" TABLE_PORT "${ports[2]}" \
      KEY "$(head -c 64 /dev/urandom | base64 -w0)" >"$DIR/instance.new"
    mv "$DIR/instance.new" "$DIR/instance"
  fi
  # shellcheck disable=SC1091 # written at run time
  . "$DIR/instance"
}

# wait_for_ports PID: its command line may not be node's yet, so that alive would not know it
wait_for_ports() {
  local deadline=$((SECONDS + READY_SECONDS))
  until listening "$BLOB_PORT" && listening "$QUEUE_PORT" && listening "$TABLE_PORT"; do
    sleep 0.1
    if ! kill -0 "$1" 2>/dev/null || ((SECONDS > deadline)); then
      tail -n 20 "$DIR/log" >&2
      die "it does not start"
    fi
  done
}

# stop [SIGNAL]
stop() {
  local pid i
  alive || return 0
  pid=$(<"$DIR/pid")
  kill "-${1:-TERM}" "$pid" 2>/dev/null || true
  for ((i = 0; i < 100; i++)); do
    alive || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

# A pid file can outlive its process, and the number may be another program's by now.
alive() {
  local pid
  pid=$(cat "$DIR/pid" 2>/dev/null) && grep -qzaF -- "$DIR/data" "/proc/$pid/cmdline" 2>/dev/null
}

down() {
  stop
  [[ ${1:-} != --purge ]] || rm -rf "$DIR"
}

connection_string() {
  [[ -s $DIR/instance ]] || die "there is no instance in $DIR: run 'azurite.sh up'"
  load_instance
  printf 'DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;' "$ACCOUNT" "$KEY"
  printf 'BlobEndpoint=http://127.0.0.1:%s/%s;' "$BLOB_PORT" "$ACCOUNT"
  printf 'QueueEndpoint=http://127.0.0.1:%s/%s;' "$QUEUE_PORT" "$ACCOUNT"
  printf 'TableEndpoint=http://127.0.0.1:%s/%s;\n' "$TABLE_PORT" "$ACCOUNT"
}

case ${1:-} in
  install) install_packages ;;
  up) up ;;
  down) down "${2:-}" ;;
  kill) stop KILL ;;
  connection-string) connection_string ;;
  *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
