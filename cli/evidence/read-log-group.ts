import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { type AwsSettings, explained } from '../aws/call-aws.ts';
import type { EvidenceFilter, EvidenceSource } from './evidence-source.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
const patternOf = ({ idInstance, run, messages = ['evidence'] }: EvidenceFilter): string => {
  const terms = [
    messages.map((message) => `$.message = "${message}"`).join(' || '),
    ...(idInstance === undefined ? [] : [`$.idInstance = "${idInstance}"`]),
    ...(run === undefined ? [] : [`$.run.id = "${run.includes('-') ? '' : '*'}${run}"`]),
  ];
  return `{ ${terms.map((term) => `(${term})`).join(' && ')} }`;
};

/** Reads evidence from CloudWatch Logs with the caller's own rights. */
export const evidenceLogGroup = (logGroupName: string, aws: AwsSettings): EvidenceSource => ({
  lines: async function* (filter) {
    const request = { logGroupName, startTime: filter.since.getTime(), filterPattern: patternOf(filter) };
    const client = explained(new CloudWatchLogsClient(aws));
    for await (const { events = [] } of paginateFilterLogEvents({ client }, request))
      for (const { message = '' } of events) yield message;
  },
  describe: async () => undefined,
});
