// The shapes an operator fills in, and how a cloud becomes app settings.

@export()
@description('Tags by name.')
type Tags = {
  @description('The tag\'s value.')
  *: string
}

@export()
@description('App settings by name.')
type Settings = {
  @description('The setting\'s value.')
  *: string
}

@export()
@description('One Glance to publish to, and how to sign in to its Keystone. The secret is not here but in the vault, as keystone-<name>.')
type Cloud = {
  @description('The name used in reports and in the secret\'s name: letters, digits and hyphens.')
  @minLength(1)
  @maxLength(64)
  name: string

  @description('Keystone\'s URL, with or without /v3.')
  @minLength(8)
  authUrl: string

  @description('Whom to sign in as.')
  signIn: SignIn

  @description('The region whose endpoint is taken from the service catalogue.')
  region: string?

  @description('Which endpoint is taken. Default: public.')
  interface: ('public' | 'internal' | 'admin')?

  @description('The image endpoint, where the service catalogue\'s is not to be used.')
  imageEndpoint: string?

  @description('Further certificate authorities (PEM) that may vouch for this cloud, by value: an app has no file to name.')
  caCertificates: string?
}

@description('A Keystone user with a password, or an application credential.')
@discriminator('type')
type SignIn = Password | ApplicationCredential

@description('A user whose password is the secret.')
type Password = {
  @description('Keystone\'s name for this way in.')
  type: 'password'

  @description('The user\'s name.')
  username: string

  @description('The domain the user is in.')
  userDomainName: string

  @description('The project to publish from.')
  projectName: string

  @description('The domain the project is in.')
  projectDomainName: string
}

@description('An application credential whose secret is the secret. It knows its user and project.')
type ApplicationCredential = {
  @description('Keystone\'s name for this way in.')
  type: 'v3applicationcredential'

  @description('The application credential\'s id.')
  applicationCredentialId: string
}

@export()
@description('How the app reaches the network.')
@discriminator('kind')
type Network = PublicNetwork | NewNetwork | ExistingNetwork

@description('Straight to the internet, from addresses that change.')
type PublicNetwork = {
  @description('No virtual network.')
  kind: 'none'
}

@description('A virtual network of its own, leaving through one fixed public address that an OpenStack firewall can allow.')
type NewNetwork = {
  @description('A new virtual network.')
  kind: 'new'

  @description('The network\'s address range; its first /26 becomes the app\'s subnet.')
  addressPrefix: string

  @description('DNS servers that know the private OpenStack. Default: Azure\'s.')
  dnsServers: string[]?
}

@description('A subnet that reaches the private OpenStack already, and the internet for upstream\'s images.')
type ExistingNetwork = {
  @description('Your own subnet.')
  kind: 'existing'

  @description('Its resource id. It must be delegated to Microsoft.App/environments, and serve nothing else.')
  subnetId: string
}

@export()
@description('The name of the vault\'s secret that signs in to a cloud.')
func secretName(cloudName string) string => 'keystone-${cloudName}'

@export()
@description('One cloud as app settings. The secret is a reference that the platform resolves with the app\'s identity.')
func cloudSettings(cloud Cloud, index int, vaultName string) Settings =>
  toObject(
    filter(
      items({
        Name: cloud.name
        Region: cloud.?region
        Interface: cloud.?interface
        ImageEndpoint: cloud.?imageEndpoint
        CaPem: cloud.?caCertificates
        Auth__AuthUrl: cloud.authUrl
        Auth__Type: cloud.signIn.type
        Auth__Username: cloud.signIn.?username
        Auth__UserDomainName: cloud.signIn.?userDomainName
        Auth__ProjectName: cloud.signIn.?projectName
        Auth__ProjectDomainName: cloud.signIn.?projectDomainName
        Auth__ApplicationCredentialId: cloud.signIn.?applicationCredentialId
        '${cloud.signIn.type == 'password' ? 'Auth__Password' : 'Auth__ApplicationCredentialSecret'}': '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${secretName(cloud.name)})'
      }),
      setting => setting.value != null
    ),
    setting => 'Imgsync__Clouds__${index}__${setting.key}',
    setting => setting.value
  )
