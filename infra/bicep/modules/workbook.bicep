// The figures of the app's metrics as a page in the portal: how images and runs stand, in the words of imgsync metrics.

import { Tags } from 'types.bicep'

@description('The name of the workspace, which the workbook\'s title ends with.')
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The Log Analytics workspace that holds the app\'s metrics.')
param workspaceId string

var logs = 0 // the query type of Log Analytics
var workspaces = 'microsoft.operationalinsights/workspaces'

var tiles = [
  {
    title: 'Age of the newest image against its limit, in days'
    query: loadTextContent('workbook/age.kql')
    visualization: 'table'
  }
  {
    title: 'End of the publisher\'s support'
    query: loadTextContent('workbook/support.kql')
    visualization: 'table'
  }
  {
    title: 'Images by how they ended'
    query: loadTextContent('workbook/images.kql')
    visualization: 'barchart'
  }
  {
    title: 'Runs by how they ended'
    query: loadTextContent('workbook/runs.kql')
    visualization: 'barchart'
  }
  {
    title: 'Bytes moved'
    query: loadTextContent('workbook/bytes.kql')
    visualization: 'barchart'
  }
  {
    title: 'How long each stage takes, in seconds'
    query: loadTextContent('workbook/stages.kql')
    visualization: 'table'
  }
  {
    title: 'Images with a warning: too old, unsigned, or at the end of support'
    query: loadTextContent('workbook/warnings.kql')
    visualization: 'table'
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: name
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, name, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Imgsync: images and runs (${name})'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      fallbackResourceIds: [workspace.id]
      items: concat(
        [
          {
            type: 9 // parameters
            name: 'period'
            content: {
              version: 'KqlParameterItem/1.0'
              style: 'pills'
              queryType: logs
              resourceType: workspaces
              parameters: [
                {
                  id: guid(resourceGroup().id, name, 'period')
                  version: 'KqlParameterItem/1.0'
                  name: 'Period'
                  type: 4 // a time range
                  isRequired: true
                  value: { durationMs: 604800000 }
                  typeSettings: {
                    selectableValues: [
                      { durationMs: 86400000 }
                      { durationMs: 604800000 }
                      { durationMs: 2592000000 }
                    ]
                  }
                }
              ]
            }
          }
        ],
        map(tiles, tile => {
          type: 3 // a query
          name: tile.title
          content: {
            version: 'KqlItem/1.0'
            title: tile.title
            query: tile.query
            size: 0
            timeContextFromParameter: 'Period'
            queryType: logs
            resourceType: workspaces
            visualization: tile.visualization
          }
        })
      )
    })
  }
}
