# shellcheck shell=bash disable=SC2034,SC2154 # the other files of release.sh use what this one sets
# Sourced by release.sh: what a release is made from.

# Goes into $source, a clone of the commit that is checked out, and sets $commit and SOURCE_DATE_EPOCH
# (https://reproducible-builds.org/specs/source-date-epoch/). A snapshot takes the folder as it is.
check_out_source() {
  source=$making/source
  commit=$(git rev-parse HEAD)
  git clone -q --no-checkout . "$source"
  git -C "$source" checkout -q --detach "$commit"
  # Where the clone is from is this machine's business, and must not get into debug information.
  git -C "$source" remote remove origin
  if [[ $snapshot == yes ]]; then
    git -C "$source" ls-files -z | (cd "$source" && xargs -0 rm -f --)
    # A file that is deleted and not yet committed is still listed.
    git ls-files -z -co --exclude-standard | while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done |
      tar -c --null -T - | tar -x -C "$source"
  elif [[ -n $(git status --porcelain) ]]; then
    say "FAILED: a release is made of what is committed, and there are changes that are not (git status)"
    exit 1
  fi
  export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
  cd "$source"
}

# Sets $version, $locked, $level for gzip, and $build, the arguments of every build.
name_version() {
  version=$(sed -n 's|.*<Version>\(.*\)</Version>.*|\1|p' Directory.Build.props)
  if [[ $snapshot == yes ]]; then
    version=$version-snapshot.$(date -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)
    locked=false level=-1
  else
    if ! changes_of "$version" | grep . >/dev/null; then
      say "FAILED: CHANGELOG.md has no section [$version]: write it first, or try with --snapshot"
      exit 1
    fi
    if ! git tag --points-at HEAD | grep -xF "v$version" >/dev/null; then
      say "FAILED: the commit has no tag v$version: git tag v$version, or try with --snapshot"
      exit 1
    fi
    locked=true level=-9
  fi
  # With ContinuousIntegrationBuild, no path of this machine gets into what is built.
  # The analysers have had their say when the commit was tested; what they say goes into no file.
  build=(-p:Version="$version" -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -v q -nologo -clp:NoSummary)
}

# changes_of VERSION: what the changelog says of it
changes_of() { awk -v head="## [$1]" 'index($0, "## [") == 1 { inside = index($0, head) == 1; next } inside' CHANGELOG.md; }

# restore PROJECT ARGUMENT...: exactly what the lock file names; for a snapshot, what the SDK of this machine asks for
restore() {
  if [[ $locked == true ]]; then set -- "$@" --locked-mode; fi
  dotnet restore "$@" -v q
}
