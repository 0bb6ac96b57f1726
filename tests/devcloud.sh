#!/usr/bin/env bash
# A private, real OpenStack Keystone and Glance on 127.0.0.1, for tests.
#
# It runs Debian 12's own packages straight from a state folder, with SQLite, the file store and uWSGI: no systemd,
# no database server, no message queue, nothing below /etc. Several instances can run side by side.
#
#   devcloud.sh install          the Debian packages (root or sudo; the only command that needs it)
#   devcloud.sh up               creates the instance if it is new, starts it, waits until it is ready;
#                                exit code 4 when packages are missing
#   devcloud.sh down [--purge]   stops it; the state is kept unless purged
#   devcloud.sh status           exit code 0 when both services answer, 3 when they do not
#   devcloud.sh env [WHO]        export lines to sign in as syncer (default), admin, user, disabled or appcred
#   devcloud.sh token [WHO]      a token; 'devcloud.sh glance-url' says where to use it
#   devcloud.sh reset            deletes every image
#   devcloud.sh quota BYTES      how much one project may store; 0 for no limit
#   devcloud.sh cap BYTES        the largest image; 0 for Glance's default
#   devcloud.sh restart-glance | kill-glance | stop-keystone | start-keystone
#   devcloud.sh ports            two free ports
#
# Environment: DEVCLOUD_DIR (state folder), DEVCLOUD_KEYSTONE_PORT and DEVCLOUD_GLANCE_PORT (default: free ones),
# DEVCLOUD_TOKEN_SECONDS (a token's life), DEVCLOUD_TOKEN_CACHE_SECONDS (how long Glance believes one without asking),
# DEVCLOUD_SOCKET_TIMEOUT (how long a request body may stall), DEVCLOUD_OWNER (a process id: when that process ends,
# however it ends, the instance is purged). An instance keeps what it was created with.
set -euo pipefail
shopt -s inherit_errexit
umask 077
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TEMPLATES=$HERE/devcloud
# The libraries and uWSGI are enough: the packages keystone and glance-api bring questions, users and init scripts.
PACKAGES=(python3-keystone python3-glance uwsgi-core uwsgi-plugin-python3 curl jq)
REGION=RegionOne
READY_SECONDS=180
DIR=$(realpath -m "${DEVCLOUD_DIR:-${TMPDIR:-/tmp}/imgsync-devcloud}")
# All that this starts has it, this script included.
MARK=DEVCLOUD_INSTANCE=$DIR
[[ DEVCLOUD_INSTANCE=${DEVCLOUD_INSTANCE:-} == "$MARK" ]] || exec env "$MARK" "$HERE/devcloud.sh" "$@"

# shellcheck source=tests/machine.sh
. "$HERE/machine.sh"
# shellcheck source=tests/devcloud/identities.sh
. "$TEMPLATES/identities.sh"

say() { printf 'devcloud: %s\n' "$*" >&2; }
die() { say "FAILED: $*"; exit 1; }

up() {
  local command
  for command in uwsgi_python3 keystone-manage curl jq; do
    command -v $command >/dev/null || { say "$command is missing: run 'tests/devcloud.sh install' first"; exit 4; }
  done
  if [[ ! -e $DIR/instance ]]; then create_folder; fi
  lock
  load_instance
  if answers keystone && answers glance && [[ -e $DIR/.identities ]]; then say "already up: $KEYSTONE_URL $GLANCE_URL"; return; fi

  trap '[[ $? == 0 ]] || { stop glance; stop keystone; }' EXIT
  write_configuration
  create_databases
  start keystone
  start glance
  wait_for keystone
  create_identities
  wait_for glance
  wait_for_signed_in_request
  say "up after $SECONDS s: $KEYSTONE_URL $GLANCE_URL (state in $DIR)"
}

create_folder() {
  mkdir -p "$DIR"
  # What is left of one that was killed while it began
  rm -f "$DIR/instance.new"
  [[ -z $(find "$DIR" -mindepth 1 ! -name .lock -print -quit) ]] || die "$DIR is not empty, and no state folder of devcloud"
  [[ -z ${DEVCLOUD_OWNER:-} ]] || clean_up_after "$DEVCLOUD_OWNER" "$MARK" "$DIR"
}

down() {
  [[ -d $DIR ]] || { say "nothing to stop"; return; }
  lock
  stop glance
  stop keystone
  if [[ ${1:-} != --purge ]]; then say "stopped, state kept in $DIR"; return; fi
  [[ -e $DIR/instance ]] || die "$DIR does not look like a state folder of devcloud"
  rm -rf "$DIR"
  say "stopped, $DIR removed"
}

status() {
  local service code=0
  for service in keystone glance; do
    if answers $service; then say "$service is up"; else say "$service is down"; code=3; fi
  done
  return $code
}

restart_glance() {
  stop glance
  write_configuration
  start glance
  wait_for glance
}

# limit NAME BYTES
limit() {
  [[ ${2:-} =~ ^[0-9]+$ ]] || die "$1: give a number of bytes, 0 for no limit"
  printf '%s' "$2" >"$DIR/$1"
  restart_glance
  say "$1 is $2"
}

reset() {
  local hidden ids id token count=0
  token=$(sign_in admin)
  for hidden in false true; do
    while ids=$(curl -sS -f -m 30 -H "X-Auth-Token: $token" "$GLANCE_URL/v2/images?limit=500&os_hidden=$hidden" | jq -r '.images[].id') && [[ -n $ids ]]; do
      for id in $ids; do
        curl -sS -f -m 30 -o /dev/null -X PATCH -H "X-Auth-Token: $token" -H 'Content-Type: application/openstack-images-v2.1-json-patch' \
          -d '[{"op":"replace","path":"/protected","value":false}]' "$GLANCE_URL/v2/images/$id"
        curl -sS -f -m 30 -o /dev/null -X DELETE -H "X-Auth-Token: $token" "$GLANCE_URL/v2/images/$id"
        count=$((count + 1))
      done
    done
  done
  say "deleted $count images"
}

# One command at a time changes an instance. Started services must not inherit the lock: see start.
lock() {
  exec 9>"$DIR/.lock"
  flock -w 120 9 || die "another devcloud command holds $DIR/.lock"
}

# Reads what the instance was created with, or decides it.
load_instance() {
  if [[ ! -s $DIR/instance ]]; then
    local ports
    read -r -a ports < <(free_ports 2)
    printf '%s=%q\n' \
      KEYSTONE_PORT "${DEVCLOUD_KEYSTONE_PORT:-${ports[0]}}" \
      GLANCE_PORT "${DEVCLOUD_GLANCE_PORT:-${ports[1]}}" \
      TOKEN_SECONDS "${DEVCLOUD_TOKEN_SECONDS:-14400}" \
      TOKEN_CACHE_SECONDS "${DEVCLOUD_TOKEN_CACHE_SECONDS:-300}" \
      SOCKET_TIMEOUT "${DEVCLOUD_SOCKET_TIMEOUT:-60}" >"$DIR/instance.new"
    mv "$DIR/instance.new" "$DIR/instance"
  fi
  create_passwords
  # shellcheck disable=SC1091 # written at run time
  . "$DIR/instance"
  # shellcheck disable=SC1091 # written at run time
  . "$DIR/secrets"
  KEYSTONE_URL=http://127.0.0.1:$KEYSTONE_PORT/v3
  GLANCE_URL=http://127.0.0.1:$GLANCE_PORT
}

# shellcheck disable=SC2034 # the templates name these variables
write_configuration() {
  mkdir -p "$DIR"/{run,log,lock,keystone/{fernet-keys,credential-keys},glance/{images,spare,staging,tasks,policy.d}}
  QUOTA=$(limit_of quota 0)
  CAP=$(limit_of cap 1099511627776)
  echo '{}' >"$DIR/keystone/policy.yaml"
  render keystone.conf "$DIR/keystone/keystone.conf"
  render glance-api.conf "$DIR/glance/glance-api.conf"
  cp "$TEMPLATES"/{glance-image-import.conf,glance-api-paste.ini} "$DIR/glance/"
  # What a test has set for its own instance
  [[ ! -s $DIR/import.conf ]] || cp "$DIR/import.conf" "$DIR/glance/glance-image-import.conf"
  cp "$TEMPLATES/glance-policy.yaml" "$DIR/glance/policy.yaml"
  cp "$TEMPLATES/glance-property-protections.conf" "$DIR/glance/property-protections.conf"
  SERVICE=keystone PORT=$KEYSTONE_PORT THREADS=4 CONFIG_FOLDER_VARIABLE=OS_KEYSTONE_CONFIG_DIR render uwsgi.ini "$DIR/run/keystone.ini"
  SERVICE=glance PORT=$GLANCE_PORT THREADS=16 CONFIG_FOLDER_VARIABLE=OS_GLANCE_CONFIG_DIR render uwsgi.ini "$DIR/run/glance.ini"
}

# limit_of NAME DEFAULT
limit_of() {
  local bytes
  bytes=$(cat "$DIR/$1" 2>/dev/null || echo 0)
  if [[ $bytes == 0 ]]; then echo "$2"; else echo "$bytes"; fi
}

# render TEMPLATE FILE: every @NAME@ becomes the value of the variable of that name
render() {
  local text name
  text=$(<"$TEMPLATES/$1")
  while [[ $text =~ @([A-Za-z_]+)@ ]]; do
    name=${BASH_REMATCH[1]}
    text=${text//"@$name@"/"${!name}"}
  done
  printf '%s\n' "$text" >"$2"
}

# Once per state folder; a half-made one is started over. The two services are prepared side by side.
create_databases() {
  [[ ! -e $DIR/.databases ]] || return 0
  stop glance
  stop keystone
  rm -f "$DIR"/keystone/keystone.db* "$DIR"/glance/glance.db* "$DIR"/keystone/fernet-keys/* "$DIR/.identities"
  fernet_key >"$DIR/keystone/fernet-keys/0"
  fernet_key >"$DIR/keystone/fernet-keys/1"
  create_glance_database & local glance=$!
  create_keystone_database & local keystone=$!
  wait $glance || die "cannot create Glance's database (log: $DIR/log/setup-glance.log)"
  wait $keystone || die "cannot create Keystone's database (log: $DIR/log/setup-keystone.log)"
  touch "$DIR/.databases"
}

create_glance_database() {
  # glance-manage itself is in the service package; this is all it does.
  quietly setup-glance /usr/bin/python3 -W ignore -c 'import sys; from glance.cmd.manage import main; sys.exit(main())' \
    --config-file "$DIR/glance/glance-api.conf" db sync
  start glance
}

create_keystone_database() {
  quietly setup-keystone keystone-manage --config-file "$DIR/keystone/keystone.conf" db_sync
  # Otherwise one who writes and one who reads at the same time wait for each other, and after a minute fail.
  quietly setup-keystone /usr/bin/python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode=WAL")' \
    "$DIR/keystone/keystone.db"
  start keystone
  # shellcheck disable=SC2154 # read from the secrets file
  OS_BOOTSTRAP_PASSWORD=$admin_password quietly setup-keystone \
    keystone-manage --config-file "$DIR/keystone/keystone.conf" bootstrap \
    --bootstrap-username admin --bootstrap-project-name admin --bootstrap-role-name admin \
    --bootstrap-service-name keystone --bootstrap-region-id "$REGION" \
    --bootstrap-public-url "$KEYSTONE_URL" --bootstrap-internal-url "$KEYSTONE_URL" --bootstrap-admin-url "$KEYSTONE_URL"
}

fernet_key() { head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_'; }

# quietly LOG COMMAND...: the output goes to a log, and is shown when the command fails
quietly() {
  local log=$DIR/log/$1.log
  "${@:2}" >>"$log" 2>&1 </dev/null || { tail -n 15 "$log" >&2; return 1; }
}

start() {
  ! alive "$1" || return 0
  local port=KEYSTONE_PORT
  [[ $1 == keystone ]] || port=GLANCE_PORT
  ! listening "${!port}" || die "port ${!port} is taken by another program (set DEVCLOUD_$port)"
  rm -f "$DIR/run/$1.pid"
  quietly "$1-uwsgi" uwsgi_python3 --ini "$DIR/run/$1.ini" 9>&-
}

# stop SERVICE [SIGNAL]
stop() {
  local pid i
  if alive "$1"; then
    pid=$(<"$DIR/run/$1.pid")
    if [[ ${2:-TERM} == KILL ]]; then kill_tree "$pid"; else kill -TERM "$pid" 2>/dev/null || true; fi
    for ((i = 0; i < 150; i++)); do
      alive "$1" || break
      sleep 0.1
    done
    ! alive "$1" || { kill_tree "$pid"; sleep 0.3; }
    ! alive "$1" || die "$1 (process $pid) does not stop"
  fi
  rm -f "$DIR/run/$1.pid"
}

# The master would replace a worker that died before it.
kill_tree() {
  local workers
  workers=$(cat /proc/"$1"/task/*/children 2>/dev/null) || true
  # shellcheck disable=SC2086 # one word per process
  kill -KILL "$1" $workers 2>/dev/null || true
}

# A pid file can outlive its process, and the number may be another program's by now.
alive() {
  local pid
  pid=$(cat "$DIR/run/$1.pid" 2>/dev/null) && [[ -n $pid ]] && grep -qzaF -- "$DIR/run/$1.ini" "/proc/$pid/cmdline" 2>/dev/null
}

answers() {
  case $1 in
    keystone) alive keystone && [[ $(http_status "$KEYSTONE_URL") == 200 ]] ;;
    glance) alive glance && [[ $(http_status "$GLANCE_URL/versions") == 200 ]] ;;
  esac
}

http_status() { curl -sS -o /dev/null -m 10 -w '%{http_code}' "$@" 2>/dev/null || true; }

wait_for() {
  local deadline=$((SECONDS + READY_SECONDS))
  until answers "$1"; do
    # The pid file appears a moment after the start.
    sleep 0.1
    alive "$1" || sleep 1
    if ! alive "$1" || ((SECONDS > deadline)); then
      tail -n 20 "$DIR/log/$1-uwsgi.log" >&2
      die "$1 does not answer (logs in $DIR/log)"
    fi
  done
}

# Ready means that Glance takes a token of Keystone's.
wait_for_signed_in_request() {
  local status deadline=$((SECONDS + READY_SECONDS))
  until status=$(http_status -H "X-Auth-Token: $(sign_in syncer)" "$GLANCE_URL/v2/images?limit=1") && [[ $status == 200 ]]; do
    ((SECONDS < deadline)) || die "Glance answers $status to a signed-in request (logs in $DIR/log)"
    sleep 0.3
  done
}

existing() {
  [[ -s $DIR/instance ]] || die "there is no instance in $DIR: run 'devcloud.sh up'"
  load_instance
}

case ${1:-} in
  install) need "${PACKAGES[@]}" ;;
  up) up ;;
  down) down "${2:-}" ;;
  status) existing; status ;;
  env) existing; print_credentials "${2:-syncer}" ;;
  token) existing; sign_in "${2:-syncer}" ;;
  glance-url) existing; echo "$GLANCE_URL" ;;
  reset) existing; lock; reset ;;
  quota | cap) existing; lock; limit "$1" "${2:-}" ;;
  restart-glance) existing; lock; restart_glance ;;
  kill-glance) existing; lock; stop glance KILL ;;
  stop-keystone) existing; lock; stop keystone ;;
  start-keystone) existing; lock; start keystone; wait_for keystone ;;
  ports) free_ports 2 ;;
  *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
