# shellcheck shell=bash disable=SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: the app's settings, and the host that runs it.

one_cloud_settings() {
  common_settings
  cloud_settings 0 default
}

# The one that is down comes first, so that the other cannot live on its bytes. It is given up soon.
two_clouds_settings() {
  common_settings
  cloud_settings 0 down
  cloud_settings 1 default
  settings+=(
    "Imgsync__Clouds__0__Auth__AuthUrl=http://127.0.0.1:$(free_ports 1)/v3"
    Imgsync__Workflow__Attempts=2
    Imgsync__Workflow__FirstRetryAfter=2s
  )
}

# A distribution that nobody has heard of, and a schedule that is none
slips_settings() {
  one_cloud_settings
  settings+=('Imgsync__Distributions=debian11,debain12' 'IMGSYNC_SCHEDULE=every night')
}

# Three settings that are no good, and a timer that fires by itself
unusable_settings() {
  one_cloud_settings
  settings+=(Imgsync__Publish__Keeep=1 Imgsync__MaxParallel=many Imgsync__Staging__ConnectionString=nonsense 'IMGSYNC_SCHEDULE=*/2 * * * * *')
}

common_settings() {
  settings=(
    'IMGSYNC_SCHEDULE=0 0 0 1 1 *' # once a year: the timer's run is started by hand
    "Imgsync__Catalog=$upstream/catalog.json"
    "Imgsync__Publishers__debian=http://127.0.0.1:$upstream_port/debian/"
    "Imgsync__Publishers__ubuntu=http://127.0.0.1:$upstream_port/ubuntu/"
    "Imgsync__Signatures__Keyrings__0=$upstream/key.asc"
    Imgsync__Signatures__KeyServer=
    "Imgsync__Distributions=$(cut -c 67- "$upstream/published.sha256" | paste -sd ,)"
    Imgsync__MaxParallel=2
    Imgsync__Publish__Keep=1
    "Imgsync__Staging__ConnectionString=$storage"
    Imgsync__Workflow__Attempts=3
    Imgsync__Workflow__FirstRetryAfter=5s # a killed worker's hold on its copy lasts longer: the next try waits for it
    # The timer of a killed host is taken over this soon.
    AzureFunctionsJobHost__singleton__listenerLockPeriod=00:00:15
    AzureFunctionsJobHost__singleton__listenerLockRecoveryPollingInterval=00:00:15
    AzureFunctionsJobHost__extensions__durableTask__tracing__version=None # there is no Application Insights to trace to
  )
}

# cloud_settings POSITION NAME
cloud_settings() {
  local credentials
  mapfile -t credentials < <(
    eval "$(DEVCLOUD_DIR=$state/devcloud tests/devcloud.sh env syncer)"
    printf "Imgsync__Clouds__$1__%s\n" "Name=$2" "Region=$OS_REGION_NAME" "Auth__AuthUrl=$OS_AUTH_URL" \
      "Auth__Username=$OS_USERNAME" "Auth__Password=$OS_PASSWORD" "Auth__UserDomainName=$OS_USER_DOMAIN_NAME" \
      "Auth__ProjectName=$OS_PROJECT_NAME" "Auth__ProjectDomainName=$OS_PROJECT_DOMAIN_NAME"
  )
  settings+=("${credentials[@]}")
}

# start_host [CODE]: starts the host with $settings and waits until the app answers, with this code (default: 200)
start_host() {
  local expected=${1:-200} port deadline=$((SECONDS + 120))
  port=$(free_ports 1)
  url=http://127.0.0.1:$port
  (
    # An openrc file that somebody has sourced is not meant for this.
    unset "${!OS_@}" "${!IMGSYNC@}" "${!Imgsync@}"
    export PORT="$port" ASPNETCORE_URLS="$url" AzureWebJobsScriptRoot="$app" AzureWebJobsStorage="$storage"
    export FUNCTIONS_WORKER_RUNTIME=dotnet-isolated "${settings[@]}"
    cd "$app" || exit
    exec setsid bash -c "$command" >>"$state/host.log" 2>&1 </dev/null
  ) &
  host=$!
  disown
  # A host that is not up yet answers 503, too, but not as the app does.
  until call GET /api/status && [[ $code == "$expected" && $type == application/*json* ]]; do
    kill -0 "$host" 2>/dev/null || give_up "the host has ended"
    ((SECONDS < deadline)) || give_up "the app does not answer: GET /api/status ends in $code"
    sleep 0.2
  done
}

# Nothing can go on without a host.
give_up() {
  rows+=("FAILED   $1")
  failures=$((failures + 1))
  print_table
}

# The host and all that it has started; they have its environment.
host_processes() {
  grep -lzxF "AzureWebJobsScriptRoot=$app" /proc/[0-9]*/environ 2>/dev/null | cut -d / -f 3 || true
}

worker_processes() {
  local process
  for process in $(host_processes); do
    if grep -qaF Imgsync.Functions.dll "/proc/$process/cmdline" 2>/dev/null; then echo "$process"; fi
  done
}

kill_worker() {
  local workers
  workers=$(worker_processes)
  [[ -n $workers ]] || fails "no process runs Imgsync.Functions.dll" || return
  # shellcheck disable=SC2086 # one word per process
  kill -KILL $workers
}

kill_host() {
  if [[ -n ${app:-} ]]; then wait_until 20 no_host_is_left; fi
}

no_host_is_left() {
  local processes
  processes=$(host_processes)
  [[ -n $processes ]] || return 0
  # shellcheck disable=SC2086 # one word per process
  kill -KILL $processes 2>/dev/null || true
  return 1
}
