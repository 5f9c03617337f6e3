import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import type { OutputKey } from '../../infra/output-keys.ts';
import { parallelCalls } from '../api/api.ts';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { countOf } from '../output/count-of.ts';
import { check, type Finding, failure, ok, warning } from './finding.ts';
import { whichMetrics } from './which-metrics.ts';

const listResources = (stack: string, aws: AwsSettings): Promise<readonly StackResourceSummary[]> =>
  callAws('cloudformation:ListStackResources', async () => {
    const found: StackResourceSummary[] = [];
    const pages = paginateListStackResources({ client: new CloudFormationClient(aws) }, { StackName: stack });
    for await (const { StackResourceSummaries = [] } of pages) found.push(...StackResourceSummaries);
    return found;
  });

/** Physical ids by type. A stack may hold more than the deployment: logical ids begin with the path of its construct. */
const findResources = async (outputs: StackOutputs, aws: AwsSettings): Promise<(type: string) => readonly string[]> => {
  const all = await listResources(outputs.stack, aws);
  const queue = all.find(({ PhysicalResourceId }) => PhysicalResourceId === outputs.find('RunDeadLetters'));
  const path = queue?.LogicalResourceId?.replace(/RunDeadLetters[0-9A-F]{8}$/, '') ?? '';
  return (type) =>
    all.flatMap(({ ResourceType, LogicalResourceId = '', PhysicalResourceId = '' }) =>
      ResourceType === type && LogicalResourceId.startsWith(path) ? [PhysicalResourceId] : [],
    );
};

const readAlarms = (names: readonly string[], aws: AwsSettings): Promise<readonly MetricAlarm[]> =>
  callAws('cloudwatch:DescribeAlarms', async () => {
    const client = new CloudWatchClient(aws);
    const alarms: MetricAlarm[] = [];
    for (let at = 0; at < names.length; at += 100) {
      const AlarmNames = names.slice(at, at + 100);
      const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: 100 }));
      alarms.push(...MetricAlarms);
    }
    return alarms;
  });

/** Alarms cannot write to a topic under this key, because the policy of an AWS managed key cannot be changed. */
const unusableKey = 'alias/aws/sns';

const checkTopic = (topic: string, aws: AwsSettings): Promise<Finding> =>
  callAws('sns:GetTopicAttributes', async () => {
    const { Attributes = {} } = await new SNSClient(aws).send(new GetTopicAttributesCommand({ TopicArn: topic }));
    if (Attributes.KmsMasterKeyId?.endsWith(unusableKey))
      return failure(
        'alarm topic',
        `${topic} is encrypted with ${unusableKey}, so alarms cannot write to it. Use a key of your own.`,
      );
    if (Attributes.SubscriptionsConfirmed === '0')
      return failure('alarm topic', `${topic} has no confirmed subscription, so alarms reach nobody.`);
    return ok('alarm topic', `${topic}, ${Attributes.SubscriptionsConfirmed} subscriptions`);
  });

const reportAlarm = async (alarm: MetricAlarm, aws: AwsSettings): Promise<Finding> => {
  const which = await whichMetrics(alarm, aws);
  return warning('alarm', [`${alarm.AlarmName} is in ALARM.`, which, alarm.AlarmDescription].filter(Boolean).join(' '));
};

const checkAlarms = async (names: readonly string[], aws: AwsSettings): Promise<readonly Finding[]> => {
  const alarms = await readAlarms(names, aws);
  const ringing = alarms.filter(({ StateValue }) => StateValue === 'ALARM');
  const inAlarm = await Promise.all(ringing.map((alarm) => reportAlarm(alarm, aws)));
  const topics = new Set(
    alarms.flatMap(({ AlarmActions = [] }) => AlarmActions).filter((arn) => arn.includes(':sns:')),
  );
  if (topics.size === 0)
    return [
      ...inAlarm,
      warning('alarm topic', 'No alarm notifies anybody: set alarmTopicArn in the configuration and deploy.'),
    ];
  const checked = await inParallel(parallelCalls, [...topics], (topic) =>
    check('alarm topic', async () => [await checkTopic(topic, aws)]),
  );
  return [...inAlarm, ...checked.flat()];
};

/** What messages in a queue mean, by the output that names it. */
const queueTodos: readonly (readonly [OutputKey, string])[] = [
  ['RunDeadLetters', 'Runs did not succeed.'],
  ['ScheduleFailed', 'A schedule started no run.'],
  ['OffboardingFailed', 'A leaver may still be logged in.'],
];

const queueTodo = (url: string, outputs: StackOutputs): string =>
  `${queueTodos.find(([key]) => outputs.find(key) === url)?.[1] ?? 'An event was not delivered.'} Look at each message with the command retry --failed-events.`;

const countMessages = (url: string, client: SQSClient): Promise<number> =>
  callAws('sqs:GetQueueAttributes', async () => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    return Number((await client.send(command)).Attributes?.ApproximateNumberOfMessages);
  });

const nameOf = (queueUrl: string): string => queueUrl.split('/').at(-1) ?? queueUrl;

const checkQueues = async (
  urls: readonly string[],
  outputs: StackOutputs,
  aws: AwsSettings,
): Promise<readonly Finding[]> => {
  const client = new SQSClient(aws);
  const checked = await inParallel(parallelCalls, urls, (url) =>
    check(`queue ${nameOf(url)}`, async () => {
      const count = await countMessages(url, client);
      const found = `${nameOf(url)} holds ${countOf(count, 'message')}. ${queueTodo(url, outputs)}`;
      return count > 0 ? [warning('queue', found)] : [];
    }),
  );
  const empty = checked.filter((findings) => findings.length === 0).length;
  const areEmpty = `${countOf(empty, 'dead-letter queue')} ${empty === 1 ? 'is' : 'are'} empty`;
  return [...(empty > 0 ? [ok('queues', areEmpty)] : []), ...checked.flat()];
};

/** Checks the resources of the stack: alarms, the topics that they notify, and dead-letter queues. */
export const checkStack = async (outputs: StackOutputs, aws: AwsSettings): Promise<readonly Finding[]> => {
  const resourcesOf = await findResources(outputs, aws);
  const [alarms, queues] = await Promise.all([
    check('alarms', () => checkAlarms(resourcesOf('AWS::CloudWatch::Alarm'), aws)),
    checkQueues(resourcesOf('AWS::SQS::Queue'), outputs, aws),
  ]);
  return [...alarms, ...queues];
};
