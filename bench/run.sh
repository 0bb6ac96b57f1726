#!/usr/bin/env bash
# Compares 'imgsync sync' with the raw pipe 'curl upstream | curl -T - glance' and others, on a real Keystone and Glance.
#
#   bench/run.sh [--case NAME]... [--runs N] [--sizes "64 512 2048"] [--mib N] [--fleet "1 5 20"] [--entries "1 10 100 1000"] [--peer 'CMD']...
#       [--program FILE] [--before FILE]
#
#   --case NAME   only these of: cold five clouds resume nothing growth azurite
#   --runs N      how often each contender runs, in turn with the others (default 5); medians are printed, with least and most
#   --sizes LIST  of the image of 'cold', in MiB
#   --mib N       of the images of the other cases (default 512)
#   --fleet L     to how many clouds 'clouds' brings an image of at most 64 MiB that is staged in Azurite
#   --entries L   how large the catalogues of 'growth' are
#   --program F   the imgsync that is measured; without it one is built, as a release has it
#   --before F    an older imgsync, which takes part in 'five', 'nothing' and 'growth'
#   --peer CMD    another tool's command line, which gets OS_*, UPSTREAM, IMAGES and KEYS in its environment
#
# The tables are Markdown, on standard output. Images stay in .local/bench for the next time; nothing is left running.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cases=() runs=5 sizes="64 512 2048" mib=512 fleets="1 5 20" catalogues="1 10 100 1000" peers=() program="" before=""
while (($#)); do
  case $1 in
    --case) cases+=("$2") ;;
    --runs) runs=$2 ;;
    --sizes) sizes=$2 ;;
    --mib) mib=$2 ;;
    --fleet) fleets=$2 ;;
    --entries) catalogues=$2 ;;
    --program) program=$(realpath "$2") ;;
    --before) before=$(realpath "$2") ;;
    --peer) peers+=("$2") ;;
    *) sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift 2
done
((${#cases[@]})) || cases=(cold five clouds resume nothing growth azurite)

# shellcheck source=bench/services.sh
. bench/services.sh
# shellcheck source=bench/measure.sh
. bench/measure.sh
# shellcheck source=bench/contenders.sh
. bench/contenders.sh
# shellcheck source=bench/cases.sh
. bench/cases.sh

machine() {
  # shellcheck source=/dev/null
  echo "$(date -u +%F), $(nproc) cores of $(lscpu | sed -n 's/^Model name: *//p'), $(free -g | awk '/^Mem/ { print $2 }') GiB," \
    "$(. /etc/os-release && echo "$PRETTY_NAME"), .NET $(dotnet --version), load before: $(cut -d' ' -f1 /proc/loadavg), $runs runs each, commit $(git rev-parse --short HEAD)"
}

[[ -z $program ]] || imgsync=$program
machine
start_services
for name in "${cases[@]}"; do
  # shellcheck disable=SC2086 # lists of numbers
  case $name in
    cold) for size in $sizes; do cold "$size"; done ;;
    five) five_at_once "$mib" ;;
    clouds) three_clouds "$mib"; many_clouds $((mib > 64 ? 64 : mib)) $fleets ;;
    resume) resume "$mib" ;;
    nothing) nothing 5; nothing 20 ;;
    growth) growth $catalogues ;;
    azurite) azurite "$mib" ;;
    *) say "There is no case $name" >&2; exit 2 ;;
  esac
done
