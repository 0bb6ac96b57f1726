#!/usr/bin/env bash
# Makes what a release consists of, in artifacts/, from the commit that is checked out and from nothing else. docs/releasing.md
#
#   ./release.sh [--into FOLDER]                         a release: the commit has the tag vVERSION, CHANGELOG.md a section VERSION
#   ./release.sh --snapshot [--into FOLDER] [PART...]    a trial of this folder as it is, under a version of its own
#
# VERSION is that of Directory.Build.props. PART is linux-x64, linux-arm64 or linux-musl-x64 (one file that needs no .NET, its archive,
# packages and container image), tool, functions or template; without one, all of them. A snapshot is packed faster and larger. It needs
# Debian on linux-x64, and no root where jq, rpm, zip and unzip are installed. What lies in FOLDER stays, unless it has a new file's name.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")"
export LC_ALL=C TZ=UTC
umask 022

# shellcheck source=tests/setup.sh
. tests/setup.sh
# shellcheck source=release/source.sh
. release/source.sh
# shellcheck source=release/archives.sh
. release/archives.sh
# shellcheck source=release/sbom.sh
. release/sbom.sh
# shellcheck source=release/standalone.sh
. release/standalone.sh
# shellcheck source=release/deb.sh
. release/deb.sh
# shellcheck source=release/rpm.sh
. release/rpm.sh
# shellcheck source=release/container.sh
. release/container.sh
# shellcheck source=release/provenance.sh
. release/provenance.sh

main() {
  local parts=() snapshot=no folder=artifacts
  while (($#)); do
    case $1 in
      --snapshot) snapshot=yes ;;
      --into) folder=${2:?--into needs a folder}; shift ;;
      linux-x64 | linux-arm64 | linux-musl-x64 | tool | functions | template) parts+=("$1") ;;
      *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
    esac
    shift
  done
  if [[ $snapshot == no && ${#parts[@]} != 0 ]]; then say "A release has all parts; some of them need --snapshot"; exit 2; fi
  ((${#parts[@]})) || parts=(linux-x64 linux-arm64 linux-musl-x64 tool functions template)
  mkdir -p "$folder"
  folder=$(realpath "$folder")

  need jq rpm unzip xz-utils zip
  making=$(mktemp -d)
  trap 'rm -rf "$making"' EXIT
  made=$making/made
  mkdir "$made"
  check_out_source
  name_version
  say "imgsync $version, from commit $commit of $(date -d "@$SOURCE_DATE_EPOCH" +%F)"

  local part
  for part in "${parts[@]}"; do "make_${part//-/_}"; done
  provenance >"$making/provenance.json"
  mv "$making/provenance.json" "$made/imgsync-$version.provenance.json"
  (cd "$made" && sha256sum -- * >SHA256SUMS)
  # What else lies there is somebody else's, and stays.
  mv -f "$made"/* "$folder"
  say "In $folder"
  cat "$folder/SHA256SUMS"
}

make_linux_x64() { make_standalone linux-x64; }

make_linux_arm64() { make_standalone linux-arm64; }

make_linux_musl_x64() { make_standalone linux-musl-x64; }

make_tool() {
  say "Packing the tool, compiled ahead for each platform that it names"
  restore src/Imgsync.Cli -p:ToolPlatforms=each
  dotnet pack src/Imgsync.Cli -c Release -p:ToolPlatforms=each --no-restore -o "$made" "${build[@]}"
  local package
  for package in "$made"/*.nupkg; do same_bytes_package "$package"; done
  bill_of_materials Imgsync.Cli "$version" >"$made/Imgsync.Cli.$version.cdx.json"
}

make_functions() {
  say "Publishing the Functions app"
  dotnet publish src/Imgsync.Functions -c Release -p:RestoreLockedMode="$locked" -o "$making/app" "${build[@]}"
  zip_folder "$making/app" "$made/Imgsync.Functions.$version.zip"
  bill_of_materials Imgsync.Functions "$version" >"$made/Imgsync.Functions.$version.cdx.json"
}

make_template() {
  say "Compiling the templates"
  infra/bicep/tools/bicep.sh build infra/bicep/main.bicep --outfile "$made/imgsync-azure.$version.json"
}

main "$@"
