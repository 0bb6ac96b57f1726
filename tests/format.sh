#!/usr/bin/env bash
# Holds what 'dotnet format Imgsync.sln --verify-no-changes' would say, in seconds: that one analyses everything once more. The build has
# said most of it already, as errors (EnforceCodeStyleInBuild); left are white space, the order of usings, and two rules that no build knows.
#
#   tests/format.sh [FOLDER]
#
# What it finds, 'dotnet format Imgsync.sln' mends.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

status=0
dotnet format whitespace . --folder --verify-no-changes || status=1

mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard -- '*.cs')

# Segment by segment, System first, then plain ones, static ones, aliases
LC_ALL=C awk '
  FNR == 1 { before = "" }
  !/^(global )?using [^(]*;/ { if (NF) before = ""; next }
  {
    name = $0
    sub(/^(global )?using /, "", name)
    rank = name ~ /=/ ? 2 : name ~ /^static / ? 1 : 0
    sub(/^static /, "", name)
    sub(/;.*/, "", name)
    key = rank (name ~ /^System(\.|$)/ ? 0 : 1) tolower(name)
    gsub(/\./, "\001", key)
    if (before != "" && key < before) { printf "%s:%d: usings are sorted, System first: %s\n", FILENAME, FNR, name; failed = 1 }
    before = key
  }
  END { exit failed }' "${files[@]}" >&2 || status=1

if grep -nE '^[^"/]*\bthis\.[A-Za-z_0-9]+([^A-Za-z_0-9(<]|$)' "${files[@]}" >&2; then echo "'this.' is not written" >&2; status=1; fi
types='(Boolean|Byte|SByte|Char|Decimal|Double|Single|U?Int(16|32|64)|Object|String)'
if grep -nE "^[^\"/]*(\bSystem\.${types}\b|[(<, ]${types}[?]? [a-zA-Z_]+( =|;|,|\)| \{))" "${files[@]}" >&2; then
  echo "C#'s own word is written: string, int" >&2
  status=1
fi
exit $status
