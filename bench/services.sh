# shellcheck shell=bash
# Sourced, in the repository's folder: what every benchmark starts, and how it is asked for work.

# shellcheck source=tests/setup.sh
. tests/setup.sh

bench=$PWD/.local/bench
imgsync=$bench/imgsync/imgsync
workbench=bench/Workbench/bin/Release/net10.0/Workbench
export DEVCLOUD_DIR=$bench/devcloud AZURITE_DIR=$bench/azurite

start_services() {
  mkdir -p "$bench"
  trap stop_services EXIT
  trap 'exit 130' INT TERM
  need openssl procps time
  tests/devcloud.sh install
  say "Building for release" >&2
  [[ -n ${program:-} ]] || "${build:-build_native}"
  dotnet build bench/Workbench -c Release -v q -nologo -clp:NoSummary >&2
  dotnet build bench/AllocationHook -c Release -v q -nologo -clp:NoSummary >&2
  say "Starting Keystone, Glance and an upstream server" >&2
  DEVCLOUD_OWNER=$$ tests/devcloud.sh up
  start_upstream
  local variables
  variables=$(tests/devcloud.sh env syncer)
  eval "$variables"
  # shellcheck disable=SC2034 # the cases of run.sh use it
  glance=$(tests/devcloud.sh glance-url)
}

# The program that a release has: machine code. docs/adr/0029
build_native() {
  need gcc libc6-dev
  local platform=linux-x64
  [[ $(uname -m) != aarch64 ]] || platform=linux-arm64
  dotnet publish src/Imgsync.Cli -c Release -r $platform -p:Standalone=native -o "$bench/imgsync" -v q -nologo -clp:NoSummary >&2
}

# The same code as a program of .NET's, which tells more of itself
build_managed() {
  # With lock files of its own: a runtime identifier asks for packages that the committed ones do not have.
  dotnet publish src/Imgsync.Cli -c Release --use-current-runtime --self-contained false -p:NuGetLockFilePath=obj/runtime.packages.lock.json -o "$bench/imgsync" -v q -nologo -clp:NoSummary >&2
}

start_upstream() {
  port=$(free_ports 1)
  mkdir -p "$bench/tree"
  "$workbench" serve "$bench/tree" "$port" >"$bench/requests" &
  upstream=$!
  until listening "$port"; do
    kill -0 "$upstream" || { say "FAILED: the upstream server does not start" >&2; exit 1; }
    sleep 0.2
  done
}

stop_services() {
  [[ -z ${upstream:-} ]] || { kill "$upstream" && wait "$upstream"; } 2>/dev/null || true
  tests/devcloud.sh down --purge || true
  [[ ! -d $AZURITE_DIR ]] || tests/azurite.sh down --purge || true
}

# make_images MIB KEY...
make_images() {
  "$workbench" make "$bench/tree/$1" "$@"
}

# write_configuration TREE [STAGING [CLOUDS [PUBLISH]]]: for the images of $bench/tree/TREE; the others are JSON
write_configuration() {
  local url=http://127.0.0.1:$port/$1 tree=$bench/tree/$1 folder="{ \"folder\": \"$bench/staging\" }" nothing='{}'
  cat >"$bench/imgsync.json" <<J
{
  "catalog": "$tree/catalog.json",
  "publishers": { "debian": "$url/debian/", "ubuntu": "$url/ubuntu/" },
  "maxParallel": 5,
  "workflow": { "attempts": 1 },
  "signatures": { "keyrings": ["$tree/key.asc"], "keyServer": "" },
  "staging": ${2:-$folder},
  "publish": ${4:-$nothing},
  "clouds": ${3:-[]}
}
J
}

# As if no run had ever been
forget_all() {
  rm -rf "$bench/staging"
  tests/devcloud.sh reset 2>/dev/null || { say "FAILED: Glance's images cannot be deleted" >&2; exit 1; }
}
