// Where logs, traces and metrics go. Only identities may write.

import { Tags } from 'types.bicep'

@description('The name that both resources carry.')
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The name of the identity that the app runs as.')
param identityName string

@description('Days for which logs are kept.')
param retentionDays int

var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher: writes telemetry of every kind

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
  }
}

resource publishTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identity.id, metricsPublisher)
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

@description('The workspace that alerts ask.')
output workspaceId string = workspace.id

@description('Where telemetry is sent. It is an address, not a key: without a signed-in identity it is good for nothing.')
output connectionString string = insights.properties.ConnectionString
