// The vault that holds what signs in to Keystone, one secret a cloud.

import { secretName, Tags } from 'types.bicep'

@description('The vault\'s name.')
@minLength(3)
@maxLength(24)
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The name of the identity that the app runs as.')
param identityName string

@description('Where the vault\'s audit log goes.')
param workspaceId string

@description('The clouds\' names.')
param cloudNames string[]

@description('Secrets by cloud name. A cloud that is missing or empty keeps the secret that the vault has.')
@secure()
param keystoneSecrets {
  @description('What signs in to the cloud of this name.')
  *: string
}

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User: reads secrets' values and nothing else

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
  }

  resource secrets 'secrets' = [
    for cloudName in cloudNames: if (!empty(keystoneSecrets[?cloudName])) {
      name: secretName(cloudName)
      properties: {
        value: keystoneSecrets[?cloudName] ?? ''
        contentType: 'Signs in to Keystone as imgsync'
      }
    }
  ]
}

resource readSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, identity.id, secretsUser)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

@description('The vault\'s name, for references to its secrets.')
output name string = vault.name
