#!/usr/bin/env bash
# What a release says of itself where it is published, on standard output: a button for Azure, whose address has to name the repository
# and the tag, and what the changelog has of it.
#
#   release/notes.sh VERSION OWNER/REPOSITORY
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if (($# != 2)); then sed -n '2,/^set -euo/s/^# \{0,1\}//p' "$0"; exit 2; fi
version=${1#v} repository=$2

# shellcheck source=release/source.sh
. release/source.sh

template=$(jq -rn --arg url "https://raw.githubusercontent.com/$repository/v$version/infra/azuredeploy.json" '$url | @uri')
cat <<N
[![Deploy to Azure](https://aka.ms/deploytoazurebutton)](https://portal.azure.com/#create/Microsoft.Template/uri/$template)

The button opens this release's template as a form. Its \`packageUri\` is

    https://github.com/$repository/releases/download/v$version/Imgsync.Functions.$version.zip
$(changes_of "$version" | sed "s|](docs/|](https://github.com/$repository/blob/v$version/docs/|g")
N
