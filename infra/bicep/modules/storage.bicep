// One account for the host, Durable Functions, the app's package and staging. Nobody signs in with a key.

import { Tags } from 'types.bicep'

@description('The account\'s name.')
@minLength(3)
@maxLength(24)
param name string

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

var packageContainer = 'app-package'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: softDeleteDays }
      containerDeleteRetentionPolicy: { enabled: true, days: softDeleteDays }
    }

    resource containers 'containers' = [
      for container in [stagingContainer, packageContainer]: {
        name: container
        properties: { publicAccess: 'None' }
      }
    ]
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

var roles = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner: the host's leases and keys, the package, staging
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor: Durable Functions' queues
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor: Durable Functions' history
]

resource roleAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    scope: account
    name: guid(account.id, identity.id, role)
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

@description('Where the app signs in to blobs.')
output blobEndpoint string = account.properties.primaryEndpoints.blob

@description('Where the app\'s package is deployed to.')
output packageUrl string = '${account.properties.primaryEndpoints.blob}${packageContainer}'
