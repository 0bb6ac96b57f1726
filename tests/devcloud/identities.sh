# shellcheck shell=bash disable=SC2154 # the secrets file assigns passwords at run time
# Sourced by devcloud.sh: who may sign in to the instance, and what for.
#
#   admin     admin of everything
#   syncer    publishes: member and publisher on project images, member on the domain Default and on the system,
#             and an application credential for project images
#   user      an ordinary member of project tenant
#   disabled  a member of project tenant who may not sign in
#   glance    the service itself
declare -A PROJECT_OF=([admin]=admin [syncer]=images [user]=tenant [disabled]=tenant [glance]=service)

create_passwords() {
  [[ ! -s $DIR/secrets ]] || return 0
  local who
  for who in "${!PROJECT_OF[@]}"; do
    printf '%s_password=%s\n' "$who" "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  done >"$DIR/secrets.new"
  mv "$DIR/secrets.new" "$DIR/secrets"
}

create_identities() {
  [[ ! -e $DIR/.identities ]] || return 0
  TOKEN=$(sign_in admin) || die "the user admin cannot sign in to Keystone"
  publish_image_endpoint
  api POST /roles '{"role":{"name":"publisher"}}' >/dev/null
  member_of service glance admin
  member_of images syncer member publisher
  member_of tenant user member
  member_of tenant disabled member

  local syncer member disabled
  syncer=$(id_of users syncer)
  member=$(id_of roles member)
  disabled=$(id_of users disabled)
  api PUT "/domains/default/users/$syncer/roles/$member"
  api PUT "/system/users/$syncer/roles/$member"
  api PATCH "/users/$disabled" '{"user":{"enabled":false}}' >/dev/null

  TOKEN=$(sign_in syncer) || die "the user syncer cannot sign in to Keystone"
  api POST "/users/$syncer/application_credentials" '{"application_credential":{"name":"devcloud"}}' |
    jq -er '.application_credential | "appcred_id=\(.id)\nappcred_secret=\(.secret)"' >>"$DIR/secrets"
  touch "$DIR/.identities"
}

publish_image_endpoint() {
  local service interface
  service=$(api POST /services '{"service":{"type":"image","name":"glance"}}' | jq -er .service.id)
  for interface in public internal admin; do
    api POST /endpoints "{\"endpoint\":{\"service_id\":\"$service\",\"interface\":\"$interface\",\"region_id\":\"$REGION\",\"url\":\"$GLANCE_URL\"}}" >/dev/null
  done
}

# member_of PROJECT USER ROLE...: makes what is missing of them
member_of() {
  local project user role name password=${2}_password
  project=$(id_of projects "$1" || api POST /projects "{\"project\":{\"name\":\"$1\",\"domain_id\":\"default\"}}" | jq -er .project.id)
  user=$(api POST /users "{\"user\":{\"name\":\"$2\",\"domain_id\":\"default\",\"password\":\"${!password}\"}}" | jq -er .user.id)
  for name in "${@:3}"; do
    role=$(id_of roles "$name")
    api PUT "/projects/$project/users/$user/roles/$role"
  done
}

# id_of COLLECTION NAME: fails when there is none
id_of() { api GET "/$1?name=$2" | jq -er ".$1[0].id // empty"; }

# api METHOD PATH [JSON]: asks Keystone as $TOKEN and prints the answer's body
api() {
  curl -sS -m 30 --fail-with-body -X "$1" -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' \
    ${3:+-d "$3"} "$KEYSTONE_URL$2" || die "Keystone refuses $1 $2"
}

# sign_in USER: a token for the user's project
sign_in() {
  local password=${1}_password
  curl -sS -m 30 -f -o /dev/null -D - -H 'Content-Type: application/json' "$KEYSTONE_URL/auth/tokens" -d "{\"auth\":{
      \"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":\"$1\",\"domain\":{\"id\":\"default\"},\"password\":\"${!password}\"}}},
      \"scope\":{\"project\":{\"name\":\"${PROJECT_OF[$1]}\",\"domain\":{\"id\":\"default\"}}}}}" |
    tr -d '\r' | sed -n 's/^x-subject-token: //Ip' | grep .
}

# print_credentials USER: export lines, one a line
print_credentials() {
  local password=${1}_password
  printf 'export OS_IDENTITY_API_VERSION=3\nexport OS_AUTH_URL=%s\nexport OS_REGION_NAME=%s\nexport OS_INTERFACE=public\n' "$KEYSTONE_URL" "$REGION"
  if [[ $1 == appcred ]]; then
    printf 'export OS_AUTH_TYPE=v3applicationcredential\n'
    printf 'export OS_APPLICATION_CREDENTIAL_ID=%s\nexport OS_APPLICATION_CREDENTIAL_SECRET=%s\n' "$appcred_id" "$appcred_secret"
    return
  fi
  [[ -n ${PROJECT_OF[$1]:-} ]] || die "env: unknown user '$1' (admin, syncer, user, disabled, appcred)"
  printf 'export OS_AUTH_TYPE=password\nexport OS_USERNAME=%s\nexport OS_PASSWORD=%s\nexport OS_USER_DOMAIN_NAME=Default\n' "$1" "${!password}"
  printf 'export OS_PROJECT_NAME=%s\nexport OS_PROJECT_DOMAIN_NAME=Default\n' "${PROJECT_OF[$1]}"
}
