/**
 * Keys of the outputs of `GreenApiLogoutStack`. The command line finds a deployment by them: a key that changes is a breaking
 * change. An output whose subject does not exist in a deployment is left out.
 */
export const outputKeys = {
  endpoint: 'Endpoint',
  /** The page for people who sign in. */
  desk: 'Desk',
  /** `AWS_IAM` or `JWT`. */
  authorization: 'Authorization',
  /** Name of the bus, for `aws events put-events` in this account. */
  eventBus: 'EventBus',
  /** ARN of the bus: other accounts need it in place of the name. */
  eventBusArn: 'EventBusArn',
  secretPrefix: 'SecretPrefix',
  /** Hosts besides GREEN-API's own, separated by commas. */
  allowedApiHosts: 'AllowedApiHosts',
  /** ARN of the customer managed key of the secrets. */
  encryptionKey: 'EncryptionKey',
  runFunction: 'RunFunction',
  /** The function that looks for instances that are linked again. */
  watchFunction: 'WatchFunction',
  runDeadLetters: 'RunDeadLetters',
  /** ARN, for `aws secretsmanager rotate-secret`. */
  rotateTokenFunction: 'RotateTokenFunction',
  scheduleGroup: 'ScheduleGroup',
  /** The function that EventBridge Scheduler calls. */
  scheduleFunction: 'ScheduleFunction',
  /** Names and kinds, e.g. `hr=webhook,entra=scim`. */
  identityProviders: 'IdentityProviders',
  scheduleFailed: 'ScheduleFailed',
  scheduleUndelivered: 'ScheduleUndelivered',
  offboardingFunction: 'OffboardingFunction',
  offboardingFailed: 'OffboardingFailed',
  offboardingUndelivered: 'OffboardingUndelivered',
  alarmTopic: 'AlarmTopic',
  /** ARNs, separated by commas. */
  notificationTopics: 'NotificationTopics',
  notificationsUndelivered: 'NotificationsUndelivered',
  dashboard: 'Dashboard',
  evidenceLogGroup: 'EvidenceLogGroup',
  evidenceVault: 'EvidenceVault',
  /** How long the vault keeps each record, e.g. `COMPLIANCE, 2562 days`. */
  evidenceVaultRetention: 'EvidenceVaultRetention',
  evidenceVaultFunction: 'EvidenceVaultFunction',
  evidenceVaultFailed: 'EvidenceVaultFailed',
} as const;

export type OutputKey = (typeof outputKeys)[keyof typeof outputKeys];
