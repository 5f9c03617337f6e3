/** The settings whose prop has another name. A prop that is a `Duration` has its unit beside it, for errors. */
export const propNames: Readonly<Record<string, { readonly name: string; readonly unit?: 'milliseconds' | 'days' }>> = {
  stackName: { name: 'name' },
  kmsKeyArn: { name: 'encryptionKey' },
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
