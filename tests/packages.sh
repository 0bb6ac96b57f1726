#!/usr/bin/env bash
# Tries what ./release.sh makes: installs the package on a clean Debian of its own, with systemd running in it, and does there what the
# README's quick start says, against a real Keystone and Glance; upgrades, removes, purges; starts the container's root folder.
#
#   tests/packages.sh              builds linux-x64 only; about a minute beside that build
#   tests/packages.sh --twice      makes the whole release twice besides, from a tag and once without root, and compares the bytes; about twenty minutes
#   tests/packages.sh --musl       makes the file for musl, too, and starts it where only musl is; about three minutes the first time
#   tests/packages.sh --made DIR   tries the files in DIR instead of building
#   tests/packages.sh --prepare    installs what it needs and makes the clean Debian, no more
#   tests/packages.sh --program    runs the tests of the command line on the released file besides; about four minutes
#
# It needs root (or sudo) for the clean Debian, which is kept in .local/debian and made anew after a month, and Debian's mirror for that and for
# the container. Exit code 77: it cannot be tried here. A table at the end has a row for each check. Nothing is left running.
set -euo pipefail
shopt -s inherit_errexit
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=tests/setup.sh
. tests/setup.sh
# shellcheck source=tests/packages/machine.sh
. tests/packages/machine.sh
# shellcheck source=tests/packages/checks.sh
. tests/packages/checks.sh

main() {
  if [[ $(id -u) != 0 ]]; then
    sudo -n true 2>/dev/null || cannot "it needs root, or sudo without a password"
    exec sudo --preserve-env=CI,PATH "$0" "$@"
  fi
  local twice=no program=no musl=no prepare=no given=
  while (($#)); do
    case $1 in
      --twice) twice=yes ;;
      --musl) musl=yes ;;
      --prepare) prepare=yes ;;
      --made) given=${2:?--made needs a folder}; shift ;;
      --program) program=yes ;;
      *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
  done
  begin_run
  made=${given:-$state/made} machine=$state/machine
  export DEVCLOUD_DIR=$state/devcloud

  say "Preparing: packages of this machine, a clean Debian, Keystone and Glance"
  need binutils curl gcc jq libc6-dev lintian mmdebstrap rpm unzip xz-utils zip
  [[ $twice == no ]] || need gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  if [[ $prepare == yes ]]; then kept_debian || die "no clean Debian can be made"; return; fi
  { tests/devcloud.sh install && tests/devcloud.sh up; } & local cloud=$!
  clean_debian & local debian=$!
  [[ -n $given ]] || run ./release.sh --snapshot --into "$made" linux-x64
  begin_lintian
  wait $debian || die "no clean Debian can be made"
  wait $cloud || die "Keystone and Glance do not start"
  later_package
  run dotnet build tests/DemoUpstream -v q -nologo -clp:NoSummary
  start_upstream
  boot

  say "Checking"
  check "lintian has no complaint" package_is_clean
  check "Exposure of the unit, by systemd-analyze" unit_is_confined
  check "Contents of the archive, the rpm and the sums" files_are_complete
  check "What release.sh refuses" refusals
  check "README's quick start, on a clean Debian" quick_start
  check "Published as upstream has them" images_are_published
  check "A second run moves no image" second_run
  check "The timer is on, and would start the service" timer_is_on
  check "An upgrade keeps settings and timer" upgrade
  check "Removed, the settings stay; purged, nothing" remove_and_purge
  check "The rpm, installed and removed" rpm_installs
  check "The Python tool's file, as it is" old_settings
  check "The container's root folder, read-only" container_runs
  [[ $program == no ]] || check "The command line's tests on the released file" program_passes
  [[ $musl == no ]] || check "The file for musl, where only musl is" musl_runs
  [[ $twice == no ]] || check "The whole release twice, once without root" same_bytes
  print_table
}

# cannot REASON: with CI=true, what cannot be tried has failed
cannot() {
  if [[ ${CI:-} == true ]]; then die "$*"; fi
  say "SKIPPED: $*"
  exit 77
}

die() { say "FAILED: $*"; exit 1; }

main "$@"
