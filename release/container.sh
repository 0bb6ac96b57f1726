# shellcheck shell=bash disable=SC2154
# Sourced by release.sh: a container image as an OCI archive (https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md).
# Nothing is pulled from a registry: beside our file it has the libraries that it asks for and the authorities, from Debian's packages.

# netbase and the rest of a Debian, shells above all, are not there.
image_packages=(base-files ca-certificates libc6 libssl3 tzdata)

# make_image ARCHITECTURE PLATFORM
make_image() {
  say "Making the container image, $1"
  local work=$making/container/$1
  local root=$work/root
  mkdir -p "$root" "$work/packages"
  fetch_packages "$1" "$work"
  unpack_packages "$work" "$root"
  add_program "$2" "$root"
  write_layout "$1" "$work" "$root"
  tar_folder "$work/layout" blobs index.json oci-layout >"$made/imgsync-$version-container-$1.tar"
  image_bill "$2" "$work" >"$made/imgsync-$version-container-$1.cdx.json"
}

# fetch_packages ARCHITECTURE FOLDER: as this machine's apt would, for any architecture and without root
fetch_packages() {
  mkdir -p "$2/apt/state/lists/partial" "$2/apt/cache/archives/partial"
  : >"$2/apt/status"
  cat >"$2/apt/conf" <<C
Dir::State "$2/apt/state";
Dir::State::status "$2/apt/status";
Dir::Cache "$2/apt/cache";
APT::Architecture "$1";
APT::Architectures { "$1"; };
Acquire::Languages "none";
APT::Sandbox::User "";
#clear APT::Update::Post-Invoke;
#clear DPkg::Post-Invoke;
C
  APT_CONFIG=$2/apt/conf apt-get -qq update
  (cd "$2/packages" && APT_CONFIG=$2/apt/conf apt-get -qq download "${image_packages[@]}")
}

# unpack_packages FOLDER ROOT: without what only a person or a compiler reads, and with a note of each for whoever looks for known faults
unpack_packages() {
  local package name
  mkdir -p "$2/var/lib/dpkg/status.d"
  for package in "$1"/packages/*.deb; do
    dpkg-deb -x "$package" "$2"
    name=$(dpkg-deb -f "$package" Package)
    dpkg-deb -f "$package" >"$2/var/lib/dpkg/status.d/$name"
  done
  find "$2/usr/share/doc" -type f -not -name copyright -delete
  rm -rf "${2:?}"/usr/share/{man,locale,lintian,info,base-files,common-licenses,gcc,gdb} "$2"/usr/lib/*/gconv "${2:?}"/usr/{sbin,bin} "${2:?}"/{sbin,bin} \
    "$2"/etc/{update-motd.d,profile.d,dpkg,issue,issue.net,motd} "$2"/usr/share/zoneinfo/{right,posix} "$2"/var/cache/* "$2"/usr/share/dict
  mkdir -p "$2/etc/ssl/certs"
  find "$2/usr/share/ca-certificates" -name '*.crt' | sort | xargs cat >"$2/etc/ssl/certs/ca-certificates.crt"
}

# add_program PLATFORM ROOT
add_program() {
  install -D -m 755 "$making/$1/imgsync" "$2/usr/bin/imgsync"
  echo 'root:x:0:0:root:/:/nonexistent
imgsync:x:65532:65532:Imgsync:/nonexistent:/nonexistent' >"$2/etc/passwd"
  echo 'root:x:0:
imgsync:x:65532:' >"$2/etc/group"
  echo 'hosts: files dns' >"$2/etc/nsswitch.conf"
  install -D -m 644 "$runtime/THIRD-PARTY-NOTICES.TXT" "$2/usr/share/doc/imgsync/dotnet-THIRD-PARTY-NOTICES.txt"
  install -m 644 LICENSE "$2/usr/share/doc/imgsync/LICENSE"
  install -d -m 755 "$2/etc/imgsync" "$2/etc/openstack"
  find "$2" -type d -empty -not -path '*/etc/*' -not -path '*/tmp' -delete
  install -d -m 755 "$2"/{dev,proc,run,sys}
  install -d -m 1777 "$2/tmp"
  # tar_folder makes everything root's, and this folder has to be the user's: it comes as a layer of its own.
  rm -rf "$2/var/cache"
}

# write_layout ARCHITECTURE FOLDER ROOT
write_layout() {
  local blobs=$2/layout/blobs/sha256 base=$2/base.tar cache=$2/cache.tar config manifest
  mkdir -p "$blobs"
  chmod -R u+rwX,go+rX,go-w "$3"
  # shellcheck disable=SC2046 # names of our own
  tar_folder "$3" $(ls "$3") >"$base"
  mkdir -p "$2/cache/var/cache/imgsync"
  chmod 0700 "$2/cache/var/cache/imgsync"
  tar -c -C "$2/cache" --format=gnu --owner=65532 --group=65532 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" var/cache/imgsync >"$cache"

  config=$(jq -cn --arg architecture "$1" --arg made "$(date -d "@$SOURCE_DATE_EPOCH" +%FT%TZ)" --arg version "$version" --arg commit "$commit" \
    --arg base "$(digest "$base")" --arg cache "$(digest "$cache")" '{
      created: $made, architecture: $architecture, os: "linux",
      config: {
        User: "65532:65532", Entrypoint: ["/usr/bin/imgsync"], Cmd: ["sync"], WorkingDir: "/", Volumes: { "/var/cache/imgsync": {} },
        Env: ["PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", "CACHE_DIRECTORY=/var/cache/imgsync"],
        Labels: {
          "org.opencontainers.image.title": "imgsync", "org.opencontainers.image.version": $version,
          "org.opencontainers.image.revision": $commit, "org.opencontainers.image.licenses": "Apache-2.0"
        }
      },
      rootfs: { type: "layers", diff_ids: [$base, $cache] },
      history: [{ created: $made, created_by: "release.sh" }, { created: $made, created_by: "release.sh" }]
    }' | blob "$blobs" application/vnd.oci.image.config.v1+json)
  manifest=$(jq -cn --argjson config "$config" \
    --argjson base "$(gzip -n "$level" <"$base" | blob "$blobs" application/vnd.oci.image.layer.v1.tar+gzip)" \
    --argjson cache "$(gzip -n "$level" <"$cache" | blob "$blobs" application/vnd.oci.image.layer.v1.tar+gzip)" \
    '{ schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: [$base, $cache] }' |
    blob "$blobs" application/vnd.oci.image.manifest.v1+json)
  jq -cn --argjson manifest "$manifest" --arg architecture "$1" --arg version "$version" '{
    schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [$manifest + { platform: { architecture: $architecture, os: "linux" },
      annotations: { "org.opencontainers.image.ref.name": $version, "io.containerd.image.name": "imgsync:\($version)" } }]
  }' >"$2/layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$2/layout/oci-layout"
}

digest() { echo "sha256:$(sha256sum <"$1" | cut -d ' ' -f 1)"; }

# blob FOLDER TYPE: stores standard input, and answers with its descriptor
blob() {
  local file sum
  file=$(mktemp "$1/XXXXXX")
  cat >"$file"
  chmod 644 "$file"
  sum=$(digest "$file")
  jq -cn --arg type "$2" --arg digest "$sum" --argjson size "$(stat -c %s "$file")" '{ mediaType: $type, digest: $digest, size: $size }'
  mv "$file" "$1/${sum#sha256:}"
}

# image_bill PLATFORM FOLDER: the program's bill of materials, and Debian's packages
image_bill() {
  local package
  for package in "$2"/packages/*.deb; do
    jq -cn --arg name "$(dpkg-deb -f "$package" Package)" --arg version "$(dpkg-deb -f "$package" Version)" \
      --arg architecture "$(dpkg-deb -f "$package" Architecture)" --arg sum "$(sha256sum <"$package" | cut -d ' ' -f 1)" '{
      type: "library", name: $name, version: $version, purl: "pkg:deb/debian/\($name)@\($version)?arch=\($architecture)",
      hashes: [{ alg: "SHA-256", content: $sum }]
    }'
  done | jq -s --slurpfile program "$making/$1.cdx.json" '. as $packages | $program[0] | .components += $packages | .components |= sort_by(.name)'
}
