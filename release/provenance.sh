# shellcheck shell=bash disable=SC2154
# Sourced by release.sh: how the files were made, as an in-toto statement (https://in-toto.io/Statement/v1) with the predicate of SLSA's
# build track (https://slsa.dev/spec/v1.0/provenance). It is not signed here: whoever publishes attests it.

# provenance: about all that is in $made, on standard output
provenance() {
  (cd "$made" && sha256sum -- *) |
    jq -R 'capture("^(?<digest>[0-9a-f]{64})  (?<name>.+)$") | { name, digest: { sha256: .digest } }' |
    jq -s --arg version "$version" --arg commit "$commit" --arg snapshot "$snapshot" --arg sdk "$(dotnet --version)" \
      --arg locks "$(locked_content)" --argjson linkers "$(linkers)" --arg epoch "$SOURCE_DATE_EPOCH" '{
      _type: "https://in-toto.io/Statement/v1",
      subject: .,
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "https://slsa.dev/container-based-build/v0.1?draft#./release.sh",
          externalParameters: { version: $version, tag: (if $snapshot == "yes" then null else "v\($version)" end) },
          internalParameters: { SOURCE_DATE_EPOCH: ($epoch | tonumber) },
          resolvedDependencies: [
            { name: "source", digest: { gitCommit: $commit }, annotations: (if $snapshot == "yes" then { "uncommitted changes": "possible" } else null end) },
            { name: "packages.lock.json files", digest: { sha256: $locks } },
            { name: ".NET SDK \($sdk)", uri: "pkg:generic/dotnet-sdk@\($sdk)" },
            $linkers[]
          ] | map(with_entries(select(.value != null)))
        },
        runDetails: { builder: { id: "./release.sh" } }
      }
    }'
}

# Debian's packages that linked the native programs
linkers() {
  # shellcheck disable=SC2016 # dpkg-query expands it
  { dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' 'gcc-[0-9]*' 'binutils*' libc6-dev 2>/dev/null || true; } |
    awk '$1 == "installed" && $2 ~ /^(gcc-[0-9]+|binutils)(-aarch64-linux-gnu)?$|^libc6-dev$/ { print $2, $3 }' | sort |
    jq -R 'split(" ") | { name: .[0], uri: "pkg:deb/debian/\(.[0])@\(.[1])" }' | jq -cs .
}

# Of all lock files together, in the order of their names
locked_content() { git ls-files -z '*.lock.json' | sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1; }
