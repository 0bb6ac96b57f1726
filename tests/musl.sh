#!/usr/bin/env bash
# Runs the release's file for musl, the C library of Alpine, where nothing of glibc is.
#
#   tests/musl.sh root                        makes .local/musl/root, once; about a minute on two cores
#   tests/musl.sh run PROGRAM ARGUMENT...     PROGRAM in there, as user 65532, with this machine's network
#
# Beside musl the file needs a libstdc++, a libgcc_s and an OpenSSL. Debian has none for musl: libstdc++ is built from Debian's source of gcc, libgcc_s is
# linked from the static one, and OpenSSL is this machine's, with the few names of glibc that it asks for. It needs root, and Debian's mirror.
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
  need g++ gcc-12-source libssl3 make musl-tools >&2
  work=$(mktemp -d)
  trap 'status=$?; ((status == 0)) || tail -n 20 "$work"/*.log >&2; rm -rf "$work"' EXIT
  mkdir -p "$root"/{lib,usr/lib,etc/ssl/certs,proc,dev,tmp}
  make_libgcc
  # -O1: they are tried, not raced.
  make_libstdcxx >"$work/libstdc++.log" 2>&1
  cp /usr/lib/x86_64-linux-gnu/lib{ssl,crypto}.so.3 "$root/usr/lib"
  cp --dereference /lib/ld-musl-x86_64.so.1 "$root/lib"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"
  echo 'imgsync:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
  touch "$root/made"
}

make_libstdcxx() (
  cd "$work"
  tar -x -f /usr/src/gcc-12/gcc-*.tar.xz --strip-components=1 --wildcards '*/libstdc++-v3' '*/libgcc' '*/libiberty' '*/config' '*/include' \
    '*/config.guess' '*/config.sub' '*/config-ml.in' '*/install-sh' '*/ltmain.sh' '*/missing' '*/mkinstalldirs' '*/depcomp' '*/compile' \
    '*/move-if-change' '*/gcc/BASE-VER' '*/gcc/DATESTAMP'
  # The build of all of gcc would have chosen it.
  ln -s gthr-posix.h libgcc/gthr-default.h
  mkdir libstdc++
  cd libstdc++
  ../libstdc++-v3/configure --build=x86_64-linux-gnu --host=x86_64-linux-musl --prefix=/usr --disable-multilib --disable-nls --disable-libstdcxx-pch \
    --enable-shared --disable-static CC="gcc -specs=$specs" CXX="g++ -specs=$specs -nostdinc++ -Wl,--eh-frame-hdr" CXXCPP="g++ -specs=$specs -nostdinc++ -E" \
    CFLAGS=-O1 CXXFLAGS=-O1 AR=ar RANLIB=ranlib NM=nm AS=as LD=ld
  make -j"$(nproc)"
  cp src/.libs/libstdc++.so.6 "$root/usr/lib"
)

# Debian's, in which every name is hidden: each gets a door of its own name.
make_libgcc() (
  mkdir "$work/libgcc_s"
  cd "$work/libgcc_s"
  local archive
  for archive in libgcc_eh.a libgcc.a; do cp "$(gcc -print-file-name=$archive)" $archive; done
  {
    nm -g --defined-only libgcc_eh.a 2>/dev/null | awk '$2 == "T" { print $3 }' | sort -u
    printf '%s\n' __popcountdi2 __udivti3 __umodti3
  } >names
  sed 's/.*/& own&/' names >renamed
  for archive in libgcc_eh.a libgcc.a; do objcopy --redefine-syms=renamed $archive; done
  sed 's/.*/.globl &\n.type &, @function\n&: jmp own&/' names >doors.s
  names_of_glibc >glibc.c
  # Without the header no exception finds its way; gcc leaves it out where it is given these specs.
  musl-gcc -shared -fPIC -fno-builtin -Wl,--eh-frame-hdr -Wl,-z,noexecstack -Wl,-soname,libgcc_s.so.1 -o "$root/usr/lib/libgcc_s.so.1" doors.s glibc.c \
    -Wl,--whole-archive libgcc_eh.a -Wl,--no-whole-archive libgcc.a
)

# What the unwinder and OpenSSL ask of glibc, and musl does not have
names_of_glibc() {
  cat <<'C'
#define _GNU_SOURCE
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

struct found { unsigned long long flags; void *start, *end, *map, *eh_frame; unsigned long long further[7]; };
struct search { ElfW(Addr) address; struct found *found; };

static int look(struct dl_phdr_info *object, size_t size, void *data)
{
  struct search *search = data;
  void *eh_frame = 0;
  int inside = 0;
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &object->dlpi_phdr[i];
    ElfW(Addr) start = object->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_GNU_EH_FRAME)
      eh_frame = (void *)start;
    if (part->p_type != PT_LOAD || search->address < start || search->address >= start + part->p_memsz)
      continue;
    inside = 1;
    search->found->start = (void *)start;
    search->found->end = (void *)(start + part->p_memsz);
  }
  search->found->eh_frame = eh_frame;
  return inside;
}

int _dl_find_object(void *address, struct found *found)
{
  struct search search = { (ElfW(Addr))address, found };
  return dl_iterate_phdr(look, &search) ? 0 : -1;
}

void *__memcpy_chk(void *to, const void *from, size_t length, size_t room) { (void)room; return memcpy(to, from, length); }
void *__memset_chk(void *to, int value, size_t length, size_t room) { (void)room; return memset(to, value, length); }
char *__strcat_chk(char *to, const char *from, size_t room) { (void)room; return strcat(to, from); }
long __fdelt_chk(long descriptor) { return descriptor / 64; }
int __vfprintf_chk(FILE *to, int flag, const char *format, va_list rest) { (void)flag; return vfprintf(to, format, rest); }

int __fprintf_chk(FILE *to, int flag, const char *format, ...)
{
  va_list rest;
  (void)flag;
  va_start(rest, format);
  int written = vfprintf(to, format, rest);
  va_end(rest);
  return written;
}

int __sprintf_chk(char *to, int flag, size_t room, const char *format, ...)
{
  va_list rest;
  (void)flag;
  va_start(rest, format);
  int written = vsnprintf(to, room, format, rest);
  va_end(rest);
  return written;
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
  va_list rest;
  (void)flag;
  va_start(rest, format);
  vsyslog(priority, format, rest);
  va_end(rest);
}

int getcontext(void *context) { (void)context; return -1; }
int setcontext(const void *context) { (void)context; return -1; }
void makecontext(void *context, void (*start)(void), int count, ...) { (void)context; (void)start; (void)count; }
C
}

# The environment goes in as it is; /tmp in there is the program's to write.
run_program() {
  install -m 755 "$1" "$root/imgsync"
  # shellcheck disable=SC2016 # the shell that is started expands it
  unshare --mount bash -euc '
    mount --bind "$0" "$0"
    cd "$0"
    mount --rbind /proc proc
    mount -t tmpfs -o mode=1777 tmpfs tmp
    for device in null random urandom; do touch dev/$device; mount --bind /dev/$device dev/$device; done
    HOME=/tmp exec /usr/sbin/chroot --userspec=65532:65532 . /imgsync "$@"' "$root" "${@:2}"
}

main "$@"
