# shellcheck shell=bash
# Sourced: what the scripts ask of the machine they run on.

# Each says whose a process is: the scripts give it to all that they start, see processes_of.
marks=(IMGSYNC_STATE DEVCLOUD_INSTANCE AZURITE_INSTANCE)
unmarked=(env "${marks[@]/#/--unset=}")

# need NAME...: fails with the reason where it cannot install what is missing
need() {
  local missing=() package
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
  # Once begun it ends by itself, whoever is killed meanwhile: a half-installed package would stay.
  # shellcheck disable=SC2016 # the shell that is started expands it
  "${as_root[@]}" setsid --wait "${unmarked[@]}" --unset=TMPDIR bash -c '. "$0"; install_as_root "$@"' "${BASH_SOURCE[0]}" "${missing[@]}"
}

install_as_root() {
  local log attempt
  log=$(mktemp)
  exec 9<"${BASH_SOURCE[0]}" # one at a time: two would ask for the package lists at once, and undo each other's policy-rc.d
  flock 9
  for attempt in 1 2 3; do
    # A fresh machine has no package lists, a long-lived one has stale ones: the second attempt cures both.
    ((attempt == 1)) || apt-get -q update -o DPkg::Lock::Timeout=120 >>"$log" 2>&1 </dev/null 9>&- || continue
    if without_starting_services env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
      -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1 </dev/null 9>&-; then
      rm -f "$log"
      return 0
    fi
  done
  tail -n 15 "$log" >&2
  echo "apt-get could not install $* (whole log: $log)" >&2
  return 1
}

# Packages start their services unless this file says no; ours goes away again, an existing one is left alone.
without_starting_services() {
  local policy=/usr/sbin/policy-rc.d status=0
  [[ ! -e $policy ]] || { "$@"; return; }
  printf '#!/bin/sh\nexit 101\n' | install -m 755 /dev/stdin "$policy"
  "$@" || status=$?
  rm -f "$policy"
  return "$status"
}

# clean_up_after PROCESS MARK=VALUE FOLDER: when that process ends, however it ends, so do all that have the mark, and the
# folder goes. It is begun before anything else is, and a signal to the caller's group does not meet it.
clean_up_after() {
  # shellcheck disable=SC2016 # the shell that is started expands it
  setsid "${unmarked[@]}" bash -c '. "$0"; trap "" INT TERM HUP; wait_for_end "$1"; clean_up "${@:2}"' "${BASH_SOURCE[0]}" "$@" \
    >/dev/null 2>&1 </dev/null &
}

# clean_up MARK=VALUE FOLDER
clean_up() {
  end_processes "$1"
  awk -v folder="$2/" 'index($2, folder) == 1 { print $2 }' /proc/self/mounts | xargs -r umount --lazy
  rm -rf "$2"
}

# Twice in a row there must be none: one that is about to run another program has no environment for a moment.
end_processes() {
  local processes attempt none=0 signal=TERM
  for ((attempt = 0; none < 2; attempt++)); do
    processes=$(processes_of "$1")
    # shellcheck disable=SC2086 # one word per process
    if [[ -z $processes ]]; then none=$((none + 1)); else none=0; kill -$signal $processes 2>/dev/null || true; fi
    ((attempt < 25)) || signal=KILL
    "${unmarked[@]}" sleep 0.2
  done
}

# processes_of MARK=VALUE: all that were started with it
processes_of() {
  "${unmarked[@]}" grep -lzxF -- "$1" /proc/[0-9]*/environ 2>/dev/null | "${unmarked[@]}" cut -d / -f 3 || true
}

# One that has ended and that its parent has not asked about yet, a zombie, has ended.
wait_for_end() {
  while grep -q '^State:[[:space:]]*[^XZ]' "/proc/$1/status" 2>/dev/null; do sleep 0.5; done
}

# The trap of a signal waits for what runs in the foreground: this lets it run at once.
run() {
  "$@" &
  wait $!
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
