# shellcheck shell=bash
# Sourced by test.sh and demo.sh: what both prepare before they start.

# shellcheck source=tests/machine.sh
. tests/machine.sh

say() { printf '== %s\n' "$*"; }

# Azure's Functions packages are not on every feed: docs/adr/0002-functions-packages.md
choose_functions_packages() {
  local project=src/Imgsync.Functions/Imgsync.Functions.csproj marker=.local/FunctionsPackages.props
  if dotnet restore "$project" -p:FunctionsPackages=real -v q >/dev/null 2>&1; then
    rm -f "$marker"
  else
    say "This feed lacks Azure's Functions packages: compiling against the stand-in"
    mkdir -p .local
    echo '<Project><PropertyGroup><FunctionsPackages>standin</FunctionsPackages></PropertyGroup></Project>' >"$marker"
  fi
}
