import {
  CloudFormationClient,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { countOf } from '../../client/count-of.ts';
import { inParallel } from '../../functions/platform/in-parallel.ts';
import type { OutputKey } from '../../infra/constructs/outputs.ts';
import { parallelCalls } from '../api/api.ts';
import { type AwsSettings, explained } from '../aws/call-aws.ts';
import { readIdentity } from '../aws/find-settings.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { CommandFailed, orFailure } from '../errors.ts';
import type { Session } from '../session.ts';
import { checkDesk } from './check-desk.ts';
import { check, type Finding, failure, ok, warning } from './finding.ts';

const hours = 3;

/** `Id`s of metric math have `_` where the names of functions have `-`. */
const functionOf = (id: string): string => id.replaceAll('_', '-');

/**
 * Which metrics an alarm over several is about, and how often each was counted, for example `In the last 3 hours: logout 2.`;
 * `undefined` for an alarm over one metric.
 */
const countMetrics = async ({ Metrics = [] }: MetricAlarm, aws: AwsSettings): Promise<string | undefined> => {
  const queries = Metrics.filter(({ MetricStat }) => MetricStat !== undefined);
  if (queries.length === 0) return undefined;
  const now = Date.now();
  const command = new GetMetricDataCommand({
    StartTime: new Date(now - hours * 3_600_000),
    EndTime: new Date(now),
    MetricDataQueries: queries.map((query) => ({ ...query, ReturnData: true })),
  });
  const { MetricDataResults = [] } = await explained(new CloudWatchClient(aws)).send(command);
  const counted = MetricDataResults.map(({ Id = '', Values = [] }) => ({
    name: functionOf(Id),
    count: Values.reduce((sum, value) => sum + value, 0),
  })).filter(({ count }) => count > 0);
  const list = counted.map(({ name, count }) => `${name} ${count}`).join(', ') || 'nothing';
  return `In the last ${hours} hours: ${list}.`;
};

const listResources = async (stack: string, aws: AwsSettings): Promise<readonly StackResourceSummary[]> => {
  const found: StackResourceSummary[] = [];
  const client = explained(new CloudFormationClient(aws));
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: stack }))
    found.push(...StackResourceSummaries);
  return found;
};

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

const readAlarms = async (names: readonly string[], aws: AwsSettings): Promise<readonly MetricAlarm[]> => {
  const client = explained(new CloudWatchClient(aws));
  const alarms: MetricAlarm[] = [];
  for (let at = 0; at < names.length; at += 100) {
    const AlarmNames = names.slice(at, at + 100);
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: 100 }));
    alarms.push(...MetricAlarms);
  }
  return alarms;
};

/** No service can write to a topic under this key, because the policy of an AWS managed key cannot be changed. */
const unusableKey = 'alias/aws/sns';

type TopicOf = 'alarm' | 'notification';

const checkTopic = async (of: TopicOf, topic: string, aws: AwsSettings): Promise<Finding> => {
  const { Attributes = {} } = await explained(new SNSClient(aws)).send(
    new GetTopicAttributesCommand({ TopicArn: topic }),
  );
  if (Attributes.KmsMasterKeyId?.endsWith(unusableKey))
    return failure(
      `${of} topic`,
      `${topic} is encrypted with ${unusableKey}, so ${of}s cannot write to it. Use a key of your own.`,
    );
  if (Attributes.SubscriptionsConfirmed === '0')
    return failure(`${of} topic`, `${topic} has no confirmed subscription, so ${of}s reach nobody.`);
  if (of === 'notification' && !Attributes.Policy?.includes('events.amazonaws.com'))
    return failure(
      'notification topic',
      `${topic} does not let EventBridge publish: its policy has no statement for events.amazonaws.com. What to do: docs/notifications.md#the-topic`,
    );
  return ok(`${of} topic`, `${topic}, ${Attributes.SubscriptionsConfirmed} subscriptions`);
};

const checkTopics = async (of: TopicOf, topics: readonly string[], aws: AwsSettings): Promise<readonly Finding[]> => {
  const checked = await inParallel(parallelCalls, topics, (topic) =>
    check(`${of} topic`, async () => [await checkTopic(of, topic, aws)]),
  );
  return checked.flat();
};

const reportAlarm = async (alarm: MetricAlarm, aws: AwsSettings): Promise<Finding> => {
  const counted = await orFailure(countMetrics(alarm, aws));
  const which = counted instanceof CommandFailed ? `The metric behind it is not known. ${counted.message}` : counted;
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
      warning('alarm topic', 'Alarms notify nobody: set alarmTopicArn in the configuration and deploy.'),
    ];
  return [...inAlarm, ...(await checkTopics('alarm', [...topics], aws))];
};

/** What messages in a queue mean, by the output that names it. */
const queueTodos: readonly (readonly [OutputKey, string])[] = [
  ['RunDeadLetters', 'Runs did not succeed.'],
  ['ScheduleFailed', 'A schedule started no run.'],
  ['OffboardingFailed', 'A leaver may still be logged in.'],
];

const queueTodo = (url: string, outputs: StackOutputs): string =>
  url === outputs.find('NotificationsUndelivered')
    ? 'A notification about a logout or its failure was not delivered. What to do: docs/operations.md#notifications-undelivered'
    : `${queueTodos.find(([key]) => outputs.find(key) === url)?.[1] ?? 'An event was not delivered.'} Look at each message with the command retry --failed-events.`;

const countMessages = async (url: string, client: SQSClient): Promise<number> => {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] });
  return Number((await client.send(command)).Attributes?.ApproximateNumberOfMessages);
};

const nameOf = (queueUrl: string): string => queueUrl.split('/').at(-1) ?? queueUrl;

const checkQueues = async (
  urls: readonly string[],
  outputs: StackOutputs,
  aws: AwsSettings,
): Promise<readonly Finding[]> => {
  const client = explained(new SQSClient(aws));
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

/** With less than 100 left for other functions, Lambda reserves nothing for the identity providers' 20. */
const leastConcurrency = 120;

/** New accounts have 10, and every function of the account shares them. */
const checkConcurrency = async (aws: AwsSettings): Promise<readonly Finding[]> => {
  const { AccountLimit = {} } = await explained(new LambdaClient(aws)).send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions: quota = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit;
  const about = `This account may run ${quota} Lambda functions at once (${unreserved} not reserved)`;
  if (quota >= leastConcurrency) return [ok('concurrency', about)];
  return [
    warning(
      'concurrency',
      `${about}. Identity providers need ${leastConcurrency}, and with a small quota logouts are throttled. Raise "Concurrent executions" of AWS Lambda in Service Quotas.`,
    ),
  ];
};

const checkStatus = ({ stack, status }: StackOutputs): Finding =>
  /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)
    ? ok('stack', `${stack} is ${status}`)
    : failure('stack', `${stack} is ${status}. Look at its events in CloudFormation.`);

/** Checks the resources of the stack: alarms, the topics that they and notifications go to, and dead-letter queues. */
const checkResources = async (outputs: StackOutputs, aws: AwsSettings): Promise<readonly Finding[]> => {
  const resourcesOf = await findResources(outputs, aws);
  const notified = outputs.find('NotificationTopics')?.split(',') ?? [];
  const groups = await Promise.all([
    check('alarms', () => checkAlarms(resourcesOf('AWS::CloudWatch::Alarm'), aws)),
    checkTopics('notification', notified, aws),
    checkQueues(resourcesOf('AWS::SQS::Queue'), outputs, aws),
  ]);
  return groups.flat();
};

/** Checks what AWS says of a deployment: who asks, the stack, its resources, its desk, and the quota of the account. */
export const checkStack = async ({ aws, outputs }: Session): Promise<readonly Finding[]> => {
  const groups = await Promise.all([
    check('identity', async () => [ok('identity', (await readIdentity(aws)).arn)]),
    check('stack', async () => [checkStatus(await outputs())]),
    check('stack', async () => checkResources(await outputs(), aws)),
    check('desk', async () => checkDesk((await outputs()).find('Desk'))),
    check('concurrency', () => checkConcurrency(aws)),
  ]);
  return groups.flat();
};
