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
  rm -rf artifacts
  mkdir artifacts

  say "Restoring exactly what the lock files name"
  dotnet restore src/Imgsync.Cli -p:ToolPlatforms=each --locked-mode -v q
  say "Packing the tool, compiled ahead for each platform that it names"
  dotnet pack src/Imgsync.Cli -c Release -p:ToolPlatforms=each --no-restore -o artifacts -v q -nologo
  bill_of_materials Imgsync.Cli "$version" >"artifacts/Imgsync.Cli.$version.cdx.json"
  publish_functions "$version"

  (cd artifacts && sha256sum -- * >SHA256SUMS)
  say "In artifacts/"
  cat artifacts/SHA256SUMS
}

publish_functions() {
  say "Publishing the Functions app"
  dotnet publish src/Imgsync.Functions -c Release -p:RestoreLockedMode=true -o artifacts/app -v q -nologo
  (cd artifacts/app && zip -qr "../Imgsync.Functions.$1.zip" .)
  rm -rf artifacts/app
  bill_of_materials Imgsync.Functions "$1" >"artifacts/Imgsync.Functions.$1.cdx.json"
}

main
