// Copy to main.bicepparam and make it yours. docs/operations.md walks through it.
using 'main.bicep'

param distributions = ['debian12', 'debian13', 'ubuntu24']

param clouds = [
  {
    name: 'production'
    authUrl: 'https://keystone.example.org:5000/v3'
    region: 'RegionOne'
    signIn: {
      type: 'v3applicationcredential'
      applicationCredentialId: '00000000000000000000000000000000'
    }
  }
]

// Taken from the shell that deploys, and never written down here. Where it is not set, the vault keeps what it has.
param keystoneSecrets = {
  production: readEnvironmentVariable('IMGSYNC_KEYSTONE_SECRET', '')
}

param alertEmails = ['operators@example.org']

// For an OpenStack that is not on the internet: a subnet that reaches it, delegated to Microsoft.App/environments.
// param reach = {
//   kind: 'existing'
//   subnetId: '/subscriptions/…/virtualNetworks/…/subnets/…'
// }
