# shellcheck shell=bash disable=SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: what the app does with settings that are wrong. Each check leaves a fact for its row.

wrong_schedule_is_told() {
  kill_host
  slips_settings
  start_host
  call GET /api/status
  [[ $(said '.setup | length') == 1 && $(said '.setup[0]') == *IMGSYNC_SCHEDULE*every\ night* ]] || fails "status says: $(said .setup)" || return
  ask GET /api/health
  refuses 503 || return
  fact="$(said '.title')"
}

# The run of everything that a timer would have started
wrong_distribution_fails_alone() {
  publish debian11 20260920-1900 16 || return
  start_run && wait_for_run 90 || return
  [[ $(reported '[.outcomes[] | .distribution + " " + .kind] | sort | join(", ")') == "debain12 failed, debian11 published" ]] ||
    fails "$(reported '[.outcomes[] | .distribution + " " + .kind] | join(", ")')" || return
  as_published debian11 || return
  fact=$(reported '.outcomes[] | select(.distribution == "debain12") | .reason')
  [[ $fact == *debain12*debian12* ]] || fails "the reason is: $fact"
}

unusable_settings_are_told() {
  local request wrong
  kill_host
  unusable_settings
  log_before=$(wc -c <"$state/host.log")
  start_host 503
  for request in "GET /api/status" "POST /api/resync" "GET /api/runs/$run" "POST /api/runs/$run/cancel"; do
    call "${request% *}" "${request#* }"
    refuses 503 || return
    for wrong in Keeep many connectionString; do
      [[ $(said '.faults[]') == *"$wrong"* ]] || fails "$request does not tell of $wrong" || return
    done
  done
  fact="503, $(said '.faults | length') faults from each route"
  ask GET /api/health
  refuses 503 && [[ $body != *Keeep* ]] || fails "health: $code $body" || return
}

# Each tick tells of all; nothing is started again for it.
timer_tells_of_unusable_settings() {
  local workers ticks=3
  workers=$(worker_processes)
  wait_until 60 ticks_have_told $ticks || fails "$ticks ticks have not told of all within 60 s" || return
  [[ $(worker_processes) == "$workers" && $(wc -w <<<"$workers") == 1 ]] || fails "other workers: $workers, now $(worker_processes)" || return
  kill -0 "$host" 2>/dev/null || fails "the host has ended" || return
  fact="$ticks ticks, one worker from first to last"
}

ticks_have_told() {
  local wrong
  for wrong in Keeep many connectionString; do
    (($(tail -c "+$((log_before + 1))" "$state/host.log" | grep -c "The timer has started nothing: .*$wrong") >= $1)) || return
  done
}
