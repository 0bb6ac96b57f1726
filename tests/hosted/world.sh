# shellcheck shell=bash disable=SC2034,SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: everything but the host. All of it lives in $state and ends with the script.

# MiB a second that upstream gives one download: an image of some size is on its way for seconds, on every machine.
speed=16

start_world() {
  start_cloud & local cloud=$!
  start_azurite & local azurite=$!
  build
  start_upstream
  wait $cloud || die "Keystone and Glance do not start"
  wait $azurite || die "Azurite does not start"
  storage=$(AZURITE_DIR=$state/azurite tests/azurite.sh connection-string)
}

start_cloud() {
  tests/devcloud.sh install && DEVCLOUD_DIR=$state/devcloud DEVCLOUD_OWNER=$$ tests/devcloud.sh up
}

start_azurite() {
  tests/azurite.sh install && AZURITE_DIR=$state/azurite AZURITE_OWNER=$$ tests/azurite.sh up
}

# What would be deployed, in a folder that holds nothing of this machine's own settings
build() {
  dotnet publish src/Imgsync.Functions -c Release -o "$app" -v q -nologo -clp:NoSummary
  dotnet build tests/DemoUpstream -v q -nologo -clp:NoSummary
}

start_upstream() {
  upstream_port=$(free_ports 1)
  tests/DemoUpstream/bin/Debug/net10.0/DemoUpstream "$upstream" "$upstream_port" $speed >"$state/requests" &
  upstream_server=$!
  wait_until 60 listening "$upstream_port" || die "the upstream server does not start"
}

# publish DISTRIBUTION REVISION MEBIBYTES
publish() { tests/DemoUpstream/bin/Debug/net10.0/DemoUpstream publish "$upstream" "$@"; }

# image_bytes [DISTRIBUTION REVISION]: what upstream has served of all images, or of one of Debian's
image_bytes() {
  local pattern='[.](qcow2|img)$'
  (($# == 0)) || pattern="/debian-${1#debian}-[^/]*-$2[.]qcow2$"
  awk -v pattern="$pattern" '$2 ~ pattern { sum += $4 } END { print sum + 0 }' "$state/requests"
}

# How much Azurite holds, blocks that are not committed included
staged_bytes() { du -sb "$state/azurite/data/__blobstorage__" | cut -f 1; }

# wait_until SECONDS COMMAND...
wait_until() {
  local deadline=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

die() { say "FAILED: $*"; exit 1; }

# However the script ends; a second time does no harm.
stop_all() {
  kill_host
  [[ -z ${upstream_server:-} ]] || kill "$upstream_server" || true
  DEVCLOUD_DIR=$state/devcloud tests/devcloud.sh down --purge || true
  AZURITE_DIR=$state/azurite tests/azurite.sh down --purge || true
  rm -rf "$state"
} 2>/dev/null

# For the end that gives a script no time: Keystone, Glance and Azurite then look after themselves, and this after the rest.
stop_all_if_killed() {
  (
    trap '' INT TERM HUP
    tail --pid=$$ -f /dev/null
    pkill -KILL -f "^[^ ]*DemoUpstream $state/" || true
    stop_all
  ) >/dev/null 2>&1 </dev/null &
}
