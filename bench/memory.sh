#!/usr/bin/env bash
# The peak resident memory of 'imgsync sync' for one image, beside the idle process ('imgsync list': started, nothing to move).
#
#   bench/memory.sh [MIB]      the image's size, 2048 by default
#
# Exit code 1 when it is 150 MiB or more above idle. Nothing is left running; the images stay in .local/bench for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=bench/services.sh
. bench/services.sh

allowed=150
mib=${1:-2048}
[[ $mib =~ ^[0-9]+$ ]] || { sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; }

# peak COMMAND...: in MiB, by the kernel's own account
peak() {
  command time -o "$bench/peak" -f %M "$@" >"$bench/answer" || { tail "$bench/answer" >&2; exit 1; }
  echo $(($(tail -n1 "$bench/peak") / 1024))
}

start_services
make_images "$mib" debian12
write_configuration "$mib"
rm -rf "$bench/staging"

idle=$(peak "$imgsync" list --config "$bench/imgsync.json")
busy=$(peak "$imgsync" sync debian12 --config "$bench/imgsync.json")
verdict=met
((busy - idle < allowed)) || verdict=MISSED
printf 'image %s MiB: idle %s MiB, peak %s MiB, %s MiB above idle (target: below %s): %s\n' "$mib" "$idle" "$busy" $((busy - idle)) "$allowed" "$verdict"
[[ $verdict == met ]]
