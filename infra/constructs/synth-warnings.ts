import { Annotations, Stack } from 'aws-cdk-lib';
import { CfnTopic, type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Settings } from '../configuration/configuration.ts';
import { warningsAbout } from '../configuration/schedules/schedule-warnings.ts';
import { regionWithoutDurableFunctions } from './durable-regions.ts';
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

/** Adds warnings to the synthesis about settings that are allowed but rarely intended. */
export const addWarnings = (
  scope: Construct,
  { schedules }: Settings,
  props: GreenApiLogoutProps,
  overlap: InstanceSecrets['overlapping'],
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
      `Nobody is told what happened: EventBridge cannot publish to a topic encrypted under ${managedKey}. Use a customer managed key, or no encryption.`,
    );
  const region = regionWithoutDurableFunctions(scope);
  if (region !== undefined)
    warn(
      'region',
      `Lambda has no durable functions in ${region}, as far as was announced on 2026-11-30. If it has none, the deployment fails at the functions run and watch.`,
    );
  if (overlap !== undefined)
    warn(
      'overlapping-prefixes',
      `The prefix ${overlap.inner} of one deployment is below ${overlap.outer} of another, which would log its instances out too. Name it in otherPrefixes of that one.`,
    );
  for (const text of warningsAbout(schedules, new Date())) warn('schedule', text);
};
