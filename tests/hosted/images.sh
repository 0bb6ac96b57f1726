# shellcheck shell=bash disable=SC2034,SC2154 # the files that tests/hosted.sh sources share variables
# Sourced by tests/hosted.sh: what Glance has, as those see it who use the images.

# as_published [DISTRIBUTION...]: each (all, when none is named) has one image in Glance, which everybody may see and which
# holds, downloaded, the bytes that upstream has published last. Sets $fact.
as_published() {
  local sum distribution images bytes=0 count=0
  glance_images user || return
  while read -r sum distribution; do
    (($# == 0)) || [[ " $* " == *" $distribution "* ]] || continue
    images=$(jq -c --arg key "$distribution" '[.[] | select(."imgsync.distribution" == $key)]' <<<"$glance_images")
    [[ $(jq 'length' <<<"$images") == 1 ]] || fails "$distribution has $(jq 'length' <<<"$images") public images" || return
    [[ $(jq -r '.[0] | .status + " " + .visibility' <<<"$images") == "active public" ]] || fails "$distribution is $(jq -r '.[0].status' <<<"$images")" || return
    [[ $(glance user "/v2/images/$(jq -r '.[0].id' <<<"$images")/file" | sha256sum) == "$sum  -" ]] || fails "$distribution has other bytes than upstream" || return
    bytes=$((bytes + $(jq '.[0].size' <<<"$images"))) count=$((count + 1))
  done <"$upstream/published.sha256"
  fact="$count images, $((bytes >> 20)) MiB"
}

# glance_images WHO: sets $glance_images to all that WHO sees of ours, as one list
glance_images() {
  glance_images=$(glance "$1" '/v2/images?source=imgsync&limit=500' | jq -ce .images) || fails "Glance does not list its images"
}

# glance WHO PATH
glance() {
  local token address
  token=$(DEVCLOUD_DIR=$state/devcloud tests/devcloud.sh token "$1") || return
  address=$(DEVCLOUD_DIR=$state/devcloud tests/devcloud.sh glance-url) || return
  curl -sS -f -m 120 -H @- "$address$2" <<<"X-Auth-Token: $token"
}
