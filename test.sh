#!/usr/bin/env bash
# Runs every test, against a real Keystone and Glance and a real Azurite that it starts for the run.
#
#   ./test.sh [ARGUMENTS]      the arguments go to 'dotnet test', such as --filter-class "*.DigestTests"
#
# It installs what is missing, which needs root or sudo. What cannot be had here is said, and the tests that need it
# are skipped; with CI=true in the environment they fail instead, and so does a build with a warning, or from packages
# that the lock files do not name. Nothing is left running.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [[ ${1:-} == --help || ${1:-} == -h ]]; then sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit; fi

# shellcheck source=tests/setup.sh
. tests/setup.sh

begin_run

start_cloud() { tests/devcloud.sh install && DEVCLOUD_DIR=$state/devcloud tests/devcloud.sh up; }

start_azurite() { tests/azurite.sh install && AZURITE_DIR=$state/azurite tests/azurite.sh up; }

install_tools() {
  need qemu-utils gpg || say "Tests that need qemu-img or gpg cannot run"
  need xz-utils bzip2 zstd || say "Tests of packed images cannot run"
  need prometheus || say "Tests that need promtool cannot run"
  need chromium || say "Tests of the status page in a browser cannot run"
  need groff-base zsh fish || say "Tests of the man page and of the shells' completions cannot run"
}

# Packages come one after another, and the longest wait is for the cloud's: meanwhile the processors build.
say "Preparing the machine"
start_cloud & cloud=$!
start_azurite & azurite=$!
install_tools & tools=$!

say "Building"
strict=()
[[ ${CI:-} != true ]] || strict=(-p:RestoreLockedMode=true -warnaserror)
run dotnet build Imgsync.sln -v q -nologo -clp:NoSummary "${strict[@]}"

wait $tools
if wait $cloud; then export IMGSYNC_TEST_CLOUD=$state/devcloud; else say "Tests that need Keystone and Glance cannot run"; fi
if wait $azurite; then
  IMGSYNC_TEST_AZURITE=$(AZURITE_DIR=$state/azurite tests/azurite.sh connection-string)
  export IMGSYNC_TEST_AZURITE
else
  say "Tests that need Azurite cannot run"
fi

say "Testing"
export IMGSYNC_TEST_STORY=$state/story
code=0
# 8: an assembly without tests, as a filter leaves many; .ci/run refuses a run that had none at all.
run dotnet test --solution Imgsync.sln --no-build --no-progress --no-ansi --ignore-exit-code 8 "$@" || code=$?

if [[ -s $IMGSYNC_TEST_STORY ]]; then
  say "The crash matrix: what was killed or broken, and what was found after"
  sort "$IMGSYNC_TEST_STORY"
fi
exit $code
