// Imgsync in Azure: a function app that signs in to everything but OpenStack with its own identity.
// docs/operations.md says how to deploy, upgrade, roll back and rotate.

import { Cloud, cloudSettings, Network, Tags } from 'modules/types.bicep'

@description('What resource names start with: lower-case letters and digits, a letter first.')
@minLength(3)
@maxLength(10) // the storage account's name adds 13 characters and may have 24
param name string = 'imgsync'

@description('The Azure region. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags for every resource.')
param tags Tags = {}

@description('The distributions to keep current, by their catalogue keys.')
@minLength(1)
param distributions string[]

@description('The clouds to sync to.')
@minLength(1)
@maxLength(20)
param clouds Cloud[]

@description('Passwords or application credentials\' secrets by cloud name. A cloud that is missing or empty keeps the secret that the vault has.')
@secure()
param keystoneSecrets {
  @description('What signs in to the cloud of this name.')
  *: string
}?

@description('When runs start, as an NCRONTAB expression in UTC.')
@minLength(9)
param schedule string = '0 0 */6 * * *'

@description('Put before every image name.')
@maxLength(100)
param imagePrefix string = ''

@description('Who may see an image once it is verified.')
@allowed(['Public', 'Community', 'Shared', 'Private'])
param imageVisibility string = 'Public'

@description('How many images of a distribution stay, the newest among them.')
@minValue(1)
@maxValue(100)
param imagesKept int = 2

@description('Further app settings, such as Imgsync__MaxParallel. They win over the template\'s, and the deployment\'s history does not show them.')
@secure()
param moreSettings {
  @description('The setting\'s value.')
  *: string
} = {}

@description('Memory of an instance, in MB. Images are streamed, whatever their size.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('How many instances there may be.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Where a released Imgsync.Functions.VERSION.zip is fetched from. Empty: the app keeps what was published to it, or gets it later.')
param packageUri string = ''

@description('How the app reaches OpenStack and upstream.')
param reach Network = { kind: 'none' }

@description('How many copies of a blob Azure keeps. A staged image can always be fetched again.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_LRS'

@description('Lets the app sign links to staged images, by which a cloud fetches them itself: for Imgsync__Publish__Upload web-download in moreSettings.')
param signedLinks bool = false

@description('Days after which a report is deleted.')
@minValue(1)
@maxValue(3650)
param reportDays int = 365

@description('Days for which deleted blobs and containers can be brought back, and are paid for.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Who gets mail when something is wrong.')
@minLength(1)
@maxLength(20)
param alertEmails string[]

@description('How long there may be no successful run before somebody is told. Longer than the schedule\'s longest pause.')
@allowed(['PT6H', 'PT12H', 'P1D', 'P2D'])
param alertAfterSilence string = 'P1D'

var suffix = uniqueString(resourceGroup().id)
var uniqueName = '${name}-${suffix}'
var hostAccountName = '${name}${suffix}'
var stagingAccountName = '${hostAccountName}s'
var stagingContainer = 'imgsync'

// At the start, not in the module's parameters: a function of ours is not known where outputs are still awaited.
var settingsOfClouds = [for (cloud, i) in clouds: cloudSettings(cloud, i, uniqueName)]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: uniqueName
  location: location
  tags: tags
}

module storage 'modules/storage.bicep' = {
  params: {
    hostAccountName: hostAccountName
    stagingAccountName: stagingAccountName
    location: location
    tags: tags
    sku: storageSku
    identityName: identity.name
    stagingContainer: stagingContainer
    reportDays: reportDays
    signedLinks: signedLinks
    softDeleteDays: softDeleteDays
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: uniqueName
    location: location
    tags: tags
    identityName: identity.name
    retentionDays: logRetentionDays
  }
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: uniqueName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
    silence: alertAfterSilence
  }
}

module workbook 'modules/workbook.bicep' = {
  params: {
    name: uniqueName
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: uniqueName
    location: location
    tags: tags
    identityName: identity.name
    workspaceId: monitoring.outputs.workspaceId
    cloudNames: map(clouds, cloud => cloud.name)
    keystoneSecrets: keystoneSecrets ?? {}
  }
}

module ownNetwork 'modules/network.bicep' = if (reach.kind == 'new') {
  params: {
    name: uniqueName
    location: location
    tags: tags
    addressPrefix: reach.?addressPrefix ?? ''
    dnsServers: reach.?dnsServers ?? []
  }
}

module app 'modules/app.bicep' = {
  params: {
    name: uniqueName
    location: location
    tags: tags
    identityName: identity.name
    storageAccountName: hostAccountName
    packageUrl: storage.outputs.packageUrl
    packageUri: packageUri
    insightsConnectionString: monitoring.outputs.connectionString
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    subnetId: ownNetwork.?outputs.subnetId ?? reach.?subnetId
    settings: {
      IMGSYNC_SCHEDULE: schedule
      Imgsync__Publish__Prefix: imagePrefix
      Imgsync__Publish__Visibility: imageVisibility
      Imgsync__Publish__Keep: string(imagesKept)
      Imgsync__Staging__BlobEndpoint: storage.outputs.blobEndpoint
      Imgsync__Staging__Container: stagingContainer
      ...toObject(range(0, length(distributions)), i => 'Imgsync__Distributions__${i}', i => distributions[i])
      ...shallowMerge(settingsOfClouds)
    }
    moreSettings: moreSettings
  }
  dependsOn: [vault] // its secrets and the right to read them come before the settings that refer to them
}

@description('The function app that packages are published to.')
output functionAppName string = uniqueName

@description('Where the app answers: /api/resync, /api/status, /api/runs/{id}, /api/metrics, /api/health.')
output hostName string = app.outputs.hostName

@description('The storage account that holds staged images and reports.')
output storageAccountName string = stagingAccountName

@description('The vault that holds the Keystone secrets.')
output vaultName string = vault.outputs.name

@description('The one address that OpenStack sees, where the app has a virtual network of its own.')
output outboundAddress string? = ownNetwork.?outputs.outboundAddress
