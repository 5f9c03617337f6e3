import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from './event.ts';
import { type EventBusOptions, startEventBus } from './event-bus.ts';

const startBus = async (options: EventBusOptions = {}) => {
  const events: BusEvent[] = [];
  const bus = await startEventBus((event) => events.push(event), options);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ endpoint: bus.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  const put = (...details: readonly string[]) =>
    client.send(
      new PutEventsCommand({
        Entries: details.map((Detail) => ({ Source: 'com.example.hr', DetailType: 'Employee Offboarded', Detail })),
      }),
    );
  const dispose = async () => {
    client.destroy();
    await bus.close();
  };
  return { events, put, [Symbol.asyncDispose]: dispose };
};

test('keeps every field of a detail, also one named like a property of Object.prototype', async () => {
  await using bus = await startBus();

  await bus.put('{"owner":"john.doe@example.com","constructor":"x","__proto__":"y"}');

  const [event] = bus.events;
  expect(event).toMatchObject({
    source: 'com.example.hr',
    'detail-type': 'Employee Offboarded',
    id: expect.any(String),
  });
  expect(JSON.stringify(event?.detail)).toBe('{"owner":"john.doe@example.com","constructor":"x","__proto__":"y"}');
});

test('refuses a detail that is not an object, and accepts the other entries', async () => {
  await using bus = await startBus();

  const { FailedEntryCount, Entries } = await bus.put('[]', '{}');

  expect(FailedEntryCount).toBe(1);
  expect(Entries).toMatchObject([{ ErrorCode: 'MalformedDetail' }, { EventId: expect.any(String) }]);
  expect(bus.events).toHaveLength(1);
});

test('refuses the entries above its quota', async () => {
  await using bus = await startBus({ entriesPerSecond: 3, now: () => 0 });

  const { FailedEntryCount, Entries = [] } = await bus.put(...Array(10).fill('{}'));

  expect(FailedEntryCount).toBe(7);
  expect(Entries.at(-1)).toEqual({ ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' });
  expect(bus.events).toHaveLength(3);
});

test('refuses more than ten entries', async () => {
  await using bus = await startBus();

  await expect(bus.put(...Array(11).fill('{}'))).rejects.toMatchObject({ name: 'ValidationException' });
});
