// One account for the host, Durable Functions and the app's package, and one for staged images and reports, in which the app may
// touch its own container and nothing else. Nobody signs in with a key.

import { Tags } from 'types.bicep'

@description('The name of the account for the host and Durable Functions.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('The name of the account for staged images and reports.')
@minLength(3)
@maxLength(24)
param stagingAccountName string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('How many copies Azure keeps, and where.')
param sku string

@description('The name of the identity that the app runs as.')
param identityName string

@description('The container for staged images and reports.')
param stagingContainer string

@description('Days after which a report is deleted.')
param reportDays int

@description('Days for which deleted blobs and containers can be brought back.')
param softDeleteDays int

@description('Whether the app may sign links to staged images.')
param signedLinks bool

var packageContainer = 'app-package'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

var closed = {
  accessTier: 'Hot'
  allowBlobPublicAccess: false
  allowCrossTenantReplication: false
  allowSharedKeyAccess: false
  defaultToOAuthAuthentication: true
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

var restorable = {
  deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
  containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
}

resource host 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: hostAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: closed

  resource blobs 'blobServices' = {
    name: 'default'
    properties: restorable

    resource package 'containers' = {
      name: packageContainer
      properties: { publicAccess: 'None' }
    }
  }
}

resource staging 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: stagingAccountName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: closed

  resource blobs 'blobServices' = {
    name: 'default'
    properties: restorable

    resource images 'containers' = {
      name: stagingContainer
      properties: { publicAccess: 'None' }
    }
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        // Reports only: staged images are swept by every run, after staging.keepFor.
        rules: [
          {
            name: 'reports'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: { blobTypes: ['blockBlob'], prefixMatch: ['${stagingContainer}/reports/'] }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: reportDays } } }
            }
          }
        ]
      }
    }
    dependsOn: [blobs]
  }
}

// On the account as a whole, because the host and Durable Functions make their containers, queues and tables themselves while they run.
var hostRoles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner: the host's leases and keys, the package
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor: Durable Functions' queues
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor: Durable Functions' history
]

resource hostAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in hostRoles: {
    scope: host
    name: guid(host.id, identity.id, role)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'

resource stagingAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: staging::blobs::images
  name: guid(staging::blobs::images.id, identity.id, blobDataContributor)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributor)
  }
}

var blobDelegator = 'db58b8e5-c6ad-4a2a-8641-1190687a3cbe'

// A link is signed with a key that only the account as a whole gives; what it opens stays what the identity may read: its container.
resource linkAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (signedLinks) {
  scope: staging
  name: guid(staging.id, identity.id, blobDelegator)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDelegator)
  }
}

@description('Where the app signs in to blobs of its own.')
output blobEndpoint string = staging.properties.primaryEndpoints.blob

@description('Where the app\'s package is deployed to.')
output packageUrl string = '${host.properties.primaryEndpoints.blob}${packageContainer}'
