import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { callAws } from '../aws/aws-failure.ts';
import type { AwsSettings } from '../aws/aws-settings.ts';
import type { EvidenceFilter } from './evidence-filter.ts';
import { type EvidenceRecord, parseRecord } from './record.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
const patternOf = ({ idInstance, run }: EvidenceFilter): string => {
  const terms = [
    '$.message = "evidence"',
    ...(idInstance === undefined ? [] : [`$.idInstance = "${idInstance}"`]),
    ...(run === undefined ? [] : [`$.run.id = "${run}"`]),
  ];
  return `{ ${terms.map((term) => `(${term})`).join(' && ')} }`;
};

/** Reads evidence from CloudWatch Logs with the caller's own rights. */
export const readLogGroup = (
  logGroupName: string,
  filter: EvidenceFilter,
  aws: AwsSettings,
): Promise<readonly EvidenceRecord[]> =>
  callAws('logs:FilterLogEvents', async () => {
    const records: EvidenceRecord[] = [];
    const request = { logGroupName, startTime: filter.since.getTime(), filterPattern: patternOf(filter) };
    for await (const { events = [] } of paginateFilterLogEvents({ client: new CloudWatchLogsClient(aws) }, request))
      records.push(...events.flatMap(({ message = '' }) => parseRecord(message) ?? []));
    return records;
  });
