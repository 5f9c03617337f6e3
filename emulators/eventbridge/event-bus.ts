import * as v from 'valibot';
import type { LoopbackServer } from '../../loopback/loopback-server.ts';
import { parseInput, startAwsJson } from '../aws-json.ts';
import { parseJson } from '../parse-json.ts';
import { createQuota } from '../quota.ts';
import { type BusEvent, parseEvent } from './event.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const putEventsSchema = v.object({
  Entries: v.pipe(
    v.array(v.object({ Source: v.string(), DetailType: v.string(), Detail: v.string() })),
    v.minLength(1),
    v.maxLength(10),
  ),
});

export type EventBusOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  /** Entries per second; what comes above that is refused entry by entry. @default 400, AWS's lowest quota */
  readonly entriesPerSecond?: number;
  /** The clock of that quota, in milliseconds. @default performance.now */
  readonly now?: () => number;
};

/**
 * An event bus, reached through `AWS_ENDPOINT_URL_EVENTBRIDGE`; `take` gets each event that was put.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startEventBus = (
  take: (event: BusEvent) => void,
  { entriesPerSecond = 400, now, ...loopback }: EventBusOptions = {},
): Promise<LoopbackServer> => {
  const quota = createQuota(entriesPerSecond, now);
  const putEntry = ({ Source, DetailType, Detail }: v.InferOutput<typeof putEventsSchema>['Entries'][number]) => {
    const parsed = parseEvent({ source: Source, 'detail-type': DetailType, detail: parseJson(Detail) });
    if (parsed.kind === 'no-event') return { ErrorCode: 'MalformedDetail', ErrorMessage: parsed.problem };
    if (!quota.take()) return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
    take(parsed.event);
    return { EventId: parsed.event.id };
  };
  const answer = async (_operation: string, input: unknown) => {
    const Entries = parseInput(putEventsSchema, input).Entries.map(putEntry);
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries };
  };
  return startAwsJson({ target: 'AWSEvents', operations: ['PutEvents'], answer }, loopback);
};
