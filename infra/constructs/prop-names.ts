/** The settings whose prop has another name. A prop that is a `Duration` has its unit beside it, for errors. */
export const propNames: Readonly<Record<string, { readonly name: string; readonly unit?: 'milliseconds' | 'days' }>> = {
  stackName: { name: 'name' },
  kmsKeyArn: { name: 'encryptionKey' },
  dataEncryptionKeyArn: { name: 'dataEncryptionKey' },
  'network.vpcId': { name: 'vpc' },
  'network.subnetIds': { name: 'vpcSubnets' },
  'network.securityGroupIds': { name: 'securityGroups' },
  alarmTopicArn: { name: 'alarmTopic' },
  credentialTtlMs: { name: 'credentialTtl', unit: 'milliseconds' },
  greenApiTimeoutMs: { name: 'greenApiTimeout', unit: 'milliseconds' },
  logRetentionDays: { name: 'logRetention' },
  evidenceRetentionDays: { name: 'evidenceRetention' },
  memoryMb: { name: 'memorySize' },
  'runs.executionTimeoutDays': { name: 'runs.executionTimeout', unit: 'days' },
  'runs.retentionDays': { name: 'runs.retention', unit: 'days' },
  'runs.memoryMb': { name: 'runs.memorySize' },
};
