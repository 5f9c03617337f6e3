import { json } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { type Evidence, metricsOf, type TokenRecord } from '../../../functions/logout/evidence.ts';
import {
  composeRecordEvidence,
  createPublishEvents,
  createPublishOutcomes,
} from '../../../functions/logout/record-evidence.ts';
import type { Log } from '../../../functions/platform/log.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';

type Entry = { readonly Source: string; readonly Detail: string; readonly DetailType: string };
type Body = { readonly Entries: readonly Entry[] };

const idAt = (index: number) => String(1_101_000_001 + index) as InstanceId;
const recordAt = (index: number): Evidence => ({
  version: 1,
  idInstance: idAt(index),
  function: 'run',
  requestedBy: 'schedule nightly',
  requestedAt: '2026-11-30T17:00:00.000Z',
  attempts: 1,
  readings: [],
  outcome: { kind: 'logged-out', confirmed: true },
});
const records = (count: number) => Array.from({ length: count }, (_, at) => recordAt(at));

/** An event bus with a fixed answer for each request. */
const startBus = async (
  errorCodeOf: (id: string, request: number) => string | undefined,
  retryWaitsMs?: readonly number[],
) => {
  const requests: (readonly string[])[] = [];
  const entries: Entry[] = [];
  const server = await startLoopbackServer(async (message, response) => {
    const { Entries } = (await json(message)) as Body;
    const sent = Entries.map(({ Detail }) => String(JSON.parse(Detail).idInstance));
    requests.push(sent);
    entries.push(...Entries);
    const answers = sent.map((id) => {
      const ErrorCode = errorCodeOf(id, requests.length);
      return ErrorCode === undefined ? { EventId: id } : { ErrorCode };
    });
    response.end(JSON.stringify({ Entries: answers, FailedEntryCount: 0 }));
  }, {});
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const losses: object[] = [];
  const bus = { client, eventBus: 'outcomes' };
  const log: Log = (level, message, fields) => level === 'ERROR' && losses.push({ message, ...fields });
  return {
    requests,
    entries,
    losses,
    publish: createPublishOutcomes(createPublishEvents(bus, log, 10_000, retryWaitsMs)),
    /** As the function of a single logout does. */
    recordEvidence: composeRecordEvidence(log, { stack: 'green-api-logout' }, bus),
    stop: server.close,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server.close();
    },
  };
};

test('sends ten events in one request, and each once', async () => {
  await using bus = await startBus(() => undefined);

  await bus.publish(records(25));

  expect(bus.requests.map((sent) => sent.length).toSorted((a, b) => b - a)).toEqual([10, 10, 5]);
  expect(new Set(bus.requests.flat()).size).toBe(25);
  expect(bus.losses).toEqual([]);
});

test('sends only refused events again', async () => {
  const refused = new Set([idAt(3), idAt(12)]);
  await using bus = await startBus((id, request) =>
    request <= 2 && refused.has(id as InstanceId) ? 'ThrottlingException' : undefined,
  );

  await bus.publish(records(20));

  expect(bus.requests.slice(2).flat().toSorted()).toEqual([...refused].toSorted());
  expect(bus.losses).toEqual([]);
});

test('reports each event that was still refused at the last attempt', async () => {
  await using bus = await startBus((id) => (id === idAt(1) ? 'ThrottlingException' : undefined), [1, 1, 1]);

  await bus.publish(records(2));

  expect(bus.requests.map((sent) => sent.length)).toEqual([2, 1, 1, 1]);
  expect(bus.losses).toEqual([
    { message: 'outcome event not sent', idInstance: idAt(1), detail: 'ThrottlingException' },
  ]);
});

test('each event of a request that fails is reported, and nothing is thrown', async () => {
  await using bus = await startBus(() => undefined);
  await bus.stop();

  await bus.recordEvidence(recordAt(0));

  expect(bus.losses).toEqual([
    { message: 'outcome event not sent', idInstance: idAt(0), detail: expect.stringMatching(/./) },
  ]);
});

test('publishes nothing without an outcome', async () => {
  await using bus = await startBus(() => undefined);

  await bus.publish([]);
  await bus.publish([{ ...recordAt(0), outcome: { kind: 'logged-out', confirmed: false } }]);

  expect(bus.requests).toEqual([]);
});

test('an event holds the record and a sentence, and its type says whether the logout is confirmed', async () => {
  await using bus = await startBus(() => undefined);
  const run = { id: 'api-0123', source: 'api' } as const;
  const failed = { kind: 'refused', confirmed: false, detail: 'GREEN-API answered isLogout: false' } as const;

  await bus.publish([
    { ...recordAt(0), run },
    { ...recordAt(1), outcome: failed },
  ]);

  expect(bus.entries.map(({ Source, DetailType, Detail }) => [Source, DetailType, JSON.parse(Detail)])).toEqual([
    ['green-api-logout', 'Instance Logged Out', { ...recordAt(0), run, text: 'Instance 1101000001 is logged out.' }],
    [
      'green-api-logout',
      'Instance Logout Failed',
      {
        ...recordAt(1),
        outcome: failed,
        text: 'Instance 1101000002 is not confirmed as logged out: logout refused: GREEN-API answered isLogout: false. Try again: green-api-logout logout 1101000002',
      },
    ],
  ]);
});

test.each<[TokenRecord | undefined, object]>([
  [undefined, {}],
  [{ kind: 'rotated' }, { tokenNotRotated: 0, tokenLost: 0, oldTokenStillWorks: 0 }],
  [
    { kind: 'rotated', oldTokenStillWorks: true },
    { tokenNotRotated: 0, tokenLost: 0, oldTokenStillWorks: 1 },
  ],
  [{ kind: 'not-rotated' }, { tokenNotRotated: 1, tokenLost: 0, oldTokenStillWorks: 0 }],
  [{ kind: 'token-lost' }, { tokenNotRotated: 0, tokenLost: 1, oldTokenStillWorks: 0 }],
])('the metrics of a record without a time to logout, whose token is %j', (token, figures) => {
  const record = { ...recordAt(0), ...(token && { token }) };

  const { _aws, stack, function: __, ...metrics } = metricsOf(record, 'x', new Date(0)) as Record<string, unknown>;

  expect(metrics).toEqual({ confirmed: 1, failed: 0, ...figures });
  const declared = ['confirmed', 'failed', ...Object.keys(figures)].map((name) =>
    expect.objectContaining({ Name: name }),
  );
  expect(_aws).toMatchObject({ CloudWatchMetrics: [{ Metrics: declared }] });
});

test('the event of a single logout that EventBridge refuses is reported as lost', async () => {
  await using bus = await startBus(() => 'ThrottlingException');

  await bus.recordEvidence(recordAt(0));

  expect(bus.requests).toHaveLength(1);
  expect(bus.losses).toEqual([
    { message: 'outcome event not sent', idInstance: idAt(0), detail: 'ThrottlingException' },
  ]);
});
