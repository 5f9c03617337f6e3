import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import { type Finding, look, ok, wrong } from './finding.ts';

type Resources = ReadonlyMap<string, readonly string[]>;

/** Physical ids of what the stack consists of, by type. */
const listResources = (stack: string, aws: AwsSettings): Promise<Resources> =>
  callAws('cloudformation:ListStackResources', async () => {
    const found = new Map<string, string[]>();
    const pages = paginateListStackResources({ client: new CloudFormationClient(aws) }, { StackName: stack });
    for await (const { StackResourceSummaries = [] } of pages)
      for (const { ResourceType = '', PhysicalResourceId = '' } of StackResourceSummaries)
        found.set(ResourceType, [...(found.get(ResourceType) ?? []), PhysicalResourceId]);
    return found;
  });

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
      return wrong(
        'alarm topic',
        `${topic} is encrypted with ${unusableKey}, so alarms cannot write to it. Use a key of your own.`,
      );
    if (Attributes.SubscriptionsConfirmed === '0')
      return wrong('alarm topic', `${topic} has no confirmed subscription, so alarms reach nobody.`);
    return ok('alarm topic', `${topic}, ${Attributes.SubscriptionsConfirmed} subscriptions`);
  });

const checkAlarms = async (names: readonly string[], aws: AwsSettings): Promise<readonly Finding[]> => {
  const alarms = await readAlarms(names, aws);
  const ringing = alarms
    .filter(({ StateValue }) => StateValue === 'ALARM')
    .map(({ AlarmName = '', AlarmDescription = '' }) => look('alarm', `${AlarmName} is in ALARM. ${AlarmDescription}`));
  const topics = new Set(
    alarms.flatMap(({ AlarmActions = [] }) => AlarmActions).filter((arn) => arn.includes(':sns:')),
  );
  if (topics.size === 0)
    return [
      ...ringing,
      look('alarm topic', 'No alarm notifies anybody: set alarmTopicArn in the configuration and deploy.'),
    ];
  return [...ringing, ...(await Promise.all([...topics].map((topic) => checkTopic(topic, aws))))];
};

const checkQueues = (urls: readonly string[], aws: AwsSettings): Promise<readonly Finding[]> =>
  callAws('sqs:GetQueueAttributes', async () => {
    const client = new SQSClient(aws);
    const counted = await Promise.all(
      urls.map(async (QueueUrl) => {
        const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
        const { Attributes } = await client.send(command);
        return { name: QueueUrl.split('/').at(-1) ?? '', count: Number(Attributes?.ApproximateNumberOfMessages) };
      }),
    );
    const filled = counted.filter(({ count }) => count > 0);
    if (filled.length === 0) return [ok('queues', `${urls.length} dead-letter queues are empty`)];
    return filled.map(({ name, count }) =>
      look('queue', `${name} holds ${count} messages. Their requests were not carried out.`),
    );
  });

/** Looks at what the stack consists of: alarms, the topic they write to, and dead-letter queues. */
export const checkStack = async (stack: string, aws: AwsSettings): Promise<readonly Finding[]> => {
  const resources = await listResources(stack, aws);
  const [alarms, queues] = await Promise.all([
    checkAlarms(resources.get('AWS::CloudWatch::Alarm') ?? [], aws),
    checkQueues(resources.get('AWS::SQS::Queue') ?? [], aws),
  ]);
  return [...alarms, ...queues];
};
