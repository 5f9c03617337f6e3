import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { BusEvent } from '../../../emulators/eventbridge/event.ts';
import { startEventBus } from '../../../emulators/eventbridge/event-bus.ts';
import { startGreenApi } from '../../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../../emulators/secrets-manager/emulator.ts';
import { createPoll } from '../../../functions/watch/poll.ts';
import { applyPoll, initialState } from '../../../functions/watch/watch-state.ts';
import { composeWatch, createWatchHandler } from '../../../functions/watch.ts';
import { useEmulators } from '../../support/aws-environment.ts';
import { idInstance, markerToken } from '../../support/logout-setup.ts';
import { createWatchSetup, tags, watchId } from '../../support/watch-setup.ts';

/** Polls of the function as it is deployed, with the real SDK, one after the other. */
const startSetup = async (stateInstance: string) => {
  const greenApi = await startGreenApi({
    instances: [{ idInstance, apiTokenInstance: markerToken, stateInstance }],
    enforceLimit: false,
  });
  const secretOf = (apiTokenInstance: string) => ({
    name: `green-api/${idInstance}`,
    secretString: JSON.stringify({ apiUrl: greenApi.apiUrl, apiTokenInstance }),
    tags,
  });
  const secretsManager = await startSecretsManager({ secrets: [secretOf(markerToken)] });
  const events: BusEvent[] = [];
  const bus = await startEventBus((event) => events.push(event));
  useEmulators({ secretsManager: secretsManager.url, eventBridge: bus.url });
  const variables = { ALLOWED_API_HOSTS: greenApi.host, CREDENTIAL_TTL_MS: '0', EVENT_BUS: 'outcomes' };
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const poll = createPoll(composeWatch(variables, write, { rateLimiter: { intervalMs: 1 } }));
  const { request } = createWatchSetup({ [idInstance]: [] });
  let state = initialState(request);
  return {
    events,
    lines,
    rotate: (token: string): void => {
      greenApi.changeToken(idInstance, token);
      secretsManager.put(secretOf(token));
    },
    /** How many instances were not read, and what Secrets Manager was asked. */
    poll: async () => {
      secretsManager.clearCalls();
      const result = await poll({ id: watchId, request, startedAt: '2026-11-30T17:00:00.000Z' }, state, () => 900_000);
      state = applyPoll(state, result);
      return [result.unread, ...secretsManager.calls.map(({ operation }) => operation)];
    },
    [Symbol.asyncDispose]: async () => {
      await greenApi.close();
      await secretsManager.close();
      await bus.close();
    },
  };
};

test('a watch keeps a credential until GREEN-API refuses it, and reads the tags at each poll', async () => {
  await using setup = await startSetup('notAuthorized');

  const first = await setup.poll();
  const second = await setup.poll();
  setup.rotate('b'.repeat(50));
  const afterRotation = await setup.poll();
  const later = await setup.poll();

  expect([first, second, afterRotation, later]).toEqual([
    [0, 'DescribeSecret', 'GetSecretValue'],
    [0, 'DescribeSecret'],
    [0, 'DescribeSecret', 'GetSecretValue'],
    [0, 'DescribeSecret'],
  ]);
  expect([setup.lines.join('').includes(markerToken), setup.events]).toEqual([false, []]);
});

test('an instance that was linked again is a record with its metric, and an event', async () => {
  await using setup = await startSetup('authorized');
  const before = Date.now();

  await setup.poll();
  await setup.poll();

  const evidence = setup.lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'evidence');
  const outcome = { kind: 'linked-again', stateInstance: 'authorized' };
  expect(evidence).toMatchObject([
    { level: 'WARN', idInstance, watch: watchId, outcome, linkedAgain: 1, stack: 'green-api-logout' },
  ]);
  expect(evidence[0]._aws.Timestamp).toBeGreaterThanOrEqual(before);
  expect(setup.events).toMatchObject([
    {
      source: 'green-api-logout',
      'detail-type': 'Instance Linked Again',
      detail: { idInstance, watch: watchId, outcome, text: expect.stringContaining(idInstance) },
    },
  ]);
});

describe('the function', () => {
  beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
  afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

  test('is durable: each poll is a step of its execution', async () => {
    const { dependencies, request, evidence } = createWatchSetup({ [idInstance]: ['authorized'] });
    const handlerFunction = createWatchHandler(dependencies) as unknown as ConstructorParameters<
      typeof LocalDurableTestRunner
    >[0]['handlerFunction'];

    const run = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: request });

    expect(run.getOperations().map((operation) => operation.getName())).toEqual([
      'start',
      'wait-before-poll-1',
      'poll-1',
      'wait-before-poll-2',
      'poll-2',
    ]);
    expect(run.getResult()).toEqual({ ended: [[idInstance, expect.any(String), 'linked-again']], unread: 0 });
    expect(evidence).toMatchObject([{ idInstance }]);
  });
});
