import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { deskPath } from '../../functions/http/routes.ts';
import type { GreenApiLogoutProps, OutputOptions } from './green-api-logout-props.ts';
import type { createParts } from './parts.ts';

type Parts = ReturnType<typeof createParts>;

/** The topics of notifications, each once. */
export const topicsOf = ({ settings }: Parts): readonly string[] => [
  ...new Set(settings.notifications.map(({ topic }) => topic)),
];

type OutputValues = Readonly<Record<string, readonly [value: string | undefined, description: string]>>;

/**
 * The outputs by their keys: what each has, and what that is. An output whose value is `undefined` or empty is left out, because its
 * subject does not exist in the deployment. The command line finds a deployment by the keys: one that changes is a breaking change.
 */
export const outputsOf = (parts: Parts, dashboard: Dashboard, { alarmTopic, encryptionKey }: GreenApiLogoutProps) => {
  const { settings, api, bus, functions, schedule, schedules, offboarding, notifications, evidenceVault } = parts;
  return {
    Endpoint: [api.endpoint, 'The HTTP API.'],
    Desk: [
      functions.desk && `${api.endpoint}${deskPath}`,
      'The page for people who sign in: also the redirect address at the identity provider.',
    ],
    Authorization: [api.authorizationType, 'How callers of the HTTP API prove who they are.'],
    EventBus: [bus.eventBus.eventBusName, 'The bus of offboarding events and of the events of this service.'],
    EventBusArn: [bus.eventBus.eventBusArn, 'The same bus, for senders in other accounts.'],
    SecretPrefix: [settings.secretPrefix, "How the names of the instances' secrets begin."],
    AllowedApiHosts: [settings.allowedApiHosts.join(','), 'Hosts besides those of GREEN-API that secrets may name.'],
    EncryptionKey: [encryptionKey?.keyArn, 'The key that encrypts the secrets.'],
    RunFunction: [functions.run.functionName, 'The function that executes runs.'],
    WatchFunction: [functions.watch.functionName, 'The function that watches instances after a run.'],
    RunDeadLetters: [parts.run.deadLetters.queueUrl, 'Requests of runs that failed, were stopped or timed out.'],
    RotateTokenFunction: [functions['rotate-token']?.functionArn, 'The function that rotates tokens.'],
    ScheduleGroup: [schedules.group.scheduleGroupName, 'The schedules that start runs.'],
    ScheduleFunction: [functions.schedule.functionName, 'The function that starts the runs of schedules.'],
    IdentityProviders: [
      Object.entries(settings.identityProviders)
        .map(([provider, { kind }]) => `${provider}=${kind}`)
        .join(','),
      'The identity providers and their kinds.',
    ],
    ScheduleFailed: [schedule.failed.queueUrl, 'Schedules whose run could not be started.'],
    ScheduleUndelivered: [schedule.undelivered.queueUrl, 'Schedules that could not reach their function.'],
    OffboardingFunction: [functions.offboarding.functionName, 'The function that starts the runs of leavers.'],
    OffboardingFailed: [offboarding.failed.queueUrl, 'Events about leavers that started no run.'],
    OffboardingUndelivered: [
      offboarding.undelivered.queueUrl,
      'Events about leavers that could not reach their function.',
    ],
    AlarmTopic: [alarmTopic?.topicArn, 'Where alarms are sent.'],
    NotificationTopics: [topicsOf(parts).join(','), 'The topics of the notifications.'],
    NotificationsUndelivered: [
      notifications?.undelivered.queueUrl,
      'Events whose notification could not be published.',
    ],
    Dashboard: [dashboard.dashboardName, 'Logouts and runs, in CloudWatch.'],
    EvidenceLogGroup: [parts.evidence.logGroupName, 'Evidence; it stays when the stack is deleted.'],
    EvidenceVault: [evidenceVault?.bucket.bucketName, 'Evidence that nobody can alter; it is not deleted.'],
    EvidenceVaultRetention: [evidenceVault?.retention, 'How long the vault keeps each record at least.'],
    EvidenceVaultFunction: [
      functions['evidence-vault']?.functionName,
      'The function that stores evidence in the vault.',
    ],
    EvidenceVaultFailed: [evidenceVault?.failed.queueUrl, 'Evidence that could not be stored in the vault.'],
  } as const satisfies OutputValues;
};

export type OutputKey = keyof ReturnType<typeof outputsOf>;

/** The outputs of one deployment. */
class Outputs extends Construct {
  static readonly id = 'Outputs';
  readonly prefix: string;

  constructor(scope: Construct, prefix: string) {
    super(scope, Outputs.id);
    this.prefix = prefix;
  }
}

/** @throws when CDK would refuse the outputs without saying what to do: they are there, or another deployment has their keys */
const checkIsFree = (scope: Construct, prefix: string): void => {
  const { path } = scope.node;
  if (scope.node.tryFindChild(Outputs.id) !== undefined)
    throw new Error(`${path} has its outputs already: call addOutputs once. GreenApiLogoutStack calls it itself`);
  const stack = Stack.of(scope);
  const others = stack.node.findAll().filter((other): other is Outputs => other instanceof Outputs);
  if (others.some((other) => Stack.of(other) === stack && other.prefix === prefix))
    throw new Error(
      `${path}: another deployment of the stack has the prefix ${JSON.stringify(prefix)}. Give each a prefix of its own: addOutputs({ prefix: 'Sales' })`,
    );
};

/**
 * Adds the outputs by which people and the command line find a deployment.
 *
 * @throws when the prefix cannot begin a key, or is that of another deployment in the stack, and when the outputs are there
 */
export const addOutputs = (scope: Construct, values: OutputValues, { prefix = '' }: OutputOptions): void => {
  if (!/^(?:[A-Za-z][A-Za-z0-9]{0,63})?$/.test(prefix))
    throw new Error(`prefix must be up to 64 letters and digits, a letter first (got ${JSON.stringify(prefix)})`);
  checkIsFree(scope, prefix);
  const outputs = new Outputs(scope, prefix);
  for (const [key, [value, description]] of Object.entries(values))
    if (value) new CfnOutput(outputs, key, { key: `${prefix}${key}`, value, description });
};
