import * as v from 'valibot';
import { type LoopbackServer, readBody, startLoopbackServer } from '../../loopback/loopback-server.ts';
import { parseJson } from '../parse-json.ts';
import { createQuota, type Quota } from '../quota.ts';
import { type BusEvent, parseEvent } from './event.ts';

/** PutEvents, as the AWS SDK sends it (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html). */
const putEventsSchema = v.object({
  Entries: v.pipe(
    v.array(v.object({ Source: v.string(), DetailType: v.string(), Detail: v.string() })),
    v.minLength(1),
    v.maxLength(10),
  ),
});

const longestRequestBytes = 1024 * 1024;

type Entry = v.InferOutput<typeof putEventsSchema>['Entries'][number];

export type EventBusOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  /** Entries per second; what comes above that is refused entry by entry. @default 400, AWS's lowest quota */
  readonly entriesPerSecond?: number;
};

const putEntry = (take: (event: BusEvent) => void, quota: Quota, { Source, DetailType, Detail }: Entry) => {
  const parsed = parseEvent({ source: Source, 'detail-type': DetailType, detail: parseJson(Detail) });
  if (parsed.kind === 'no-event') return { ErrorCode: 'MalformedDetail', ErrorMessage: parsed.problem };
  if (!quota.take()) return { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' };
  take(parsed.event);
  return { EventId: parsed.event.id };
};

/**
 * An event bus for the unchanged AWS SDK, reached through `AWS_ENDPOINT_URL_EVENTBRIDGE`; `take` gets each event that was put.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startEventBus = (
  take: (event: BusEvent) => void,
  { entriesPerSecond = 400, ...loopback }: EventBusOptions = {},
): Promise<LoopbackServer> => {
  const quota = createQuota(entriesPerSecond);
  return startLoopbackServer(async (request, response) => {
    const body = v.safeParse(putEventsSchema, parseJson((await readBody(request, longestRequestBytes)) ?? ''));
    const isPutEvents = request.headers['x-amz-target'] === 'AWSEvents.PutEvents';
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (!isPutEvents || !body.success) {
      const refusal = { __type: 'ValidationException', message: 'PutEvents with 1 to 10 entries' };
      response.writeHead(400).end(JSON.stringify(refusal));
      return;
    }
    const Entries = body.output.Entries.map((entry) => putEntry(take, quota, entry));
    const FailedEntryCount = Entries.filter((entry) => 'ErrorCode' in entry).length;
    response.end(JSON.stringify({ FailedEntryCount, Entries }));
  }, loopback);
};
