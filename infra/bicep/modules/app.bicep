// The function app on Flex Consumption, and its settings.

import { Settings, Tags } from 'types.bicep'

@description('The app\'s name.')
@minLength(2)
@maxLength(32) // the host's id is cut there; longer names can collide
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The name of the identity that the app runs as.')
param identityName string

@description('The storage account of the host and of Durable Functions.')
param storageAccountName string

@description('The blob container that packages are deployed to.')
param packageUrl string

@description('Where telemetry is sent.')
param insightsConnectionString string

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('How many instances there may be.')
param maximumInstanceCount int

@description('The subnet that the app\'s traffic leaves through; none for the internet.')
param subnetId string?

@description('Where the released package is fetched from; empty leaves the app what it has.')
param packageUri string

@description('Imgsync\'s own app settings.')
param settings Settings

@description('App settings of the operator\'s own, which win.')
@secure()
param moreSettings {
  @description('The setting\'s value.')
  *: string
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'imgsync' }) // azd finds the app by it
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identity.id
          }
        }
      }
    }
    siteConfig: {
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: {
      AzureWebJobsStorage__accountName: storageAccountName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.properties.clientId
      AZURE_CLIENT_ID: identity.properties.clientId // which identity the app's own code signs in as
      APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
      AzureFunctionsJobHost__functionTimeout: '02:00:00' // an upload into Glance cannot be taken up half way; host.json's ten minutes are for smaller plans
      ...settings
      ...moreSettings
    }
  }

  // Flex Consumption fetches the package into its container and runs it from there; WEBSITE_RUN_FROM_PACKAGE is not for this plan.
  resource release 'extensions' = if (!empty(packageUri)) {
    name: 'onedeploy'
    #disable-next-line BCP187 // the page of this resource has them, its published type has not
    properties: {
      packageUri: packageUri
      remoteBuild: false
    }
    dependsOn: [appSettings]
  }

  // Publishing is for people who are signed in to Azure, not for a user name and a password.
  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('The host name that the app answers at.')
output hostName string = app.properties.defaultHostName
