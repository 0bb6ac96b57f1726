# shellcheck shell=bash disable=SC2034,SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: what is asked of the app, and of its runs.

# call METHOD PATH [CURL ARGUMENT...]: asks with the key, where there is one; see ask
call() {
  if [[ -n $key ]]; then ask "$@" -H @- <<<"x-functions-key: $key"; else ask "$@"; fi
}

# ask METHOD PATH [CURL ARGUMENT...]: sets $code (000: no answer), $type, $location and $body
ask() {
  local answer
  : >"$state/body"
  mapfile -t answer < <(
    curl -sS -m 60 -o "$state/body" -w '%{http_code}\n%header{content-type}\n%header{location}\n' \
      -X "$1" -H 'Content-Type: application/json' "${@:3}" "$url$2" 2>/dev/null
  )
  code=${answer[0]:-000} type=${answer[1]:-} location=${answer[2]:-}
  body=$(<"$state/body")
}

# said FILTER: what jq finds in the answer; nothing when it is no JSON
said() { jq -r "$1 // empty" <<<"$body" 2>/dev/null || true; }

# refuses CODE: the last answer is a problem (RFC 9457) with this code
refuses() {
  [[ $code == "$1" && $type == application/problem+json* && $(said .status) == "$1" ]] || fails "answers $code, $type"
}

# start_run [JSON]: sets $run
start_run() {
  call POST /api/resync -d "${1:-{\}}"
  run=$(said .run)
  [[ $code == 202 && -n $run && $location == "/api/runs/$run" ]] || fails "the start answers $code $run, Location: $location"
}

# wait_for_run SECONDS: leaves its report in $report
wait_for_run() {
  wait_until "$1" run_has_ended || fails "not ended after $1 s: $(said .progress.phase), $code" || return
  report=$(said .report)
  [[ -n $report ]] || fails "run $run ended without a report: $(said .error)"
}

run_has_ended() {
  call GET "/api/runs/$run"
  [[ $code == 200 && $(said .state) != under-way ]]
}

# reported FILTER: what jq finds in the report
reported() { jq -r "$1" <<<"$report"; }

# run_was_good: every image of the last report is in its cloud, and pruning could be done
run_was_good() {
  local reason
  reason=$(reported '[(.outcomes[] | select(.kind == "failed" or .kind == "unfinished") | "\(.distribution): \(.reason)"), .pruning.failures[]][0] // empty')
  [[ -z $reason ]] || fails "$reason"
}

# For the checks after one that failed in the middle of a run
end_run_under_way() {
  call GET /api/status
  run=$(said .underWay.run)
  [[ -n $run ]] || return 0
  call POST "/api/runs/$run/cancel"
  wait_until 120 run_has_ended || true
}
