import { Annotations, Stack, Token } from 'aws-cdk-lib';
import { CfnTopic, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { warningsAbout } from '../configuration/schedules/schedule-warnings.ts';
import type { GreenApiLogoutProps } from './green-api-logout-props.ts';
import type { InstanceSecrets } from './instance-secrets.ts';
import { notificationsOf } from './settings.ts';

/** The AWS managed key of SNS, whose policy lets no other service use it. */
const managedKey = 'alias/aws/sns';

/** Whether no other service can publish to the topic; it shows only of a topic of the same app. */
const isUnreachable = (topic: ITopic): boolean => {
  const definition = topic.node.defaultChild;
  if (!CfnTopic.isCfnTopic(definition)) return false;
  return JSON.stringify(Stack.of(topic).resolve(definition.kmsMasterKeyId) ?? '').includes(managedKey);
};

/**
 * The Regions that may have durable functions, as of 2026-11-30. AWS announced Ohio on 2025-12-02, 14 more in December 2025, 16 more on
 * 2026-04-22 and the European Sovereign Cloud on 2026-09-24
 * (https://aws.amazon.com/about-aws/whats-new/2026/04/lambda-durable-functions-16-new-regions/). These are the 34 Regions of that
 * time, three of which are without: their names are not in a source that could be read. No other partition was announced.
 */
const regions: ReadonlySet<string> = new Set([
  ...['af-south-1', 'ca-central-1', 'ca-west-1', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1'],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6'],
  ...['ap-southeast-7', 'eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1'],
  ...['eu-west-2', 'eu-west-3', 'eusc-de-east-1', 'sa-east-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
]);

/** The Region of a stack for which no durable functions were announced; `undefined` also while the Region is not known. */
const regionWithoutDurableFunctions = (scope: Construct): string | undefined => {
  const { region } = Stack.of(scope);
  return Token.isUnresolved(region) || regions.has(region) ? undefined : region;
};

/** Adds warnings to the synthesis about settings that are allowed but rarely intended. */
export const addWarnings = (
  scope: Construct,
  { schedules }: Settings,
  props: GreenApiLogoutProps,
  { overlapping, doubled }: Pick<InstanceSecrets, 'overlapping' | 'doubled'>,
): void => {
  const { alarmTopic } = props;
  const warn = (id: string, text: string) => Annotations.of(scope).addWarningV2(`green-api-logout:${id}`, text);

  if (alarmTopic === undefined)
    warn('no-alarm-topic', 'Alarms notify nobody: set an alarm topic, or watch them in CloudWatch.');
  else if (isUnreachable(alarmTopic))
    warn(
      'unreachable-alarm-topic',
      `Alarms notify nobody: CloudWatch cannot publish to a topic encrypted under ${managedKey}. Use a customer managed key whose policy allows cloudwatch.amazonaws.com, or no encryption.`,
    );
  if (notificationsOf(props).some(({ topic }) => typeof topic !== 'string' && isUnreachable(topic)))
    warn(
      'unreachable-notification-topic',
      `Notifications reach nobody: EventBridge cannot publish to a topic encrypted under ${managedKey}. Use a customer managed key, or no encryption.`,
    );
  const region = regionWithoutDurableFunctions(scope);
  if (region !== undefined)
    warn(
      'region',
      `Lambda has no durable functions in ${region}, as of 2026-11-30. Without them the deployment fails at the functions run and watch.`,
    );
  if (overlapping !== undefined)
    warn(
      'overlapping-prefixes',
      `The prefix ${overlapping.inner} of one deployment is below ${overlapping.outer} of another, which would log its instances out too. Name it in otherPrefixes of that one.`,
    );
  if (doubled !== undefined)
    warn(
      'same-prefix',
      `Two deployments in one account and Region have the prefix ${doubled}, so each of them logs out the instances of both. Give each a secretPrefix of its own.`,
    );
  for (const text of warningsAbout(schedules, new Date())) warn('schedule', text);
};
