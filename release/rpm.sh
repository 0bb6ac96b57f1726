# shellcheck shell=bash disable=SC2154
# Sourced by release.sh: the package for Fedora, Rocky Linux and their like.

# make_rpm ARCHITECTURE PLATFORM
make_rpm() {
  local version=${version/-/\~}
  local top=$making/rpm/$2 payload=w6.xzdio
  [[ $snapshot == no ]] || payload=w1.gzdio
  say "Packing imgsync $version as an rpm, $1"
  mkdir -p "$top/tree"
  installed_tree "$2" "$top/tree" site-functions
  install -D -m 644 LICENSE "$top/tree/usr/share/licenses/imgsync/LICENSE"
  find "$top/tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  # '_buildhost' and the build's time would otherwise be this machine's and now.
  HOME=$top rpmbuild -bb --quiet --target "$1-linux" --define "_topdir $top" --define "version_ $version" --define "tree $top/tree" \
    --define '_buildhost reproducible' --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
    --define "_binary_payload $payload" packaging/rpm/imgsync.spec
  mv "$top/RPMS/$1/"*.rpm "$made"
}
