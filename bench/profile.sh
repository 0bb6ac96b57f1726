#!/usr/bin/env bash
# Says where the processor time of 'imgsync sync' goes, start-up included, on a real Keystone and Glance.
#
#   bench/profile.sh [--mib N] [--images N]
#
#   --mib N      of each image (default 512)
#   --images N   how many at once, 1 to 5 (default 1)
#
# The table is Markdown, on standard output. It is made of samples that perf takes (Debian's linux-perf), of this process only:
# what Glance and the upstream server do beside it is not in it.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mib=512 images=1
while (($#)); do
  case $1 in
    --mib) mib=$2 ;;
    --images) images=$2 ;;
    *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift 2
done

# shellcheck source=bench/services.sh
. bench/services.sh

# Every sample is a stack, innermost frame first; who is at the top has the time, and in the kernel the call that led there.
shares() {
  perf script -i "$bench/perf.data" -F ip,sym,dso 2>/dev/null | awk '
    BEGIN {
      RS = ""; FS = "\n"
      name["libcrypto"] = "SHA-256 and SHA-512 (libcrypto)"; name["libc"] = "copying between buffers, and the rest of libc"
      name["recvfrom"] = name["recvmsg"] = "kernel: receiving"; name["sendto"] = name["sendmsg"] = "kernel: sending"
      name["pwrite64"] = name["write"] = "kernel: writing the staged file"
    }
    function called(  i) { for (i = 1; i <= NF; i++) if (match($i, /__x64_sys_[a-z0-9_]+/)) return substr($i, RSTART + 10, RLENGTH - 10) }
    {
      if ($1 ~ /\[?(kernel|guest)[.\]]/) who = (called() in name) ? name[called()] : "kernel: the rest"
      else { match($1, /\([^()]*\)[^()]*$/); file = substr($1, RSTART + 1); sub(".*/", "", file); sub("[.].*", "", file)
             who = (file in name) ? name[file] : "the program: our code, the libraries, the runtime" }
      samples[who]++; all++
    }
    END { for (who in samples) printf "| %s | %.1f |\n", who, 100 * samples[who] / all }' | sort -t'|' -k3 -rn
}

command -v perf >/dev/null || need linux-perf
start_services
keys=(debian12 debian13 debian11 ubuntu22 ubuntu24)
keys=("${keys[@]:0:images}")
make_images "$mib" "${keys[@]}"
write_configuration "$mib"
forget_all
if ! perf record -F 499 -g -o "$bench/perf.data" "$imgsync" sync "${keys[@]}" --config "$bench/imgsync.json" >"$bench/story" 2>&1; then
  tail -n 5 "$bench/story" >&2
  say "FAILED: perf record ... imgsync sync ${keys[*]}" >&2
  exit 1
fi

printf '### %s of %s MiB\n\n| of the client'\''s processor time | %% |\n| --- | --- |\n' "$images image(s)" "$mib"
shares
