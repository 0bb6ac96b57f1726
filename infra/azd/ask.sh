#!/usr/bin/env bash
# Before `azd provision`: writes infra/bicep/main.bicepparam from answers where there is none yet. The secret is asked for by nobody: it
# comes from the shell, as IMGSYNC_KEYSTONE_SECRET, and is in no file; without it the vault keeps what it has.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../bicep"
file=${1:-main.bicepparam}

if [[ -e $file ]]; then
  echo "$file is there: taken as it is."
else
  distributions='' cloud='' url='' region='' credential='' mail=''
  # ask NAME QUESTION PATTERN [DEFAULT]
  ask() {
    local answer
    while read -r -p "$2${4:+ [$4]}: " answer; do
      answer=${answer:-${4:-}}
      if [[ $answer =~ ^($3)$ ]]; then printf -v "$1" %s "$answer"; return; fi
      echo "That cannot be it: it must look like $3" >&2
    done
    echo "There was no answer: nothing is written." >&2
    exit 1
  }

  name='[A-Za-z0-9-]{1,64}'
  ask distributions "Distributions, with commas between them" '[a-z0-9-]+(, *[a-z0-9-]+)*' debian12,debian13,ubuntu24
  ask cloud "A name for the cloud" "$name" production
  ask url "Keystone's URL" "https://[^' ]+"
  ask region "Its region" '[A-Za-z0-9_.-]+' RegionOne
  ask credential "The application credential's id" '[A-Za-z0-9]+'
  ask mail "Who gets mail when something is wrong" "[^' ]+@[^' ]+"

  quoted=$cloud # Bicep's linter wants quotes where a name needs them, and nowhere else
  [[ $cloud =~ ^[A-Za-z][A-Za-z0-9]*$ ]] || quoted="'$cloud'"

  cat >"$file" <<P
using 'main.bicep'

param distributions = [
$(tr -d ' ' <<<"$distributions" | tr ',' '\n' | sed "s/.*/  '&'/")
]

param clouds = [
  {
    name: '$cloud'
    authUrl: '$url'
    region: '$region'
    signIn: {
      type: 'v3applicationcredential'
      applicationCredentialId: '$credential'
    }
  }
]

// Taken from the shell that deploys, and never written down here. Where it is not set, the vault keeps what it has.
param keystoneSecrets = {
  $quoted: readEnvironmentVariable('IMGSYNC_KEYSTONE_SECRET', '')
}

param alertEmails = ['$mail']
P
  echo "Wrote $(realpath "$file"): it is yours to change."
fi

if [[ -z ${IMGSYNC_KEYSTONE_SECRET:-} ]]; then
  echo "IMGSYNC_KEYSTONE_SECRET is not set: the vault keeps the secret that it has, or gets none." >&2
fi
