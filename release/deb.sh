# shellcheck shell=bash disable=SC2154
# Sourced by release.sh: the package for Debian and Ubuntu.

# make_deb ARCHITECTURE PLATFORM VERSION
make_deb() {
  # 0.2.0~snapshot is before 0.2.0, as 0.2.0-snapshot is.
  local version=${3/-/\~}
  local tree=$making/deb/$2
  say "Packing imgsync $version for Debian, $1"
  rm -rf "$tree"
  mkdir -p "$tree/DEBIAN"
  installed_tree "$2" "$tree" vendor-completions
  install -D -m 644 packaging/debian/lintian-overrides "$tree/usr/share/lintian/overrides/imgsync"
  install -m 644 packaging/debian/copyright "$tree/usr/share/doc/imgsync/copyright"
  install -m 755 -t "$tree/DEBIAN" packaging/debian/{postinst,prerm,postrm}
  debian_changelog "$version" | gzip -n -9 >"$tree/usr/share/doc/imgsync/changelog.gz"
  echo /etc/imgsync/imgsync.json >"$tree/DEBIAN/conffiles"
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$1/; s/@INSTALLED_SIZE@/$(size_of "$tree")/" packaging/debian/control >"$tree/DEBIAN/control"
  (cd "$tree" && find usr -type f | sort | xargs md5sum) >"$tree/DEBIAN/md5sums"
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  # How many threads xz has decides where it cuts its blocks.
  local compression=(-Zxz)
  [[ $snapshot == no ]] || compression=(-Zgzip -z1)
  dpkg-deb --root-owner-group --threads-max=2 "${compression[@]}" --build "$tree" "$made/imgsync_${version}_$1.deb" >/dev/null
}

# debian_changelog VERSION: in the form that Debian's tools read; what changed is beside it
debian_changelog() {
  printf 'imgsync (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz in this folder.\n\n -- %s  %s\n' "$1" \
    "$(sed -n 's/^Maintainer: //p' packaging/debian/control)" "$(date -R -d "@$SOURCE_DATE_EPOCH")"
}

# size_of TREE: in KiB, each file rounded up, the same on every file system
size_of() { find "$1" -type f -not -path '*/DEBIAN/*' -printf '%s\n' | awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }'; }
