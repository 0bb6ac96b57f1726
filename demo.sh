#!/usr/bin/env bash
# Shows the main job on this machine: a small upstream tree of every family of distributions, a real Keystone and Glance, and
# 'imgsync sync' twice.
#
#   ./demo.sh           a later demo finds the images of an earlier one in Glance, and publishes nothing
#   ./demo.sh --fresh   forgets what earlier demos left
#
# It installs what is missing, which needs root or sudo. Its state is in .local/demo; nothing is left running.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")"

# shellcheck source=tests/setup.sh
. tests/setup.sh

demo=$PWD/.local/demo
distributions=(debian11 debian12 debian12-arm64 debian13 ubuntu22 ubuntu24 almalinux9 alpine amazon2023 arch centos-stream10
  fedora fedora-coreos flatcar-stable freebsd15 gentoo kali opensuse-leap16 oracle9 rocky9 talos)
families=(alma-kitten almalinux alpine amazon arch centos debian fedora fedora-coreos flatcar flatcar-beta flatcar-lts freebsd gentoo
  kali opensuse oracle rocky talos ubuntu)
export DEVCLOUD_DIR=$demo/devcloud

main() {
  case ${1:-} in
    "") ;;
    --fresh) tests/devcloud.sh down --purge; rm -rf "$demo" ;;
    *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  mkdir -p "$demo"
  begin_run

  say "Installing what is missing: Keystone, Glance, curl, jq"
  run tests/devcloud.sh install
  say "Building"
  run dotnet build src/Imgsync.Cli -v q -nologo -clp:NoSummary
  run dotnet build tests/DemoUpstream -v q -nologo -clp:NoSummary
  say "Starting Keystone and Glance"
  run tests/devcloud.sh up
  say "Publishing what every family would: images, some of them packed, lists of digests, pointers, signatures"
  start_upstream
  write_configuration

  say "First sync"
  sync_images
  say "Second sync: nothing is new, so no image byte may move"
  sync_images
  ((moved == 0)) || { say "FAILED: $moved bytes of images moved again"; exit 1; }

  show_and_verify
  use_cloud
  src/Imgsync.Cli/bin/Debug/net10.0/imgsync report --html "$demo/report.html" --config "$demo/imgsync.json" 2>/dev/null
  say "How it stands, as a page for a browser: $demo/report.html"
}

start_upstream() {
  [[ -s $demo/port ]] || free_ports 1 >"$demo/port"
  port=$(<"$demo/port")
  # What an earlier version published had two families only.
  [[ -d $demo/upstream/talos ]] || rm -rf "$demo/upstream"
  tests/DemoUpstream/bin/Debug/net10.0/DemoUpstream families "$demo/upstream" "$port" >"$demo/requests" &
  local upstream=$!
  until listening "$port"; do
    kill -0 $upstream || { say "FAILED: the upstream server does not start"; exit 1; }
    sleep 0.2
  done
}

write_configuration() {
  cat >"$demo/imgsync.json" <<J
{
  "catalog": "$demo/upstream/catalog.json",
  "publishers": {
$(for family in "${families[@]}"; do printf '    "%s": "http://127.0.0.1:%s/%s/"\n' "$family" "$port" "$family"; done | paste -sd ,)
  },
  "publish": { "prefix": "" },
  "staging": { "folder": "$demo/staging" },
  "signatures": { "keyrings": ["$demo/upstream/key.asc"], "keyServer": "" }
}
J
}

# Sets $moved to the bytes of images that upstream served meanwhile.
sync_images() {
  local before
  before=$(image_bytes)
  run sync_once
  moved=$(($(image_bytes) - before))
  say "$moved bytes of images came from upstream"
}

sync_once() {
  use_cloud
  src/Imgsync.Cli/bin/Debug/net10.0/imgsync sync "${distributions[@]}" --config "$demo/imgsync.json"
}

image_bytes() { awk '$2 ~ /\.(qcow2|img|xz)$/ { sum += $4 } END { print sum + 0 }' "$demo/requests"; }

# The OS_* variables of the user who publishes
use_cloud() {
  local variables
  variables=$(tests/devcloud.sh env syncer)
  eval "$variables"
}

show_and_verify() {
  local images token wrong=0 sum distribution id got verdict
  token=$(tests/devcloud.sh token syncer)
  glance=$(tests/devcloud.sh glance-url)
  images=$(glance_api "$token" "/v2/images?source=imgsync&limit=100&sort=name:asc")

  say "In Glance, and downloaded back from it"
  printf '%-32s %-8s %-8s %10s  %s\n' NAME STATUS SEEN-BY BYTES "CONTENT"
  for distribution in "${distributions[@]}"; do
    sum=$(awk -v key="$distribution" '$2 == key { print $1 }' "$demo/upstream/published.sha256")
    id=$(jq -r --arg key "$distribution" '[.images[] | select(."imgsync.distribution" == $key)][0].id // empty' <<<"$images")
    if [[ -z $id ]]; then
      printf '%-32s missing\n' "$distribution"
      wrong=$((wrong + 1))
      continue
    fi
    got=$(glance_api "$token" "/v2/images/$id/file" | sha256sum | cut -d' ' -f1)
    verdict="as published"
    [[ $got == "$sum" ]] || { verdict="NOT as published"; wrong=$((wrong + 1)); }
    jq -r --arg id "$id" '.images[] | select(.id == $id) | [.name, .status, .visibility, .size] | @tsv' <<<"$images" |
      while IFS=$'\t' read -r name status visibility size; do
        printf '%-32s %-8s %-8s %10s  %s\n' "$name" "$status" "$visibility" "$size" "$verdict"
      done
  done
  ((wrong == 0)) || { say "FAILED: $wrong images are missing or wrong"; exit 1; }
  say "All ${#distributions[@]} images are what upstream published"
}

glance_api() { curl -sS -f -m 120 -H "X-Auth-Token: $1" "$glance$2"; }

main "$@"
