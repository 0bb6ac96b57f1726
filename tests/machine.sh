# shellcheck shell=bash
# Sourced: what the scripts ask of the machine they run on.

# need NAME...: fails with the reason where it cannot install what is missing
need() {
  local missing=() package log attempt
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || { echo "missing: ${missing[*]} (this is not Debian, install them by hand)" >&2; return 1; }
  local as_root=()
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || { echo "missing: ${missing[*]} (installing them needs root or sudo)" >&2; return 1; }
    as_root=(sudo)
  fi

  echo "installing ${missing[*]}" >&2
  log=$(mktemp)
  for attempt in 1 2 3; do
    # A fresh machine has no package lists, a long-lived one has stale ones: the second attempt cures both.
    ((attempt == 1)) || "${as_root[@]}" apt-get -q update -o DPkg::Lock::Timeout=120 >>"$log" 2>&1 </dev/null || continue
    if without_starting_services "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
      -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "${missing[@]}" >>"$log" 2>&1 </dev/null; then
      rm -f "$log"
      return 0
    fi
  done
  tail -n 15 "$log" >&2
  echo "apt-get could not install ${missing[*]} (whole log: $log)" >&2
  return 1
}

# Packages start their services unless this file says no; ours goes away again, an existing one is left alone.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  [[ ! -e $policy ]] || { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" install -m 755 /dev/stdin "$policy"
  "$@" || status=$?
  "${as_root[@]}" rm -f "$policy"
  return $status
}

# free_ports COUNT: below the ephemeral range, so that no outgoing connection takes them before their server does
free_ports() {
  local ports=() port
  while ((${#ports[@]} < $1)); do
    port=$((20000 + RANDOM % 12000))
    [[ " ${ports[*]} " == *" $port "* ]] || listening "$port" || ports+=("$port")
  done
  echo "${ports[@]}"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
