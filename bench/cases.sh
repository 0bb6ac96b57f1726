# shellcheck shell=bash
# Sourced by run.sh: what is compared. Every case repeats its contenders in turn, $runs times.

five=(debian11 debian12 debian13 ubuntu22 ubuntu24)

# cold MIB: one image that nobody has
cold() {
  make_images "$1" debian12
  write_configuration "$1"
  begin_case "One image of $1 MiB, cold" "$1"
  local run glance_before glance_after
  for ((run = 0; run < runs; run++)); do
    forget_all
    glance_before=$(glance_time)
    measure_imgsync imgsync sync debian12
    glance_after=$(glance_time)
    measure_imgsync "up to date" sync debian12
    measure_pipes pipe "$1" debian12
    measure_upload "upload alone" "$1" debian12
    # shellcheck disable=SC2016 # expanded inside
    measure "sha256sum + sha512sum" sh -c 'sha256sum "$1"; sha512sum "$1"' hashes "$(file_of "$1" debian12)"
    measure_peers "$1" debian12
  done
  without imgsync "up to date" "imgsync less start-up"
  end_case pipe
  echo
  awk -v a="$glance_before" -v b="$glance_after" 'BEGIN { printf "In the last sync Glance itself used %.2f s of processor time, nearly all of it in the one thread that takes the image in.\n", b - a }'
}

# five_at_once MIB
five_at_once() {
  make_images "$1" "${five[@]}"
  write_configuration "$1"
  begin_case "Five images of $1 MiB, cold" $(($1 * 5))
  local run
  for ((run = 0; run < runs; run++)); do
    by_each bring_five
    measure_pipes "pipes at once" "$1" "${five[@]}"
    filter='tee >(openssl dgst -sha512 >/dev/null) |' measure_pipes "pipes that hash" "$1" "${five[@]}"
    measure_peers "$1" "${five[@]}"
  done
  by_each without_start_up
  end_case "pipes at once"
}

bring_five() {
  forget_all
  measure_imgsync "$1" sync "${five[@]}"
  measure_imgsync "$1, up to date" sync "${five[@]}"
}

without_start_up() { without "$1" "$1, up to date" "$1 less start-up"; }

# three_clouds MIB: one download, three uploads; the clouds are three projects of one Glance
three_clouds() (
  local run projects=(bench1 bench2 bench3)
  make_images "$1" debian12
  make_projects "${projects[@]}"
  write_configuration "$1" "" "$(clouds_of "${projects[@]}")"
  unset "${!OS_@}" # they would be one cloud more
  begin_case "One image of $1 MiB to three clouds" $(($1 * 3))
  for ((run = 0; run < runs; run++)); do
    forget_all
    measure_imgsync imgsync sync debian12
    measure_pipes "pipes at once" "$1" debian12 debian12 debian12
  done
  end_case "pipes at once"
)

# many_clouds MIB COUNT...: sent to each cloud, and fetched by each; the clouds are projects of one Glance, which has the same two cores
many_clouds() (
  local size=$1 count way run line projects
  tests/azurite.sh install
  AZURITE_OWNER=$$ tests/azurite.sh up
  AZURE_STORAGE_CONNECTION_STRING=$(tests/azurite.sh connection-string)
  make_images "$size" debian12
  make_projects $(seq -f 'fleet%g' "${@: -1}")
  local clouds=()
  for count in "${@:2}"; do
    mapfile -t projects < <(seq -f 'fleet%g' "$count")
    clouds[count]=$(clouds_of "${projects[@]}")
  done
  unset "${!OS_@}" # they would be one cloud more
  begin_case "One image of $size MiB to many clouds, staged in Azurite" 0
  local through=()
  for count in "${@:2}"; do
    for ((run = 0; run < runs; run++)); do
      for way in stream web-download; do
        forget_all
        write_configuration "$size" \
          "{ \"connectionString\": \"$AZURE_STORAGE_CONNECTION_STRING\", \"container\": \"fleet-$count-$way-$run\" }" \
          "${clouds[count]}" "{ \"upload\": \"$way\" }"
        measure_imgsync "$way, $count clouds" sync debian12 --json
        line=$(jq -r '[.outcomes[] | .bytesDownloaded, .bytesUploaded] | add / 1048576 | floor' "$bench/answer")
        ((run)) || through+=("| $way, $count clouds | $line |")
      done
    done
  done
  end_case
  printf '\n| | MiB from upstream and to Glance through the process |\n| --- | --- |\n'
  printf '%s\n' "${through[@]}"
)

# resume MIB: killed when half of the image is staged, then run again
resume() {
  make_images "$1" debian12
  write_configuration "$1"
  begin_case "One image of $1 MiB, killed at half and run again" 0
  local run fetched=()
  for ((run = 0; run < runs; run++)); do
    forget_all
    kill_at_half "$1"
    measure_imgsync "imgsync, second run" sync debian12 --json
    fetched+=($(($(jq '.outcomes[0].bytesDownloaded' "$bench/answer") >> 20)))
    forget_all
    measure_imgsync "imgsync, cold" sync debian12
  done
  end_case "imgsync, cold"
  echo
  echo "Of $1 MiB the second runs fetched ${fetched[*]} MiB."
}

# kill_at_half MIB
kill_at_half() {
  "$imgsync" sync debian12 --config "$bench/imgsync.json" >/dev/null 2>&1 &
  local pid=$!
  until (($(du -sBM "$bench/staging" 2>/dev/null | cut -dM -f1 || echo 0) >= $1 / 2)); do
    kill -0 $pid 2>/dev/null || { say "FAILED: it ended before it could be killed" >&2; exit 1; }
    sleep 0.02
  done
  kill -KILL $pid
  wait $pid 2>/dev/null || true
}

# nothing COUNT: everything is up to date
nothing() {
  fill_entries "$1"
  begin_case "Nothing to do, $1 distributions" 0
  local run upstream_before=0 cloud_before=0
  for ((run = 0; run < runs; run++)); do
    by_each bring_nothing
  done
  end_case
  echo
  echo "The last run sent $(($(wc -l <"$bench/requests") - upstream_before)) requests upstream, of which images: $(image_requests "$upstream_before")," \
    "and $(($(cloud_requests) - cloud_before)) to Glance and Keystone."
}

bring_nothing() {
  upstream_before=$(wc -l <"$bench/requests") cloud_before=$(cloud_requests)
  measure_imgsync "$1" sync "${entries[@]}"
}

# growth COUNT...: catalogues of which one entry changed
growth() {
  local count run
  begin_case "As the catalogue grows, one entry changed" 0
  for count in "$@"; do
    fill_entries "$count"
    for ((run = 0; run < runs; run++)); do
      by_each bring_one_of "$count"
    done
  done
  end_case
}

bring_one_of() {
  "$workbench" change "$bench/tree/many$2"
  measure_imgsync "$1, $2 entries" sync "${entries[@]}"
}

# azurite MIB: staging in blob storage, emulated on the same two cores
azurite() {
  tests/azurite.sh install
  AZURITE_OWNER=$$ tests/azurite.sh up
  AZURE_STORAGE_CONNECTION_STRING=$(tests/azurite.sh connection-string)
  export AZURE_STORAGE_CONNECTION_STRING
  make_images "$1" debian12
  begin_case "One image of $1 MiB, staged in Azurite" "$1"
  local run
  for ((run = 0; run < runs; run++)); do
    forget_all
    write_configuration "$1" "{ \"connectionString\": \"$AZURE_STORAGE_CONNECTION_STRING\", \"container\": \"run$run\" }"
    measure_imgsync imgsync sync debian12
    measure "Azurite alone" "$workbench" upload "$(file_of "$1" debian12)"
    measure_pipes pipe "$1" debian12
  done
  end_case pipe
}
