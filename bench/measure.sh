# shellcheck shell=bash
# Sourced by run.sh: one command's cost, and the table of all of them.

hook=$PWD/bench/AllocationHook/bin/Release/net10.0/AllocationHook.dll

# begin_case TITLE MIB: what follows belongs to it; MIB is what is moved, 0 where speed makes no sense
begin_case() {
  title=$1 moved=$2
  samples=$(mktemp -d "$bench/samples.XXXX")
  contenders=()
}

# measure CONTENDER COMMAND...: a line "wall cpu rss allocated" (s, s, MiB, MiB; the last where it is managed code) among the contender's samples
measure() {
  local contender=$1 user system wall rss
  [[ " ${contenders[*]/#/|} " == *" |$contender "* ]] || contenders+=("$contender")
  sync # what others wrote is not ours to wait for
  rm -f "$bench/allocated"
  if ! command time -o "$bench/time" -f '%e %U %S %M' "${@:2}" >"$bench/answer" 2>"$bench/story"; then
    tail -n 5 "$bench/story" "$bench/answer" >&2
    say "FAILED: ${*:2}" >&2
    exit 1
  fi
  read -r wall user system rss <<<"$(tail -n1 "$bench/time")"
  awk -v w="$wall" -v u="$user" -v s="$system" -v r="$rss" -v a="$(cat "$bench/allocated" 2>/dev/null || echo 0)" \
    'BEGIN { printf "%.3f %.3f %.1f %.1f\n", w, u + s, r / 1024, a / 1048576 }' >>"$samples/$contender"
}

# measure_imgsync CONTENDER ARGUMENTS...
measure_imgsync() {
  measure "$1" env DOTNET_STARTUP_HOOKS="$hook" BENCH_ALLOCATED="$bench/allocated" "$imgsync" "${@:2}" --config "$bench/imgsync.json"
}

# without CONTENDER STANDING NAME: a further contender whose wall times are the first one's less the median of the second one's
without() {
  local less
  less=$(spread "$samples/$2" 1 | cut -d' ' -f1)
  awk -v less="$less" '{ $1 -= less; print }' "$samples/$1" >"$samples/$3"
  contenders+=("$3")
}

# spread FILE COLUMN: median, least, most
spread() {
  awk -v c="$2" '{ print $c }' "$1" | sort -n |
    awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'
}

# end_case [REFERENCE]: prints the table; ratios are to the reference's median
end_case() {
  local contender reference=0 wall cpu rss
  [[ ! -e $samples/${1:-none} ]] || reference=$(spread "$samples/$1" 1 | cut -d' ' -f1)
  printf '\n### %s\n\n' "$title"
  echo "| | wall s (min-max) | CPU s (min-max) | peak RSS MiB | GiB/s | ${1:+× $1} |"
  echo "| --- | --- | --- | --- | --- | --- |"
  for contender in "${contenders[@]}"; do
    wall=$(spread "$samples/$contender" 1) cpu=$(spread "$samples/$contender" 2)
    rss=$(spread "$samples/$contender" 3)
    awk -v name="$contender" -v wall="$wall" -v cpu="$cpu" -v rss="$rss" -v moved="$moved" -v reference="$reference" 'BEGIN {
      split(wall, w, " "); split(cpu, c, " "); split(rss, r, " ")
      printf "| %s | %.2f (%.2f-%.2f) | %.2f (%.2f-%.2f) | %.0f | %s | %s |\n", name, w[1], w[2], w[3], c[1], c[2], c[3], r[3],
        (moved > 0) ? sprintf("%.2f", moved / 1024 / w[1]) : "", (reference > 0) ? sprintf("%.2f", w[1] / reference) : ""
    }'
  done
  rm -rf "$samples"
}
