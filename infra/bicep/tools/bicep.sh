#!/usr/bin/env bash
# The Bicep CLI in the version that Bicep.csproj pins, fetched from the NuGet feed the first time.
#
#   infra/bicep/tools/bicep.sh build infra/bicep/main.bicep
set -euo pipefail

# The CLI does without ICU only when told so.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1

project=$(dirname "${BASH_SOURCE[0]}")/Bicep.csproj
path() { dotnet msbuild "$project" -nologo -getProperty:BicepPath; }

bicep=$(path)
if [[ ! -f $bicep ]]; then
  if ! log=$(dotnet restore "$project" -v q 2>&1); then
    printf '%s\n' "$log" "bicep: the CLI could not be restored from the NuGet feed." >&2
    exit 127
  fi
  bicep=$(path)
fi
# NuGet leaves the execute bit to its owner only, and sometimes to nobody.
[[ -x $bicep ]] || chmod u+x "$bicep"
exec "$bicep" "$@"
