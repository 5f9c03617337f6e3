import { json } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import type { Evidence } from '../../../functions/logout/evidence.ts';
import {
  composeRecordEvidence,
  createPublishEvents,
  createPublishOutcomes,
} from '../../../functions/logout/record-evidence.ts';
import type { Log } from '../../../functions/platform/log.ts';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';

type Entry = { readonly Detail: string; readonly DetailType: string };
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
const startBus = async (errorCodeOf: (id: string, request: number) => string | undefined) => {
  const requests: (readonly string[])[] = [];
  const server = await startLoopbackServer(async (message, response) => {
    const { Entries } = (await json(message)) as Body;
    const sent = Entries.map(({ Detail }) => String(JSON.parse(Detail).idInstance));
    requests.push(sent);
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
    losses,
    publish: createPublishOutcomes(createPublishEvents(bus, log)),
    /** As the function of a single logout does. */
    recordEvidence: composeRecordEvidence(log, { stack: 'green-api-logout' }, bus),
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
  await using bus = await startBus((id) => (id === idAt(1) ? 'ThrottlingException' : undefined));

  await bus.publish(records(2));

  expect(bus.losses).toEqual([
    { message: 'outcome event not sent', idInstance: idAt(1), detail: 'ThrottlingException' },
  ]);
});

test('publishes nothing without an outcome', async () => {
  await using bus = await startBus(() => undefined);

  await bus.publish([]);

  expect(bus.requests).toEqual([]);
});

test('the event of a single logout that EventBridge refuses is reported as lost', async () => {
  await using bus = await startBus(() => 'ThrottlingException');

  await bus.recordEvidence(recordAt(0));

  expect(bus.requests).toHaveLength(1);
  expect(bus.losses).toEqual([
    { message: 'outcome event not sent', idInstance: idAt(0), detail: 'ThrottlingException' },
  ]);
});
