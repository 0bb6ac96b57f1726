// A virtual network for the app, leaving through one fixed address.

import { Tags } from 'types.bicep'

@description('What the names of the resources start with.')
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The network\'s address range.')
param addressPrefix string

@description('DNS servers; none for Azure\'s.')
param dnsServers string[]

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIPAllocationMethod: 'Static' }
}

// A new subnet has no way out of its own, and upstream's images are on the internet.
resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${name}-outbound'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    dhcpOptions: { dnsServers: dnsServers }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          defaultOutboundAccess: false
          natGateway: { id: gateway.id }
          delegations: [
            { name: 'flex-consumption', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
          // Staging's bytes stay off the gateway, which is paid by the byte.
          serviceEndpoints: [{ service: 'Microsoft.Storage' }]
        }
      }
    ]
  }
}

@description('The subnet for the app.')
output subnetId string = network.properties.subnets[0].id

@description('The address that the app is seen from.')
output outboundAddress string = address.properties.ipAddress
