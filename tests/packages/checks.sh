# shellcheck shell=bash disable=SC2154 # tests/packages.sh and machine.sh set variables
# Sourced by tests/packages.sh: each check, and its row of the table.

rows=()
failures=0

# check NAME FUNCTION: the function puts a short fact into $fact and fails where it should. Every step must pass on its failure.
check() {
  local started=$SECONDS verdict=ok
  fact=''
  "$2" || { verdict=FAILED; failures=$((failures + 1)); }
  rows+=("$(printf '%-8s %-48s %4s s  %s' $verdict "$1" $((SECONDS - started)) "$fact")")
  printf '%s\n' "${rows[-1]}"
}

fails() { fact=$*; return 1; }

print_table() {
  say "The packages, in $SECONDS s"
  printf '%s\n' "${rows[@]}"
  [[ ! -s $state/times ]] || { say "The quick start's commands"; cat "$state/times"; }
  ((failures == 0)) || { say "FAILED: $failures of ${#rows[@]}"; exit 1; }
}

the_deb() { ls "$made"/imgsync_*_amd64.deb; }

# Takes its time, beside what is prepared
begin_lintian() { lintian --no-cfg --fail-on none "$(the_deb)" >"$state/lintian" 2>/dev/null & lintian=$!; }

package_is_clean() {
  wait "$lintian" || fails "lintian ended badly" || return
  [[ ! -s $state/lintian ]] || { cat "$state/lintian"; fails "$(wc -l <"$state/lintian") complaints"; return; }
}

unit_is_confined() {
  fact=$(systemd-analyze security --offline=yes packaging/systemd/imgsync.service | sed -n 's/.*exposure level for imgsync.service: \([0-9.]*\).*/\1/p')
  [[ -n $fact ]] && awk -v level="$fact" 'BEGIN { exit !(level < 2.0) }'
}

files_are_complete() {
  local file names megabytes glibc
  (cd "$made" && sha256sum --quiet -c SHA256SUMS) || fails "a sum is wrong" || return
  names=$(tar -tzf "$made"/*-linux-x64.tar.gz)
  for file in imgsync imgsync-service man/imgsync.1 completions/imgsync.{bash,zsh,fish} systemd/imgsync.timer LICENSE; do
    grep -qE "^[^/]*/$file$" <<<"$names" || fails "the archive has no $file" || return
  done
  grep -q '/usr/bin/imgsync' < <(rpm -qlp "$made"/*.rpm) || fails "the rpm has no program" || return
  [[ $(jq '.subject | length' "$made"/*.provenance.json) == $(($(wc -l <"$made/SHA256SUMS") - 1)) ]] || fails "the provenance leaves a file out" || return
  jq -e 'any(.components[]; .name == "Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64") and any(.components[]; .name == "Polly.Core")' \
    "$made"/*-linux-x64.cdx.json >/dev/null || fails "the bill of materials is not complete" || return
  megabytes=$(tar -tvzf "$made"/*-linux-x64.tar.gz | awk '$6 ~ /\/imgsync$/ { print int($3 / 1000000) }')
  ((megabytes < 45)) || fails "the program has $megabytes MB" || return
  # What it is linked with decides what it asks for, and the packages have to ask for the same.
  dpkg-deb --fsys-tarfile "$(the_deb)" | tar -xO ./usr/bin/imgsync >"$state/linked"
  [[ -z $(objdump -p "$state/linked" | awk '$1 == "NEEDED" && $2 !~ /^(libc|libm|ld-linux-x86-64)\.so/') ]] || fails "it is linked with more than glibc" || return
  glibc=$(objdump -T "$state/linked" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)
  [[ $(dpkg-deb -f "$(the_deb)" Depends) == *"libc6 (>= ${glibc#GLIBC_})"* ]] || fails "the Debian package does not ask for ${glibc/_/ }" || return
  rpm -qp --requires "$made"/*.x86_64.rpm | grep -qxF "glibc >= ${glibc#GLIBC_}" || fails "the rpm does not ask for ${glibc/_/ }" || return
  fact="the program has $megabytes MB, its package $(($(stat -c %s "$(the_deb)") / 1000000)), its image $(($(stat -c %s "$made"/*-container-amd64.tar) / 1000000)); ${glibc/_/ }"
}

# Before anything is built: what is not committed, a version that the changelog does not know, and a commit without its tag
refusals() {
  local clone=$state/refusing
  git clone -q . "$clone" 2>/dev/null && tar -c release release.sh tests | tar -x -C "$clone" || return
  mkdir "$clone/artifacts" && echo mine >"$clone/artifacts/SHA256SUMS" || return
  sed -i 's|<Version>.*</Version>|<Version>77.0.0</Version>|' "$clone/Directory.Build.props"
  refuses "changes that are not" || return
  in_clone add release tests && in_clone commit -qam "77" || return
  refuses "has no section \[77.0.0\]" || return
  printf '\n## [77.0.0]\n\n- All.\n' >>"$clone/CHANGELOG.md"
  in_clone commit -qam "Say what is in 77" && in_clone tag v77.0.0-rc || return
  refuses "has no tag v77.0.0" || return
  [[ $(ls "$clone/artifacts") == SHA256SUMS && $(<"$clone/artifacts/SHA256SUMS") == mine ]] || fails "it touched what was there"
}

in_clone() { git -C "$clone" -c user.name=Test -c user.email=test@example.org "$@"; }

# refuses PATTERN: that, and fails
refuses() {
  if "$clone/release.sh" >"$state/said" 2>&1; then fails "it made a release"; return; fi
  grep -q "$1" "$state/said" || { cat "$state/said"; fails "it does not say that it $1"; }
}

# The commands are those of the README; what is at hand is the package, an openrc file and a mirror.
quick_start() {
  local command seconds total=0 commands=()
  mapfile -t commands < <(quick_start_commands)
  ((${#commands[@]} == 5)) || fails "the README has ${#commands[@]} commands" || return
  put_at_hand
  for command in "${commands[@]}"; do
    local started=${EPOCHREALTIME/./}
    alice "$command" >"$state/said" 2>&1 || { cat "$state/said"; inside journalctl --no-pager -n 40; fails "$command"; return; }
    seconds=$(((${EPOCHREALTIME/./} - started) / 1000))
    total=$((total + seconds))
    printf '%8s s  %s\n' "$(awk -v ms=$seconds 'BEGIN { printf "%.1f", ms / 1000 }')" "$command" >>"$state/times"
  done
  fact="$((total / 1000)) s for ${#commands[@]} commands"
  ((total < 60000))
}

quick_start_commands() { sed -n '/^## Quick start/,/^## /p' README.md | awk '/^    / { begun = 1; print substr($0, 5); next } begun && NF { exit }'; }

put_at_hand() {
  mkdir -p "$machine/srv/upstream"
  # The machine's / is a mount of its own, with the same files.
  cp "$upstream"/{catalog.json,key.asc} "$machine/srv/upstream"
  cp "$(the_deb)" "$machine/home/alice"
  {
    tests/devcloud.sh env syncer
    mirror
  } >"$machine/home/alice/openrc.sh"
  chmod 0600 "$machine/home/alice/openrc.sh"
  chroot "$machine" chown alice: /home/alice/openrc.sh
}

# In the place of the publishers, as settings
mirror() {
  echo "export IMGSYNC__CATALOG=/srv/upstream/catalog.json IMGSYNC__SIGNATURES__KEYRINGS__0=/srv/upstream/key.asc IMGSYNC__SIGNATURES__KEYSERVER="
  echo "export IMGSYNC__PUBLISHERS__DEBIAN=http://127.0.0.1:$port/debian/ IMGSYNC__PUBLISHERS__UBUNTU=http://127.0.0.1:$port/ubuntu/"
}

start_upstream() {
  port=$(free_ports 1) upstream=$state/upstream
  tests/DemoUpstream/bin/Debug/net10.0/DemoUpstream "$upstream" "$port" >"$state/requests" &
  until [[ -s $upstream/published.sha256 ]] && listening "$port"; do kill -0 $! || die "the upstream server does not start"; sleep 0.2; done
}

image_bytes() { awk '$2 ~ /\.(qcow2|img)$/ { sum += $4 } END { print sum + 0 }' "$state/requests"; }

images_are_published() {
  local token url distribution sum id got
  token=$(tests/devcloud.sh token syncer) && url=$(tests/devcloud.sh glance-url) || return
  for distribution in debian12 ubuntu24; do
    sum=$(awk -v key="$distribution" '$2 == key { print $1 }' "$upstream/published.sha256")
    id=$(curl -sS -f -H "X-Auth-Token: $token" "$url/v2/images?imgsync.distribution=$distribution&visibility=public&status=active" | jq -r '.images[0].id // empty')
    [[ -n $id ]] || fails "$distribution is not there" || return
    got=$(curl -sS -f -H "X-Auth-Token: $token" "$url/v2/images/$id/file" | sha256sum | cut -d ' ' -f 1)
    [[ $got == "$sum" ]] || fails "$distribution is not as published" || return
  done
  fact="debian12, ubuntu24"
}

second_run() {
  local before said
  before=$(image_bytes)
  said=$(inside imgsync-service run sync 2>/dev/null) || { echo "$said"; fails "imgsync-service run sync failed"; return; }
  [[ $(grep -c ' up-to-date ' <<<"$said") == 2 ]] || { echo "$said"; fails "it is not up to date"; return; }
  [[ $(image_bytes) == "$before" ]] || fails "bytes moved" || return
  inside systemctl start imgsync.service || fails "the service failed" || return
  [[ $(inside stat -c '%U %a' /var/cache/imgsync) == "imgsync 700" ]] || fails "the staging folder is not the user's own"
}

timer_is_on() {
  [[ $(inside systemctl is-enabled imgsync.timer) == enabled && $(inside systemctl is-active imgsync.timer) == active ]] || fails "it is off" || return
  fact="next: $(inside systemctl show --property NextElapseUSecRealtime --value imgsync.timer)"
  [[ $(inside systemctl show --property Triggers --value imgsync.timer) == imgsync.service ]]
}

# The same files as a later version
later_package() {
  local tree=$state/later
  dpkg-deb -R "$(the_deb)" "$tree"
  sed -i 's/^Version: .*/Version: 99.0/' "$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$state/later.deb" >/dev/null
}

upgrade() {
  local settings
  settings=$(inside cat /etc/imgsync/imgsync.json)
  cp "$state/later.deb" "$machine/root/later.deb"
  inside apt-get -qq install -y /root/later.deb >"$state/said" 2>&1 </dev/null || { cat "$state/said"; fails "apt-get failed"; return; }
  # shellcheck disable=SC2016 # dpkg-query expands it
  [[ $(inside dpkg-query -W -f '${Version}' imgsync) == 99.0 ]] || fails "the old version is still there" || return
  [[ $(inside cat /etc/imgsync/imgsync.json) == "$settings" ]] || fails "the settings were changed" || return
  [[ $(inside systemctl is-active imgsync.timer) == active ]] || fails "the timer is off" || return
  inside systemctl start imgsync.service || fails "the service failed"
}

remove_and_purge() {
  local left
  inside apt-get -qq remove -y imgsync >"$state/said" 2>&1 || { cat "$state/said"; fails "apt-get remove failed"; return; }
  inside test -e /etc/imgsync/imgsync.json -a -e /etc/imgsync/cloud.env || fails "removing took the settings" || return
  ! inside systemctl is-active --quiet imgsync.timer || fails "the timer goes on" || return
  inside apt-get -qq purge -y imgsync >"$state/said" 2>&1 || { cat "$state/said"; fails "apt-get purge failed"; return; }
  left=$(inside find / -xdev -name '*imgsync*' -not -path '/home/*' -not -path '/tmp/*') || return
  [[ -z $left ]] || { echo "$left"; fails "$(wc -l <<<"$left") things are left"; return; }
  fact="the user imgsync stays, as Debian advises"
}

# Debian's rpm, with the machine as its root: the files, the scripts and the database are real, what they depend on is Debian's.
rpm_installs() {
  local anew=(--replacepkgs --replacefiles)
  inside userdel imgsync
  packages_of_rpm --install "$made"/*.x86_64.rpm || return
  inside systemctl daemon-reload
  alice "echo '{ \"distributions\": [\"ubuntu24\"] }' | sudo tee /etc/imgsync/imgsync.json && sudo imgsync-service openrc openrc.sh" >"$state/said" 2>&1 ||
    { cat "$state/said"; fails "it cannot be set up"; return; }
  inside systemctl start imgsync.service || { inside journalctl --no-pager -u imgsync -n 20; fails "the service failed"; return; }
  [[ $(rpm --root "$machine" --dbpath /var/lib/rpm --verify --nodeps imgsync) == *"c /etc/imgsync/imgsync.json" ]] || fails "rpm --verify finds more than the settings" || return
  packages_of_rpm --upgrade "${anew[@]}" "$made"/*.x86_64.rpm || return
  grep -q ubuntu24 "$machine/etc/imgsync/imgsync.json" || fails "the settings were changed" || return
  packages_of_rpm --erase imgsync || return
  [[ ! -e $machine/usr/bin/imgsync && -e $machine/etc/imgsync/imgsync.json.rpmsave ]] || fails "removing left the program, or took the settings" || return
  rm -rf "$machine"/etc/imgsync/* "$machine/var/lib/rpm"
  fact="ubuntu24 up to date; edited settings stay"
}

packages_of_rpm() {
  rpm --root "$machine" --dbpath /var/lib/rpm --nodeps "$@" >"$state/said" 2>&1 || { cat "$state/said"; fails "rpm $1 failed"; return; }
}

# As the Python tool's operator had it: one file in its format, which its user alone may read, and nothing of ours
old_settings() {
  mkdir -p "$machine/etc/imgsync"
  (
    eval "$(tests/devcloud.sh env syncer)"
    cat <<C
[DEFAULT]
prefix =
distributions = debian12

[keystone_auth]
auth_url = $OS_AUTH_URL
username = $OS_USERNAME
password = $OS_PASSWORD
project_name = $OS_PROJECT_NAME
user_domain_name = ${OS_USER_DOMAIN_NAME:-Default}
project_domain_name = ${OS_PROJECT_DOMAIN_NAME:-Default}
C
  ) >"$machine/etc/imgsync/imgsync.conf"
  chmod 0600 "$machine/etc/imgsync/imgsync.conf"
  inside apt-get -qq install -y /root/later.deb >"$state/said" 2>&1 </dev/null || { cat "$state/said"; fails "apt-get failed"; return; }
  grep -q 'chgrp imgsync /etc/imgsync/imgsync.conf' "$state/said" || { cat "$state/said"; fails "nobody is told that the service cannot read it"; return; }
  inside sh -c 'chgrp imgsync /etc/imgsync/imgsync.conf && chmod 0640 /etc/imgsync/imgsync.conf'
  mirror >"$machine/root/mirror"
  inside imgsync-service openrc /root/mirror >"$state/said" 2>&1 || { cat "$state/said"; fails "config check failed"; return; }
  local before
  before=$(runs_of_debian12)
  inside systemctl start imgsync.service || { inside journalctl --no-pager -u imgsync -n 20; fails "the service failed"; return; }
  (($(runs_of_debian12) == before + 1)) || { inside journalctl --no-pager -u imgsync -n 20; fails "debian12 was not synced"; return; }
}

runs_of_debian12() {
  inside journalctl --sync
  inside journalctl --no-pager -o cat -u imgsync.service | grep -cE '^debian12 +default +up-to-date ' || true
}

# No engine is asked for: the layers are unpacked in order, and the entry point runs as the image's user, with nothing but its folder
# to write to.
container_runs() {
  local layout=$state/layout root=$state/container config layer shells
  mkdir "$layout" "$root"
  tar -x -f "$made"/*-container-amd64.tar -C "$layout"
  blob_of() { echo "$layout/blobs/sha256/${1#sha256:}"; }
  config=$(jq -r '.manifests[0].digest' "$layout/index.json")
  for layer in $(jq -r '.layers[].digest' "$(blob_of "$config")"); do tar -x -z -f "$(blob_of "$layer")" -C "$root" --numeric-owner; done
  config=$(blob_of "$(jq -r .config.digest "$(blob_of "$config")")")
  [[ $(jq -r .config.User "$config") == 65532:65532 ]] || fails "it runs as $(jq -r .config.User "$config")" || return
  shells=$(find "$root" -name '*sh' -type f -perm /111)
  [[ -z $shells ]] || fails "it has a shell: $shells" || return

  mapfile -t variables < <(jq -r '.config.Env[]' "$config"; tests/devcloud.sh env syncer | sed "s/^export //; s/'//g"
    mirror | sed 's/^export //' | tr ' ' '\n' | sed 's|/srv/upstream|/upstream|')
  mkdir "$root/upstream"
  cp "$upstream"/{catalog.json,key.asc} "$root/upstream"
  # What every engine mounts; then all but the image's own volume is read-only.
  # shellcheck disable=SC2016 # the shell that is started expands it
  unshare --mount --pid --fork --kill-child bash -euc '
    cd "$0"
    mount --bind . .
    cd "$0"
    mount -t proc proc proc
    for device in null random urandom; do touch dev/$device; mount --bind /dev/$device dev/$device; done
    mount --bind var/cache/imgsync var/cache/imgsync
    mount -o remount,bind,ro .
    exec env -i "${@:2}" /usr/sbin/chroot --userspec=65532:65532 . /usr/bin/imgsync sync ubuntu24' \
    "$root" -- "${variables[@]}" >"$state/said" 2>&1 || { cat "$state/said"; fails "it does not run"; return; }
  grep -q 'ubuntu24 .* up-to-date ' "$state/said" || { cat "$state/said"; fails "ubuntu24 is not up to date"; return; }
  fact="$(du -sm "$root" | cut -f 1) MB; user 65532, no shell, ubuntu24 up to date"
}

program_passes() {
  local program=$state/program
  mkdir "$program"
  chmod 711 "$state" # some of the tests run the program as another user
  tar -x -z -f "$made"/*-linux-x64.tar.gz -C "$program" --strip-components=1
  dotnet build tests/Imgsync.Cli.Tests -v q -nologo -clp:NoSummary || return
  IMGSYNC_TEST_PROGRAM=$program/imgsync IMGSYNC_TEST_CLOUD=$DEVCLOUD_DIR \
    tests/Imgsync.Cli.Tests/bin/Debug/net10.0/Imgsync.Cli.Tests -noColor >"$state/said" 2>&1 || { grep -A 12 '\[FAIL\]' "$state/said"; fails "see above"; return; }
  fact=$(sed -n 's/.*\(Total: [0-9]*\),.*\(Failed: [0-9]*, Skipped: [0-9]*\).*/\1, \2/p' "$state/said")
}

# It starts; and where musl has statx, from 1.2.4 on, it lists, and syncs what the quick start has published: TLS aside, all that a run does.
musl_runs() {
  local program=$state/musl root=.local/musl/root archive variables
  ls "$made"/*-linux-musl-x64.tar.gz >/dev/null 2>&1 || ./release.sh --snapshot --into "$made" linux-musl-x64 >"$state/said" 2>&1 ||
    { cat "$state/said"; fails "release.sh failed"; return; }
  archive=$(ls "$made"/*-linux-musl-x64.tar.gz)
  mkdir "$program"
  tar -x -z -f "$archive" -C "$program" --strip-components=1
  tests/musl.sh root || fails "there is no root folder for it" || return
  mkdir -p "$root/upstream"
  cp "$upstream"/{catalog.json,key.asc} "$root/upstream"
  mapfile -t variables < <(tests/devcloud.sh env syncer | sed "s/^export //; s/'//g"; mirror | sed 's/^export //' | tr ' ' '\n' | sed 's|/srv/upstream|/upstream|')
  tests/musl.sh run "$program/imgsync" version >"$state/said" 2>&1 || { cat "$state/said"; fails "it does not start"; return; }
  # shellcheck disable=SC2016 # dpkg-query expands it
  if dpkg --compare-versions "$(dpkg-query -W -f '${Version}' musl)" lt 1.2.4; then fact="it starts; musl is too old here for more"; return; fi
  tests/musl.sh run "$program/imgsync" list >"$state/said" 2>&1 || { cat "$state/said"; fails "it does not list"; return; }
  env "${variables[@]}" tests/musl.sh run "$program/imgsync" sync ubuntu24 debian13 >"$state/said" 2>&1 || { cat "$state/said"; fails "it does not sync"; return; }
  { grep -q '^ubuntu24 .* up-to-date ' "$state/said" && grep -q '^debian13 .* published ' "$state/said"; } || { cat "$state/said"; fails "they are not as they should be"; return; }
  fact="debian13 published, ubuntu24 up to date"
}

# A release from a tag, by somebody who is not root and has nothing of root's, and once more by root, in another folder
same_bytes() {
  local first=$state/first again=$state/in/another/folder nobody=$state/nobody
  tagged_clone "$first" && tagged_clone "$again" || fails "there is no clone" || return
  mkdir -p "$nobody"/{home,tmp}
  chmod 711 "$state"
  chown -R nobody: "$first" "$nobody"
  env --unset=NUGET_PACKAGES --unset=DOTNET_CLI_HOME HOME="$nobody/home" TMPDIR="$nobody/tmp" \
    setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs "$first/release.sh" & local without_root=$!
  "$again/release.sh" || fails "release.sh failed" || return
  wait $without_root || fails "release.sh failed without root" || return
  # The app's zip differs: docs/releasing.md says why.
  diff <(sums_but_the_apps "$first/artifacts") <(sums_but_the_apps "$again/artifacts") || fails "these differ" || return
  fact="$(sums_but_the_apps "$first/artifacts" | wc -l) of $(wc -l <"$first/artifacts/SHA256SUMS") files, those that can be"
}

# tagged_clone FOLDER: of what is committed, as a version 77.0.0; the commit's bytes are the same each time
tagged_clone() {
  local clone=$1
  git clone -q . "$clone" 2>/dev/null || return
  sed -i 's|<Version>.*</Version>|<Version>77.0.0</Version>|' "$clone/Directory.Build.props"
  printf '\n## [77.0.0]\n\n- All.\n' >>"$clone/CHANGELOG.md"
  GIT_AUTHOR_DATE=@1700000000 GIT_COMMITTER_DATE=@1700000000 in_clone commit -qam "77" && in_clone tag v77.0.0
}

sums_but_the_apps() { grep -v -e 'Imgsync.Functions.*zip$' -e 'provenance.json$' "$1/SHA256SUMS"; }
