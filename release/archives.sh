# shellcheck shell=bash
# Sourced by release.sh: archives whose bytes depend on the files' names, modes and contents, and on SOURCE_DATE_EPOCH alone.

# tar_folder FOLDER NAME...: on standard output
tar_folder() {
  tar -c -C "$1" --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mode=go-w --mtime="@$SOURCE_DATE_EPOCH" -- "${@:2}"
}

# zip_folder FOLDER FILE
zip_folder() {
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$1" && find . -type f -printf '%P\n' | sort | zip -q -X -@ "$2")
}

# same_bytes_package FILE: NuGet packs with the time of day and an entry that has a random name, and no setting changes that.
same_bytes_package() {
  local unpacked core
  unpacked=$(mktemp -d)
  unzip -q "$1" -d "$unpacked"
  core=$(find "$unpacked/package" -name '*.psmdcp')
  mv "$core" "${core%/*}/core.psmdcp"
  sed -i -E 's|/[0-9a-f]+\.psmdcp|/core.psmdcp|; s|Id="R[0-9A-F]+"|Id="R0"|2' "$unpacked/_rels/.rels"
  chmod -R u+rw,go=rX "$unpacked"
  rm "$1"
  zip_folder "$unpacked" "$1"
  rm -rf "$unpacked"
}
