#!/usr/bin/env bash
# Runs the release's file for musl, the C library of Alpine, where nothing of glibc is.
#
#   tests/musl.sh root                        makes .local/musl/root, once; about six minutes on two cores
#   tests/musl.sh run PROGRAM ARGUMENT...     PROGRAM in there, as user 65532, with this machine's network
#
# The file needs a libstdc++, a libgcc_s and an OpenSSL that were built for musl. Debian has none, and no other registry serves Alpine's packages here:
# so they are built from Debian's sources of gcc and OpenSSL, with Debian's musl-gcc. It needs root, and Debian's mirror.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=tests/machine.sh
. tests/machine.sh

kept=$PWD/.local/musl
root=$kept/root
specs=/usr/lib/x86_64-linux-musl/musl-gcc.specs

main() {
  case ${1:-} in
    root) make_root ;;
    run) make_root; run_program "${@:2}" ;;
    *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
}

make_root() {
  [[ ! -e $root/made ]] || return 0
  need g++ gcc-12-source make musl-tools perl >&2
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$root"/{lib,usr/lib,etc/ssl/certs,proc,dev,tmp}
  # -O1: they are tried, not raced.
  make_libstdcxx >"$work/libstdc++.log" 2>&1 || { tail -n 20 "$work/libstdc++.log" >&2; return 1; }
  make_openssl >"$work/openssl.log" 2>&1 || { tail -n 20 "$work/openssl.log" >&2; return 1; }
  make_libgcc
  cp --dereference /lib/ld-musl-x86_64.so.1 "$root/lib"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"
  echo 'imgsync:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
  touch "$root/made"
}

make_libstdcxx() (
  set -e
  cd "$work"
  tar -x -f /usr/src/gcc-12/gcc-*.tar.xz --strip-components=1 --wildcards '*/libstdc++-v3' '*/libgcc' '*/libiberty' '*/config' '*/include' \
    '*/config.guess' '*/config.sub' '*/config-ml.in' '*/install-sh' '*/ltmain.sh' '*/missing' '*/mkinstalldirs' '*/depcomp' '*/compile' \
    '*/move-if-change' '*/gcc/BASE-VER' '*/gcc/DATESTAMP'
  # The build of all of gcc would have chosen it.
  ln -s gthr-posix.h libgcc/gthr-default.h
  mkdir libstdc++
  cd libstdc++
  ../libstdc++-v3/configure --build=x86_64-linux-gnu --host=x86_64-linux-musl --prefix=/usr --disable-multilib --disable-nls --disable-libstdcxx-pch \
    --enable-shared --disable-static CC="gcc -specs=$specs" CXX="g++ -specs=$specs -nostdinc++" CXXCPP="g++ -specs=$specs -nostdinc++ -E" \
    CFLAGS=-O1 CXXFLAGS=-O1 AR=ar RANLIB=ranlib NM=nm AS=as LD=ld
  make -j"$(nproc)"
  cp src/.libs/libstdc++.so.6 "$root/usr/lib"
)

make_libgcc() {
  # That of glibc asks _dl_find_object first, and goes on with dl_iterate_phdr when it fails.
  echo 'int _dl_find_object(void *address, void *result) { (void)address; (void)result; return -1; }' |
    musl-gcc -shared -fPIC -Wl,-soname,libgcc_s.so.1 -o "$root/usr/lib/libgcc_s.so.1" -x c - -x none \
      -Wl,--whole-archive "$(gcc -print-file-name=libgcc_eh.a)" -Wl,--no-whole-archive
}

make_openssl() (
  set -e
  cd "$work"
  fetch_source openssl
  mkdir openssl
  tar -x -f openssl_*.orig.tar.gz -C openssl --strip-components=1
  cd openssl
  # The kernel's headers are not musl's, and come last.
  CC="musl-gcc -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu" ./Configure linux-x86_64 shared no-tests no-engine no-afalgeng no-async \
    --prefix=/usr --openssldir=/etc/ssl --libdir=lib
  make -j"$(nproc)" CFLAGS=-O1 libssl.so libcrypto.so
  cp libssl.so.3 libcrypto.so.3 "$root/usr/lib"
)

# fetch_source PACKAGE: Debian's, into this folder, whether or not this machine's lists have sources
fetch_source() {
  local mirror suite
  # shellcheck disable=SC2016 # apt-get expands it
  read -r mirror suite < <(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' | grep -v -e security -e updates | head -n 1)
  mkdir -p apt/state/lists/partial apt/cache/archives/partial apt/parts
  : >apt/status
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >apt/list
  cat >apt/conf <<C
Dir::State "$PWD/apt/state";
Dir::State::status "$PWD/apt/status";
Dir::Cache "$PWD/apt/cache";
Dir::Etc::sourcelist "$PWD/apt/list";
Dir::Etc::sourceparts "$PWD/apt/parts";
APT::Sandbox::User "";
#clear APT::Update::Post-Invoke;
C
  APT_CONFIG=$PWD/apt/conf apt-get -qq update
  APT_CONFIG=$PWD/apt/conf apt-get -qq --download-only source "$1"
}

# The environment goes in as it is; /tmp in there is the program's to write.
run_program() {
  install -m 755 "$1" "$root/imgsync"
  # shellcheck disable=SC2016 # the shell that is started expands it
  unshare --mount --pid --fork --kill-child bash -euc '
    mount --bind "$0" "$0"
    cd "$0"
    mount -t proc proc proc
    mount -t tmpfs -o mode=1777 tmpfs tmp
    for device in null random urandom; do touch dev/$device; mount --bind /dev/$device dev/$device; done
    HOME=/tmp exec /usr/sbin/chroot --userspec=65532:65532 . /imgsync "$@"' "$root" "${@:2}"
}

main "$@"
