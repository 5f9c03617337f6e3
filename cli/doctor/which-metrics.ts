import { CloudWatchClient, GetMetricDataCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import { CommandFailed } from '../errors.ts';

const hours = 3;

/** `Id`s of metric math have `_` where the names of functions have `-`. */
const nameOf = (id: string): string => id.replaceAll('_', '-');

const countMetrics = ({ Metrics = [] }: MetricAlarm, aws: AwsSettings): Promise<string | undefined> =>
  callAws('cloudwatch:GetMetricData', async () => {
    const queries = Metrics.filter(({ MetricStat }) => MetricStat !== undefined);
    if (queries.length === 0) return undefined;
    const now = Date.now();
    const command = new GetMetricDataCommand({
      StartTime: new Date(now - hours * 3_600_000),
      EndTime: new Date(now),
      MetricDataQueries: queries.map((query) => ({ ...query, ReturnData: true })),
    });
    const { MetricDataResults = [] } = await new CloudWatchClient(aws).send(command);
    const counted = MetricDataResults.map(({ Id = '', Values = [] }) => ({
      name: nameOf(Id),
      count: Values.reduce((sum, value) => sum + value, 0),
    })).filter(({ count }) => count > 0);
    const list = counted.map(({ name, count }) => `${name} ${count}`).join(', ') || 'nothing';
    return `In the last ${hours} hours: ${list}.`;
  });

/**
 * Which metrics an alarm over several is about, and how often each was counted, for example `In the last 3 hours: logout 2.`, or
 * why it cannot be read; `undefined` for an alarm over one metric.
 */
export const whichMetrics = (alarm: MetricAlarm, aws: AwsSettings): Promise<string | undefined> =>
  countMetrics(alarm, aws).catch((error: unknown) => {
    if (error instanceof CommandFailed) return `Which metric is not known. ${error.message}`;
    throw error;
  });
