# shellcheck shell=bash disable=SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: the checks, in the order in which they are made. Each leaves a fact for its row.

functions_are_listed() {
  local built listed
  call GET /admin/functions
  ((code != 401 && code != 403)) || skips "$code without --key" || return
  built=$(jq -r '.[].name' "$app/functions.metadata" | sort)
  listed=$(said '.[].name' | sort)
  [[ $code == 200 && $listed == "$built" ]] || fails "$code, listed: ${listed//$'\n'/ }" || return
  fact="$(wc -l <<<"$listed") functions"
}

timer_starts_a_run() {
  call POST /admin/functions/SyncTimer -d '{"input": ""}'
  ((code != 401 && code != 403)) || skips "$code without --key" || return
  [[ $code == 202 ]] || fails "the admin endpoint answers $code" || return
  wait_until 60 a_run_is_known || fails "202, and no run within 60 s" || return
  fact="202, run $run"
}

a_run_is_known() {
  call GET /api/status
  run=$(said '(.underWay // .last).run')
  [[ -n $run ]]
}

# The timer's run; where the timer could not be asked, one of our own
first_run_publishes_everything() {
  [[ -n ${run:-} ]] || start_run || return
  wait_for_run 120 && run_was_good || return
  [[ $(reported '[.outcomes[].kind] | unique | join(" ")') == published ]] || fails "$(reported '[.outcomes[].kind] | join(" ")')" || return
  fact="$(reported '.outcomes | length') published"
}

status_and_run_tell() {
  call GET /api/status
  [[ $code == 200 && $(said .last.run) == "$run" && -z $(said .underWay) ]] || fails "status: $code, last $(said .last.run)" || return
  call GET "/api/runs/$run"
  [[ $code == 200 && $(said .state) == ended && $(said .report.run) == "$run" ]] || fails "run: $code $(said .state)" || return
  call GET /api/metrics
  [[ $code == 200 && $body == *'imgsync_last_run_success{kind="complete"} 1'* ]] || fails "metrics: $code $body" || return
  call GET /api/dashboard
  [[ $code == 200 && $type == text/html* && $body == *"$run"* ]] || fails "dashboard: $code $type" || return
  ask GET /api/health
  # The demo's images are of a fixed day, and only grow older.
  [[ $code == 200 || $(said .cause) == image-too-old ]] || fails "health without a key: $code $body" || return
  fact="200, Ended, $(said '.cause // "healthy"')"
}

second_run_moves_nothing() {
  local before moved
  before=$(image_bytes)
  start_run && wait_for_run 60 && run_was_good || return
  moved=$(($(image_bytes) - before + $(reported '[.outcomes[] | .bytesDownloaded + .bytesUploaded] | add')))
  [[ $moved == 0 && $(reported '[.outcomes[].kind] | unique | join(" ")') == up-to-date ]] || fails "$moved bytes moved" || return
  fact="202, $(reported '.outcomes | length') up to date, 0 bytes"
}

refused() {
  call POST /api/resync -d "$1"
  refuses 400 || return
  fact="400, $(said '.faults[0]' | cut -c -80)"
}

refused_as_too_large() {
  printf '{"distributions": ["%070000d"]}' 0 >"$state/large.json"
  refused "@$state/large.json"
}

no_such_run() {
  call GET /api/runs/20200101T000000Z-0000
  refuses 404 || return
  call POST /api/runs/20200101T000000Z-0000/cancel
  refuses 404 || return
  fact="404 to a look and to a cancel"
}

# unauthorized [CURL ARGUMENT...]
unauthorized() {
  local request
  [[ -n $key ]] || skips "no --key" || return
  for request in "POST /api/resync" "GET /api/status" "GET /api/runs/$run" "POST /api/runs/$run/cancel" "GET /admin/functions"; do
    ask "${request% *}" "${request#* }" "$@"
    [[ $code == 401 ]] || fails "$request answers $code" || return
  done
  fact="401 from all routes and from admin"
}

# Three images and two places: the third is left out by the cancelling that follows.
second_start_is_refused() {
  local distribution
  for distribution in debian11 debian12 debian13; do publish "$distribution" 20260901-1900 48 || return; done
  start_run '{"distributions": ["debian11", "debian12", "debian13"]}' || return
  call POST /api/resync
  refuses 409 || return
  [[ $(said .run) == "$run" ]] || fails "409 names run $(said .run), not $run" || return
  call GET "/api/runs/$run"
  [[ $code == 200 && $(said .state) == under-way ]] || fails "run: $code $(said .state)" || return
  fact="409 names the run, which is under-way"
}

cancelled_run_ends() {
  local left_out
  call POST "/api/runs/$run/cancel"
  [[ $code == 202 && $location == "/api/runs/$run" ]] || fails "the cancelling answers $code" || return
  wait_for_run 90 || return
  left_out=$(reported '[.outcomes[] | select(.failure == "cancelled")] | length')
  ((left_out > 0)) || fails "202, but nothing was left out" || return
  fact="202, $left_out of 3 left out"
}

cancelling_again_is_refused() {
  call POST "/api/runs/$run/cancel"
  refuses 409 || return
  fact=409
}

# One image of a distribution stays (Imgsync__Publish__Keep). The run that was cancelled has pruned nothing.
new_revisions_replace_old_ones() {
  local deleted
  start_run '{"distributions": ["debian11", "debian12", "debian13"]}' && wait_for_run 90 && run_was_good || return
  as_published debian11 debian12 debian13 || return
  deleted=$(reported '[.pruning.actions[] | select(.kind == "delete" and .result == "done")] | length')
  [[ $deleted == 3 ]] || fails "$deleted of 3 old ones deleted" || return
  fact="$fact, $deleted old ones deleted"
}

# survives FUNCTION DISTRIBUTION REVISION: a new image is a third on its way when FUNCTION breaks something. The run has to end
# well, and upstream must not be asked again for what was staged by then.
survives() {
  local mebibytes=96 third=$((32 << 20)) before broken again told
  publish "$2" "$3" $mebibytes || return
  before=$(staged_bytes)
  start_run "{\"distributions\": [\"$2\"]}" || return
  wait_until 60 staged_since "$before" $third || fails "a third is not staged after 60 s" || return
  "$1" || return
  broken=$SECONDS
  wait_for_run 150 && run_was_good && as_published "$2" || return
  again=$((($(image_bytes "$2" "$3") >> 20) - mebibytes))
  ((again < 16)) || fails "$again MiB of $mebibytes were downloaded twice" || return
  told=$(($(reported '.outcomes[0].bytesDownloaded') >> 20))
  ((told >= mebibytes && told <= mebibytes + 16)) || fails "the report says that $told MiB of $mebibytes were downloaded" || return
  fact="ended well $((SECONDS - broken)) s later, $((again > 0 ? again : 0)) MiB downloaded twice, the report says $told MiB"
}

staged_since() { (($(staged_bytes) - $1 >= $2)); }

kill_and_restart_host() {
  kill_host || fails "the host does not go" || return
  start_host
}

two_clouds_one_down() {
  kill_host
  two_clouds_settings
  start_host
  publish debian13 20260920-1900 16 || return
  start_run '{"distributions": ["debian13"]}' && wait_for_run 90 || return
  [[ $(reported '[.outcomes[] | .cloud + " " + .kind] | sort | join(", ")') == "default published, down failed" ]] ||
    fails "$(reported '[.outcomes[] | .cloud + " " + .kind] | join(", ")')" || return
  as_published debian13 || return
  fact="default published, down $(reported '.outcomes[] | select(.cloud == "down") | .failure')"
}

nothing_half_made_is_left() {
  glance_images syncer || return
  local unfinished
  unfinished=$(jq -r '[.[] | select(.status != "active" or .visibility != "public") | .name + " " + .status] | join(", ")' <<<"$glance_images")
  [[ -z $unfinished ]] || fails "$unfinished" || return
  fact="$(jq length <<<"$glance_images") images, all active and public"
}
