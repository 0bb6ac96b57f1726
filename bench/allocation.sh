#!/usr/bin/env bash
# What 'imgsync sync' allocates for a GiB that goes from upstream through the hashes and a staging folder into Glance: by the
# runtime's own account, a sync of 5 GiB less one of 1 GiB. The start costs what it costs.
#
#   bench/allocation.sh [RUNS]      of each size, 3 by default; the medians are compared
#
# Exit code 1 when it is 1 MiB or more. Nothing is left running; the images, 6 GiB, stay in .local/bench for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=bench/services.sh
. bench/services.sh
# shellcheck source=bench/measure.sh
. bench/measure.sh

# shellcheck disable=SC2034 # start_services looks
build=build_managed # the runtime's account is read by a hook, which machine code has no place for
allowed=1024
runs=${1:-3}
[[ $runs =~ ^[1-9][0-9]*$ ]] || { sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; }
# One heap, as on a small machine, so that the figure is the same everywhere.
export DOTNET_gcServer=0

# allocated MIB: by one sync of an image of that size, in MiB
allocated() {
  make_images "$1" debian12 >&2
  write_configuration "$1"
  forget_all
  measure_imgsync "$1 MiB" sync debian12
  tail -n 1 "$samples/$1 MiB" | cut -d' ' -f4
}

start_services
begin_case "Allocated by one sync" 0
for ((run = 0; run < runs; run++)); do
  printf 'allocated MiB: %s for 1 GiB, %s for 5 GiB\n' "$(allocated 1024)" "$(allocated 5120)"
done

least=$(spread "$samples/1024 MiB" 4 | cut -d' ' -f1) most=$(spread "$samples/5120 MiB" 4 | cut -d' ' -f1)
rm -rf "$samples"
kibibytes=$(awk -v least="$least" -v most="$most" 'BEGIN { printf "%.0f", (most - least) * 1024 / 4 }')
verdict=met
((kibibytes < allowed)) || verdict=MISSED
printf 'allocated %s KiB for each GiB moved (target: below %s): %s\n' "$kibibytes" "$allowed" "$verdict"
[[ $verdict == met ]]
