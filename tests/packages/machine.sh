# shellcheck shell=bash disable=SC2154 # tests/packages.sh sets $state and $machine
# Sourced by tests/packages.sh: a clean Debian that runs, in namespaces of its own on this machine's network.

# What Debian's installer gives every server, and nothing else
debian_packages=(systemd sudo)
debian_cache=.local/debian/root.tar

# Makes $machine from the kept one; that is made first where there is none, or none that is fresh.
clean_debian() {
  kept_debian
  mkdir "$machine"
  tar -x -f "$debian_cache" -C "$machine" --numeric-owner
}

kept_debian() { [[ -n $(find "$debian_cache" -mtime -30 2>/dev/null) ]] || make_debian; }

make_debian() {
  local mirror suite
  # This machine's own mirror, whatever it is
  # shellcheck disable=SC2016 # apt-get expands it
  read -r mirror suite < <(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | grep -v -e security -e updates | head -n 1)
  say "Making a clean Debian ($suite)"
  mkdir -p "${debian_cache%/*}"
  # With the package's dependencies at hand, so that the minute measured is not the mirror's; no timers of Debian's, and somebody who may use sudo.
  # shellcheck disable=SC2016 # mmdebstrap gives the folder
  mmdebstrap --quiet --variant=minbase --format=tar --include="$(IFS=,; echo "${debian_packages[*]}")" --skip=cleanup/apt \
    --customize-hook='chroot "$1" apt-get -qq install -y --no-install-recommends --download-only adduser ca-certificates openssl tzdata >/dev/null' \
    --customize-hook='rm -f "$1"/etc/systemd/system/timers.target.wants/*' \
    --customize-hook='chroot "$1" useradd --create-home --shell /bin/bash alice' \
    --customize-hook='echo "alice ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/alice"' \
    "$suite" "$debian_cache.new" "$mirror" >"$state/mmdebstrap" 2>&1 || { tail -n 15 "$state/mmdebstrap" >&2; return 1; }
  mv "$debian_cache.new" "$debian_cache"
}

# Starts systemd in $machine, and sets $init to its process. All that runs in there ends with it, and it with this script.
boot() {
  local groups
  groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
  [[ -n $groups ]] || cannot "there are no cgroups of version 2 here, without which systemd does not start"
  mkdir -p "$groups/imgsync-${state##*/}"
  trap 'clean_up "$mark" "$state" 2>/dev/null; rmdir_groups '"'$groups/imgsync-${state##*/}'" EXIT
  (
    echo 0 >"$groups/imgsync-${state##*/}/cgroup.procs"
    exec unshare --fork --kill-child --pid --mount --uts --ipc --cgroup bash tests/packages/init.sh "$machine"
  ) >"$state/boot" 2>&1 &
  local outside=$! deadline=$((SECONDS + 60))
  until init=$(pgrep -P $outside) && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'; do
    if ((SECONDS >= deadline)) || ! kill -0 $outside; then cat "$state/boot"; die "systemd does not start"; fi
    sleep 0.2
  done
}

rmdir_groups() { find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true; }

# inside COMMAND...: as root, in the machine that runs
inside() {
  env -i "$mark" PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    nsenter --target "$init" --mount --uts --ipc --pid --cgroup --root --wdns=/ -- "$@"
}

# alice SCRIPT: as its administrator, who has sudo
alice() { inside setpriv --reuid alice --regid alice --init-groups env HOME=/home/alice bash -c "cd && $1"; }
