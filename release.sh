#!/usr/bin/env bash
# Makes what a release consists of, in artifacts/: the tool's packages, the Functions app, a bill of materials for each
# (CycloneDX 1.6) and the SHA-256 sums of them all.
#
#   ./release.sh
#
# The version is that of Directory.Build.props.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")"
if [[ $# != 0 ]]; then sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; fi

# shellcheck source=tests/setup.sh
. tests/setup.sh
# shellcheck source=release/sbom.sh
. release/sbom.sh

main() {
  need jq zip
  local version
  version=$(dotnet msbuild src/Imgsync.Cli -getProperty:Version)
  grep -q "^## \[$version\]" CHANGELOG.md || say "CHANGELOG.md has no section [$version] yet"
  making=$(mktemp -d)
  trap 'rm -rf "$making"' EXIT

  say "Restoring exactly what the lock files name"
  dotnet restore src/Imgsync.Cli -p:ToolPlatforms=each --locked-mode -v q
  say "Packing the tool, compiled ahead for each platform that it names"
  dotnet pack src/Imgsync.Cli -c Release -p:ToolPlatforms=each --no-restore -o "$making" -v q -nologo
  bill_of_materials Imgsync.Cli "$version" >"$making/Imgsync.Cli.$version.cdx.json"
  publish_functions "$version"

  (cd "$making" && sha256sum -- * >SHA256SUMS)
  # What else lies there is somebody else's, and stays.
  mkdir -p artifacts
  mv -f "$making"/* artifacts/
  say "In artifacts/"
  cat artifacts/SHA256SUMS
}

publish_functions() {
  say "Publishing the Functions app"
  dotnet publish src/Imgsync.Functions -c Release -p:RestoreLockedMode=true -o "$making/app" -v q -nologo
  (cd "$making/app" && zip -qr "../Imgsync.Functions.$1.zip" .)
  rm -rf "$making/app"
  bill_of_materials Imgsync.Functions "$1" >"$making/Imgsync.Functions.$1.cdx.json"
}

main
