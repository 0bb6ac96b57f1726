# shellcheck shell=bash disable=SC2154
# Sourced by release.sh: the program as one file that needs no .NET, and what an archive or package has around it.

# make_standalone PLATFORM: its archive, bill of materials and, except for musl, packages and container image
make_standalone() {
  published "$1"
  make_archive "$1"
  case $1 in
    linux-x64) make_deb amd64 "$1" "$version"; make_rpm x86_64 "$1"; make_image amd64 "$1" ;;
    linux-arm64) make_deb arm64 "$1" "$version"; make_rpm aarch64 "$1"; make_image arm64 "$1" ;;
  esac
  cp "$making/$1.cdx.json" "$made/imgsync-$version-$1.cdx.json"
}

# published PLATFORM: makes $making/PLATFORM/imgsync and $making/PLATFORM.cdx.json, once
published() {
  [[ ! -e $making/$1/imgsync ]] || return 0
  say "Publishing the program for $1"
  local form=native pack=Microsoft.NETCore.App.Runtime.NativeAOT.$1
  case $1 in
    linux-x64) need gcc libc6-dev ;;
    linux-arm64) need gcc-aarch64-linux-gnu libc6-dev-arm64-cross ;;
    *) form=managed pack=Microsoft.NETCore.App.Runtime.$1 ;;
  esac
  restore src/Imgsync.Cli -p:Standalone="$form"
  # Two platforms must not find what was compiled for the other.
  dotnet publish src/Imgsync.Cli -c Release -p:Standalone="$form" -r "$1" --no-restore -o "$making/$1" "${build[@]}"
  bill_of_materials Imgsync.Cli "$version" | with_runtime "$pack" >"$making/$1.cdx.json"
  runtime=$(jq -r '.project.restore.packagesPath' src/Imgsync.Cli/obj/project.assets.json)
  runtime=$runtime/${pack,,}/$(runtime_version)
  [[ -d ${docs:-} ]] || write_docs
}

runtime_version() { dotnet msbuild src/Imgsync.Cli -getProperty:BundledNETCoreAppPackageVersion; }

# with_runtime PACK: a bill of materials, with .NET in it
with_runtime() {
  jq --arg name "$1" --arg version "$(runtime_version)" '.components = (.components + [{
    type: "framework", name: $name, version: $version, purl: "pkg:nuget/\($name)@\($version)", licenses: [{expression: "MIT"}]
  }] | sort_by(.name))'
}

# What the program says of itself; the one for this machine says it.
write_docs() {
  docs=$making/docs
  published linux-x64
  local program=$making/linux-x64/imgsync shell
  mkdir -p "$docs"
  "$program" man >"$docs/imgsync.1"
  for shell in bash zsh fish; do "$program" completion $shell >"$docs/imgsync.$shell"; done
}

make_archive() {
  local name=imgsync-$version-$1
  local tree=$making/archive/$name
  mkdir -p "$tree"/{man,completions,systemd}
  install -m 755 "$making/$1/imgsync" packaging/imgsync-service "$tree"
  cp LICENSE README.md CHANGELOG.md "$tree"
  cp "$docs/imgsync.1" packaging/imgsync-service.8 "$tree/man"
  cp "$docs"/imgsync.{bash,zsh,fish} "$tree/completions"
  cp packaging/systemd/* packaging/imgsync.json "$tree/systemd"
  # That program compiles as it runs, .NET's own runtime binds a thread to a processor, and it would open a door for debuggers.
  if [[ $1 == linux-musl-* ]]; then
    sed -i '/^MemoryDenyWriteExecute=/d; s/^\(SystemCallFilter=~.*\) @resources$/\1/; s/^ExecStart=/Environment=DOTNET_EnableDiagnostics=0\n&/' "$tree/systemd/imgsync.service"
    # shellcheck disable=SC2016 # as it stands in the file
    sed -i 's/TERM="${TERM:-dumb}" /&DOTNET_EnableDiagnostics=0 /' "$tree/imgsync-service"
  fi
  cp "$runtime/LICENSE.TXT" "$tree/dotnet-LICENSE.txt"
  cp "$runtime/THIRD-PARTY-NOTICES.TXT" "$tree/dotnet-THIRD-PARTY-NOTICES.txt"
  tar_folder "$making/archive" "$name" | gzip -n "$level" >"$made/$name.tar.gz"
}

# installed_tree PLATFORM FOLDER ZSH: the files as a package puts them; ZSH is where the distribution looks for zsh's completions
installed_tree() {
  local share=$2/usr/share
  install -D -m 755 "$making/$1/imgsync" "$2/usr/bin/imgsync"
  install -D -m 755 packaging/imgsync-service "$2/usr/sbin/imgsync-service"
  install -D -m 644 packaging/imgsync.json "$2/etc/imgsync/imgsync.json"
  install -D -m 644 -t "$2/usr/lib/systemd/system" packaging/systemd/imgsync.service packaging/systemd/imgsync.timer
  install -D -m 644 "$docs/imgsync.bash" "$share/bash-completion/completions/imgsync"
  install -D -m 644 "$docs/imgsync.fish" "$share/fish/vendor_completions.d/imgsync.fish"
  install -D -m 644 "$docs/imgsync.zsh" "$share/zsh/$3/_imgsync"
  install -d "$share/man/man1" "$share/man/man8" "$share/doc/imgsync"
  gzip -n -9 <"$docs/imgsync.1" >"$share/man/man1/imgsync.1.gz"
  gzip -n -9 <packaging/imgsync-service.8 >"$share/man/man8/imgsync-service.8.gz"
  gzip -n -9 <CHANGELOG.md >"$share/doc/imgsync/CHANGELOG.md.gz"
  gzip -n -9 <"$making/$1.cdx.json" >"$share/doc/imgsync/imgsync.cdx.json.gz"
  install -m 644 "$runtime/LICENSE.TXT" "$share/doc/imgsync/dotnet-LICENSE.txt"
  install -m 644 "$runtime/THIRD-PARTY-NOTICES.TXT" "$share/doc/imgsync/dotnet-THIRD-PARTY-NOTICES.txt"
}
