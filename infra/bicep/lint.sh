#!/usr/bin/env bash
# Compiles and lints every template. Bicep ends well on a warning; this does not.
#
# Exit codes: 0 clean, 1 not clean, 2 no Bicep CLI to be had.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! tools/bicep.sh --version >/dev/null; then
  exit 2
fi

failed=0
check() {
  local said
  said=$(tools/bicep.sh "$@" 2>&1) || failed=1
  if [[ -n $said ]]; then
    failed=1
    printf '%s\n' "$said" >&2
  fi
}

# main.bicep reaches every module, and the sample reaches main.bicep.
check build main.bicep --outfile "$scratch/main.json"
check lint main.bicep
check build-params main.sample.bicepparam --outfile "$scratch/main.sample.json"

cp -r main.bicep main.sample.bicepparam modules "$scratch"
(cd "$scratch" && "$OLDPWD/tools/bicep.sh" format --pattern '**/*.bicep*') >/dev/null || failed=1
for file in main.bicep main.sample.bicepparam modules; do
  diff -r -u "$file" "$scratch/$file" >&2 || failed=1
done

if ((failed)); then
  echo "bicep: not clean" >&2
  exit 1
fi
echo "bicep: the templates compile, lint without a warning and are formatted"
