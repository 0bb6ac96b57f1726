# shellcheck shell=bash
# Sourced by release.sh: a project's bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).

# bill_of_materials PROJECT VERSION: every package of its last restore that runs with it, on standard output
bill_of_materials() {
  local restored=src/$1/obj/project.assets.json packages
  packages=$(jq -r '.project.restore.packagesPath' "$restored")
  jq -r '[.targets[]][0] as $uses | .libraries | to_entries[] | select($uses[.key] | .type == "package" and .runtime) | [.key, .value.path, .value.sha512] | @tsv' "$restored" |
    while IFS=$'\t' read -r key path content; do
      jq -cn --arg name "${key%/*}" --arg version "${key##*/}" --arg licence "$(licence_of "$packages/$path")" --arg content "$content" '{
        type: "library", name: $name, version: $version, purl: "pkg:nuget/\($name)@\($version)",
        licenses: (if $licence == "" then [] else [{expression: $licence}] end),
        properties: [{name: "nuget:contentHash", value: $content}]
      }'
    done |
    jq -s --arg name "$1" --arg version "$2" --arg made "$(date -u ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"} +%Y-%m-%dT%H:%M:%SZ)" '{
      bomFormat: "CycloneDX", specVersion: "1.6", version: 1,
      metadata: { timestamp: $made, component: { type: "application", name: $name, version: $version, purl: "pkg:nuget/\($name)@\($version)" } },
      components: sort_by(.name)
    }'
}

# licence_of FOLDER: the SPDX expression in a package's manifest; nothing where it names a file instead
licence_of() { sed -n 's|.*<license type="expression">\([^<]*\)</license>.*|\1|p' "$1"/*.nuspec | head -n 1; }
