// Three questions asked of the metrics that the app reports, and whom to tell.

import { Tags } from 'types.bicep'

@description('What the names of the alerts start with.')
param name string

@description('The Azure region.')
param location string

@description('Tags for every resource.')
param tags Tags

@description('The Log Analytics workspace that holds the app\'s metrics.')
param workspaceId string

@description('Who gets mail.')
param emails string[]

@description('How long there may be no successful run, as an ISO 8601 duration.')
param silence string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'imgsync'
    emailReceivers: [
      for (email, index) in emails: {
        name: 'operator-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource failedImages 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-failed-images'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Imgsync: an image could not be brought up to date'
    description: 'At least one distribution failed or was refused in the last hour. The report of the run says which, and why.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: '''
            AppMetrics
            | where Name == 'imgsync.images' and tostring(Properties.outcome) in ('failed', 'refused')
            | summarize Failed = sum(Sum)
            | where Failed > 0
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}

resource noSuccess 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-no-successful-run'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Imgsync: no successful run'
    description: 'No run completed in the window. The timer, the host, the network or the telemetry itself has stopped.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    windowSize: silence
    autoMitigate: true
    criteria: {
      allOf: [
        {
          // No rows at all is what this is about: a count below one, never a sum over nothing.
          query: '''
            AppMetrics
            | where Name == 'imgsync.runs' and tostring(Properties.result) == 'completed'
            | where Sum > 0
          '''
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}

resource tooOld 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-image-age'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Imgsync: a newest image is older than it may be'
    description: 'The newest image of a distribution in a cloud is older than its maxAge. The workbook says which.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    windowSize: silence
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: '''
            AppMetrics
            | where Name == 'imgsync.newest.age'
            | summarize arg_max(TimeGenerated, Max) by Distribution = tostring(Properties.distribution), Cloud = tostring(Properties.cloud)
            | join kind=inner (
                AppMetrics
                | where Name == 'imgsync.newest.limit'
                | summarize arg_max(TimeGenerated, Max) by Distribution = tostring(Properties.distribution), Cloud = tostring(Properties.cloud)
                | project Distribution, Cloud, Limit = Max
            ) on Distribution, Cloud
            | where Max + datetime_diff('second', now(), TimeGenerated) > Limit
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}

resource standsStill 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${name}-old-images'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Imgsync: a run warns of an image'
    description: 'A publisher or a mirror stands still, its support ends, or a preferred signature is missing. The report says which.'
    severity: 3
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1H'
    windowSize: silence
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: '''
            AppMetrics
            | where Name == 'imgsync.warnings'
            | summarize Warned = sum(Sum) by Distribution = tostring(Properties.distribution)
            | where Warned > 0
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}
