import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { composeRun, createRunHandler } from '../../functions/run.ts';
import {
  countOperations,
  createDurableHandler,
  type Durable,
  nameInInvocation,
} from '../../functions/runs/durable-operations.ts';
import { createCountFaults } from '../../functions/runs/run-metrics.ts';
import { parseSummary } from '../../functions/runs/summary.ts';
import { createSetup, requestOf, runId, type Script } from '../support/run-setup.ts';

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

/** The function as Lambda runs it, with the SDK and middy; only its dependencies are fakes. */
const runFunction = async (scripts: Readonly<Record<string, Script>>, payload: unknown = requestOf()) => {
  const setup = createSetup(scripts);
  const handlerFunction = createRunHandler(setup.dependencies) as unknown as RunnerHandler;
  const runner = new LocalDurableTestRunner({ handlerFunction });
  return { setup, run: await runner.run({ payload }) };
};
type RunnerHandler = ConstructorParameters<typeof LocalDurableTestRunner>[0]['handlerFunction'];

test('the history of a run has readable step names, and its result is the summary', async () => {
  const { run } = await runFunction({ '1101000001': {}, '1101000002': { tags: { protected: true } } });

  expect(run.getStatus()).toBe('SUCCEEDED');
  expect(run.getOperations().map((operation) => operation.getName())).toEqual([
    'start',
    'resolve',
    'round-1-batch-1',
    'wait-after-round-1',
    'round-2-batch-1',
    'report-end',
  ]);
  expect(parseSummary(JSON.stringify(run.getResult()))).toMatchObject({
    progress: { total: 2, loggedOut: 1, failed: 0, skipped: 1, pending: 0, ready: 0 },
    outcomes: [
      { kind: 'logged-out', confirmed: true },
      { kind: 'skipped', detail: 'protected' },
    ],
  });
});

test('a run that cannot confirm every instance fails, and its error contains the summary', async () => {
  const { run } = await runFunction({
    '1101000001': {},
    '1101000002': { logout: [{ kind: 'instance-deleted', detail: 'GREEN-API answered HTTP 400' }] },
  });

  const { errorType, errorMessage, errorData } = run.getError();
  expect(run.getStatus()).toBe('FAILED');
  expect(errorType).toBe('NotAllConfirmed');
  expect(errorMessage).toBe('1 of 2 instances are not confirmed');
  expect(parseSummary(errorData)?.outcomes).toMatchObject([{ kind: 'logged-out' }, { kind: 'instance-deleted' }]);
});

test('an invalid payload of a run fails with the names of the fields, without their values', async () => {
  const { run, setup } = await runFunction(
    { '1101000001': {} },
    { ...requestOf(), target: 'apiTokenInstance-of-somebody' },
  );

  const { errorType, errorMessage } = run.getError();
  expect(errorType).toBe('InvalidRun');
  expect(errorMessage).toBe('The payload is not a run: see target');
  expect(setup.calls).toEqual([]);
  expect(failuresCounted(setup)).toEqual([expect.objectContaining({ failure: 'InvalidRun', runFailed: 1 })]);
});

/** The lines that count failed runs. A drill has none. */
const failuresCounted = ({ facts }: ReturnType<typeof createSetup>) => facts.filter(({ runFailed }) => runFailed === 1);

describe('the metric of failed runs', () => {
  test('counts a run that comes to its end once, and no drill', async () => {
    const script = { state: [{ kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401' }] } as const;

    const { setup: run } = await runFunction({ '1101000001': { logout: [...script.state] } });
    const { setup: drill, run: ended } = await runFunction({ '1101000001': script }, requestOf({ dryRun: true }));

    expect(failuresCounted(run)).toEqual([
      expect.objectContaining({ message: 'run ended', stack: 'green-api-logout' }),
    ]);
    expect(ended.getStatus()).toBe('FAILED');
    expect(failuresCounted(drill)).toEqual([]);
  });

  test.each(['CheckpointUnrecoverableExecutionError', 'NonDeterministicExecutionError', 'TypeError'])(
    'counts a run that %s ends before it comes to its end',
    async (ErrorType) => {
      const { facts, dependencies } = createSetup({});
      const countFaults = createCountFaults(dependencies.log, 'green-api-logout', dependencies.now, nameInInvocation);
      const answer = { Status: 'FAILED', Error: { ErrorType, ErrorMessage: 'secret' } };
      const invoke = countFaults(async () => answer);
      const DurableExecutionArn = `arn:aws:lambda:eu-central-1:111122223333:function:run:1/durable-execution/${runId}/1`;

      expect(await invoke({ DurableExecutionArn }, {})).toBe(answer);

      expect(facts).toEqual([
        expect.objectContaining({ message: 'run failed unexpectedly', run: runId, failure: ErrorType, runFailed: 1 }),
      ]);
      expect(JSON.stringify(facts)).not.toContain('secret');
    },
  );

  test.each([{ Status: 'PENDING' }, { Status: 'SUCCEEDED', Result: '{}' }])(
    'counts nothing while a run goes on or has succeeded: %j',
    async (answer) => {
      const { facts, dependencies } = createSetup({});
      const countFaults = createCountFaults(dependencies.log, 'green-api-logout', dependencies.now, nameInInvocation);

      await countFaults(async () => answer)({}, {});

      expect(facts).toEqual([]);
    },
  );
});

test('the SDK retries a step while Secrets Manager is unavailable', async () => {
  const setup = createSetup({ '1101000001': {} });
  let reads = 0;
  const dependencies: typeof setup.dependencies = {
    ...setup.dependencies,
    listInstances: async (next) => {
      reads += 1;
      return reads === 1 ? { kind: 'unavailable', detail: 'down' } : setup.dependencies.listInstances(next);
    },
  };
  const handlerFunction = createRunHandler(dependencies) as unknown as RunnerHandler;

  const run = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: requestOf() });

  expect(run.getStatus()).toBe('SUCCEEDED');
  expect(reads).toBe(2);
});

test('3,000 instances with passing faults take fewer than 200 operations, and the result fits', async () => {
  const fault = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500' } as const;
  const scriptAt = (at: number): Script =>
    at % 20 === 0
      ? { logout: [fault, { kind: 'accepted' }], state: ['authorized', 'authorized', 'notAuthorized'] }
      : {};
  const scripts = Object.fromEntries(
    Array.from({ length: 3_000 }, (_, at) => [String(1_101_000_001 + at), scriptAt(at)]),
  );

  const { run } = await runFunction(scripts);

  expect(run.getStatus()).toBe('SUCCEEDED');
  expect(run.getOperations().length).toBeLessThan(200);
  const result = JSON.stringify(run.getResult());
  expect(Buffer.byteLength(result)).toBeLessThan(256 * 1_024);
  expect(parseSummary(result)?.progress).toMatchObject({ total: 3_000, loggedOut: 3_000 });
});

test('a run, as deployed, has the time of the machine', () => {
  const before = Date.now();

  const { now } = composeRun({}, () => {});

  expect(now().getTime()).toBeGreaterThanOrEqual(before);
});

test('a run works until 20 s before the end of its invocation, and knows its own name', async () => {
  const handlerFunction = createDurableHandler(async (_, { name, remainingMs }) => ({
    name,
    left: String(remainingMs()),
  })) as unknown as RunnerHandler;

  const run = await new LocalDurableTestRunner({ handlerFunction }).run({ payload: {} });

  expect(run.getResult()).toEqual({ name: expect.any(String), left: '880000' });
});

test('every kind of operation is counted, because Lambda allows 3,000', async () => {
  const durable = { step: async () => undefined, wait: async () => undefined } as unknown as Durable;
  const operations = countOperations({ durable, remainingMs: () => 1 });

  await operations.step('a', async () => 1);
  await operations.repeatableStep('b', async () => 1);
  await operations.wait('c', 1);

  expect([operations.used(), operations.remainingMs()]).toEqual([3, 1]);
});
