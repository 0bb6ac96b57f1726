# shellcheck shell=bash
# Sourced by run.sh: who takes part beside imgsync, and what a case needs to know about images, clouds and requests.

# measure_pipes CONTENDER MIB KEY...: 'curl upstream | curl -T - glance', all at once; with $filter in between, which ends in '|', if there is one.
# Expect is left out: curl would wait a second for a leave that Glance's uWSGI never gives.
measure_pipes() {
  local contender=$1 mib=$2 key id pipes=()
  for key in "${@:3}"; do
    id=$(new_image)
    pipes+=("(curl -sS -f '$(url_of "$mib" "$key")' | ${filter:-} curl -sS -f -T - -H Expect: -H '@$bench/token' -H 'Content-Type: application/octet-stream' '$glance/v2/images/$id/file') & ids+=(\$!);")
  done
  # A plain wait would take a pipe that failed at once for a fast one.
  measure "$contender" bash -e -o pipefail -c "${pipes[*]} for id in \${ids[*]}; do wait \$id; done"
}

# measure_upload CONTENDER MIB KEY: what Glance takes alone, to take in a file that is there already
measure_upload() {
  local url
  url=$glance/v2/images/$(new_image)/file
  measure "$1" curl -sS -f -T "$(file_of "$2" "$3")" -H Expect: -H "@$bench/token" -H 'Content-Type: application/octet-stream' "$url"
}

# new_image: its id, and the token to send it with in $bench/token
new_image() {
  local token
  token=$(tests/devcloud.sh token syncer)
  printf 'X-Auth-Token: %s\n' "$token" >"$bench/token"
  curl -sS -f -H "@$bench/token" -H 'Content-Type: application/json' -d '{"disk_format":"qcow2","container_format":"bare"}' "$glance/v2/images" | jq -er .id
}

# by_each FUNCTION ARGUMENTS...: FUNCTION NAME ARGUMENTS..., for the older imgsync, if one takes part, and for this one
by_each() {
  [[ -z $before ]] || imgsync=$before "$1" before "${@:2}"
  "$1" imgsync "${@:2}"
}

# measure_peers MIB KEY...: other tools; they get the OS_* variables, UPSTREAM (a base URL), IMAGES (URLs) and KEYS
measure_peers() {
  local peer name key urls=()
  for key in "${@:2}"; do urls+=("$(url_of "$1" "$key")"); done
  for peer in "${peers[@]}"; do
    name=${peer%% *}
    UPSTREAM=http://127.0.0.1:$port/$1 IMAGES=${urls[*]} KEYS=${*:2} measure "${name##*/}" bash -c "$peer"
  done
}

file_of() { awk -v key="$2" -v folder="$bench/tree/$1/" '$1 == key { print folder $2 }' "$bench/tree/$1/files"; }

url_of() { local file; file=$(file_of "$@"); echo "http://127.0.0.1:$port/${file#"$bench/tree/"}"; }

# fill_entries COUNT: a catalogue of that many entries, all of them up to date; sets $entries to their keys
fill_entries() {
  local tree=$bench/tree/many$1
  mapfile -t entries < <(seq -f 'd%04g' "$1")
  [[ -e $tree/revision ]] || "$workbench" make-many "$tree" "$1"
  write_configuration "many$1"
  forget_all
  "$imgsync" sync "${entries[@]}" --config "$bench/imgsync.json" >/dev/null 2>"$bench/story" || { tail "$bench/story" >&2; exit 1; }
}

# glance_time: the processor time, in seconds, that Glance has used by now
glance_time() {
  local pid
  for pid in $(pgrep -f "$DEVCLOUD_DIR/run/glance.ini"); do cut -d' ' -f14,15 "/proc/$pid/stat"; done |
    awk -v hz="$(getconf CLK_TCK)" '{ ticks += $1 + $2 } END { printf "%.2f\n", ticks / hz }'
}

cloud_requests() { cat "$DEVCLOUD_DIR"/log/*-uwsgi.log | grep -c '=> generated'; }

# image_requests FROM: how many of the requests after the first FROM were for images
image_requests() { tail -n +$(($1 + 1)) "$bench/requests" | grep -cE '\.(img|qcow2) ' || true; }

# make_projects NAME...: in which syncer may publish
make_projects() {
  local token user name project role
  token=$(tests/devcloud.sh token admin)
  for name in "$@"; do
    project=$(keystone "$token" "/projects?name=$name" | jq -r '.projects[0].id // empty')
    [[ -n $project ]] || project=$(keystone "$token" /projects -d "{\"project\":{\"name\":\"$name\",\"domain_id\":\"default\"}}" | jq -er .project.id)
    user=$(keystone "$token" '/users?name=syncer' | jq -er '.users[0].id')
    for role in member publisher; do
      role=$(keystone "$token" "/roles?name=$role" | jq -er '.roles[0].id')
      keystone "$token" "/projects/$project/users/$user/roles/$role" -X PUT
    done
  done
}

keystone() { curl -sS -f -m 30 -H "X-Auth-Token: $1" -H 'Content-Type: application/json' "$OS_AUTH_URL$2" "${@:3}"; }

# clouds_of PROJECT...: settings, as JSON
clouds_of() {
  local project clouds=()
  for project in "$@"; do
    clouds+=("{\"name\":\"$project\",\"auth\":{\"authUrl\":\"$OS_AUTH_URL\",\"username\":\"$OS_USERNAME\",\"password\":\"$OS_PASSWORD\",\"userDomainName\":\"Default\",\"projectName\":\"$project\",\"projectDomainName\":\"Default\"}}")
  done
  local IFS=,
  echo "[${clouds[*]}]"
}
