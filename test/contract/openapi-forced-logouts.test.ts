import fc from 'fast-check';
import { createForcedLogoutsHandler, type ForcedLogoutsHandlerDependencies } from '../../functions/forced-logouts.ts';
import { lambdaFailureOf } from '../../functions/runs/lambda/failure.ts';
import { outcomeEntries, skipReasons } from '../../functions/runs/outcome.ts';
import { phases } from '../../functions/runs/phase.ts';
import { resultsFromSteps } from '../../functions/runs/results-from-steps.ts';
import { type Summary, summarize } from '../../functions/runs/summary.ts';
import { type Answer, contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';
import { buildFixture } from '../support/lambda/harness.ts';
import { allows, checkAnswer } from '../support/openapi-check.ts';
import {
  codesOf,
  examplesOf,
  expectExamples,
  lintOpenApi,
  operationOf,
  requestExamplesOf,
  type Schema,
} from '../support/openapi-document.ts';
import { startRunsSetup } from '../support/runs-on-lambda.ts';

const { document } = lintOpenApi();
const id = 'api-6367c48dd193d56ea7b0baad25b19455e529f5ee';
const sales = { target: { group: 'sales' }, reason: 'phones lost' };

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('puppet');
});

type Setup = Awaited<ReturnType<typeof startRunsSetup>>;
type SendRequest = (setup: Setup) => Promise<Answer>;

const createHandler = (
  dependencies: Pick<ForcedLogoutsHandlerDependencies, 'requestRun' | 'listRuns' | 'readRun' | 'stopRun'>,
) => {
  const handler = createForcedLogoutsHandler({
    stack: 'green-api-logout',
    limits: { maxTargetsCeiling: 3_000, executionTimeoutMs: 30 * 86_400_000 },
    now: () => new Date('2026-11-22T09:00:00.000Z'),
    recordStopped: async () => {},
    readWatch: async () => ({ kind: 'unknown-run' }),
    stopWatch: async () => ({ kind: 'stopped' }),
    log: () => {},
    ...dependencies,
  });
  return async (routeKey: string, fields: Parameters<typeof httpEventOf>[0]) =>
    parseAnswer(await handler(httpEventOf({ routeKey, pathParameters: { id }, ...fields }), contextOf()));
};

const whenLambdaSays = (name: string) => async () =>
  lambdaFailureOf(Object.assign(new Error('not ours to quote'), { name }), 'lambda:InvokeFunction');

const failures = {
  'runs-denied': whenLambdaSays('ExpiredTokenException'),
  throttled: whenLambdaSays('TooManyRequestsException'),
  unavailable: whenLambdaSays('ServiceException'),
  'internal-error': () => Promise.reject(new Error('unexpected')),
};

const failuresOf = (
  routeKey: string,
  request: Parameters<typeof httpEventOf>[0] = { body: JSON.stringify(sales) },
): Readonly<Record<string, SendRequest>> =>
  Object.fromEntries(
    Object.entries(failures).map(([name, meet]) => {
      const handler = createHandler({ requestRun: meet, listRuns: meet, readRun: meet, stopRun: meet });
      return [name, () => handler(routeKey, request)];
    }),
  );

const start = async (setup: Setup) => (await setup.post(sales, 'incident-7')).body.id;

const resolved = (targets: readonly string[], left: readonly string[] = []) => ({
  name: 'resolve',
  result: { kind: 'resolved', targets, excepted: [], protected: left, unlisted: 0 },
});
const round = (...targetStates: readonly object[]) => ({ name: 'round-1-batch-1', result: { round: 1, targetStates } });

const loggedOut = { idInstance: '1101000001', kind: 'logged-out', confirmed: true, attempts: 1 };
const expired = { ...loggedOut, kind: 'instance-expired', confirmed: false, detail: 'GREEN-API answered HTTP 400' };
const tags = { owner: 'ann@example.com', group: 'sales' };
const ready = { ...loggedOut, kind: 'ready', confirmed: false, attempts: 0, tags };

const summaryOf = (targetState: object, note?: string): Summary => {
  const steps = [resolved([loggedOut.idInstance]), round(targetState)];
  return summarize(
    resultsFromSteps(steps.map(({ name, result }) => ({ name, payload: JSON.stringify(result) }))),
    note === undefined ? {} : { note },
  );
};

const whenRunEndsWith =
  (output: object): SendRequest =>
  async (setup) => {
    const started = await start(setup);
    await (await setup.perform([]))(output);
    return setup.get(started);
  };

const succeeded = {
  Status: 'SUCCEEDED',
  Result: JSON.stringify(summaryOf(ready, 'a drill: nobody was logged out')),
};

const requests: Readonly<Record<string, Readonly<Record<string, SendRequest>>>> = {
  'POST /forced-logouts': {
    'run-started': (setup) => setup.post(sales, 'incident-7'),
    'invalid-request': (setup) => setup.post({ ...sales, target: { instances: ['../1'] } }, 'incident-7'),
    'idempotency-key-reused': async (setup) => {
      await start(setup);
      return setup.post({ ...sales, reason: 'phones found' }, 'incident-7');
    },
    'token-rotation-disabled': (setup) => setup.post({ ...sales, rotateToken: true }, 'incident-7'),
    'unknown-run': (setup) => setup.post({ retryOf: id }, 'incident-8'),
    'run-not-ended': async (setup) => setup.post({ retryOf: await start(setup) }, 'incident-8'),
    'run-stopped': async (setup) => {
      const started = await start(setup);
      await setup.stop(started);
      return setup.post({ retryOf: started }, 'incident-8');
    },
    'nothing-to-retry': async (setup) => {
      const started = await start(setup);
      await (await setup.perform([]))(succeeded);
      return setup.post({ retryOf: started }, 'incident-8');
    },
    'not-repeatable': async (setup) => {
      const started = await start(setup);
      const lost = { ...summaryOf(ready), outcomes: [] };
      await (await setup.perform([]))({ Status: 'SUCCEEDED', Result: JSON.stringify(lost) });
      return setup.post({ retryOf: started }, 'incident-8');
    },
    ...failuresOf('POST /forced-logouts'),
  },
  'GET /forced-logouts': {
    runs: async (setup) => {
      await start(setup);
      return setup.list();
    },
    'invalid-request': (setup) => setup.list({ status: 'DONE' }),
    ...failuresOf('GET /forced-logouts', {}),
  },
  'GET /forced-logouts/{id}': {
    running: async (setup) => {
      const started = await start(setup);
      const confirmedAt = '2026-11-22T09:00:04.000Z';
      await setup.perform([
        resolved(['1101000001', '1101000002'], ['1101000007']),
        round({ ...loggedOut, confirmedAt, queueCleared: true }),
      ]);
      return setup.get(started);
    },
    succeeded: whenRunEndsWith(succeeded),
    failed: whenRunEndsWith({
      Status: 'FAILED',
      Error: { ErrorType: 'NotAllConfirmed', ErrorData: JSON.stringify(summaryOf(expired)) },
    }),
    stopped: async (setup) => {
      const started = await start(setup);
      await setup.perform([resolved(['1101000001'])]);
      await setup.stop(started);
      return setup.get(started);
    },
    'invalid-request': (setup) => setup.get('api-1'),
    'unknown-run': (setup) => setup.get(id),
    ...failuresOf('GET /forced-logouts/{id}'),
  },
  'DELETE /forced-logouts/{id}': {
    'run-stopped': async (setup) => setup.stop(await start(setup)),
    'run-ended': async (setup) => {
      const started = await start(setup);
      await (await setup.perform([]))(succeeded);
      return setup.stop(started);
    },
    'invalid-request': (setup) => setup.stop('api-1'),
    'unknown-run': (setup) => setup.stop(id),
    ...failuresOf('DELETE /forced-logouts/{id}'),
  },
};

test.each(requestExamplesOf(operationOf(document, 'POST /forced-logouts')))(
  'the function takes the example %s of a request',
  async (_, example) => {
    const never = () => Promise.reject(new Error('not the part of this test'));
    const handler = createHandler({
      requestRun: async () => ({ kind: 'accepted', status: 'RUNNING' }),
      // A retry is of a run that this deployment does not have.
      readRun: async () => ({ kind: 'unknown-run' }),
      listRuns: never,
      stopRun: never,
    });

    const answer = await handler('POST /forced-logouts', { body: JSON.stringify(example) });

    expect(answer.body.code).toBe('retryOf' in Object(example) ? 'unknown-run' : undefined);
  },
);

const asListed = (run: object) => ({ ...run, id, startedAt: '2026-11-22T09:00:00.250Z' });

/** An answer with the id and the times of its example. */
const asExample = ({ status, body: { startedAt, endedAt, request, runs, ...body } }: Answer) => ({
  status,
  body: {
    ...body,
    ...(runs !== undefined && { runs: (runs as readonly object[]).map(asListed) }),
    ...(body.id !== undefined && { id }),
    ...(startedAt !== undefined && { startedAt: '2026-11-22T09:00:00.250Z' }),
    ...(request !== undefined && { request: { ...(request as object), expiresAt: '2026-11-23T09:00:00.250Z' } }),
    ...(endedAt !== undefined && { endedAt: '2026-11-22T09:00:08.000Z' }),
  },
});

describe.each(Object.entries(requests))('%s', (routeKey, requestsOfRoute) => {
  const operation = operationOf(document, routeKey);

  test.each(Object.entries(requestsOfRoute))(
    '%s is documented, and its example is what the function answers; npm run docs:openapi writes it',
    async (name, send) => {
      await using setup = await startRunsSetup(bundle);

      const answer = await send(setup);

      expect(checkAnswer(operation, answer)).toEqual([]);
      expectExamples(document, routeKey, { [name]: asExample(answer) });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect('retry-after' in answer.headers).toBe(answer.status === 503);
      expect('location' in answer.headers).toBe(answer.status === 202);
    },
  );

  test('there are no other examples', () => {
    expect(Object.keys(examplesOf(operation)).toSorted()).toEqual(Object.keys(requestsOfRoute).toSorted());
  });
});

test.each([
  [
    'POST /forced-logouts',
    [
      '404 unknown-run',
      '409 idempotency-key-reused',
      '409 token-rotation-disabled',
      '409 run-not-ended',
      '409 run-stopped',
      '409 nothing-to-retry',
      '409 not-repeatable',
    ],
  ],
  ['GET /forced-logouts', []],
  ['GET /forced-logouts/{id}', ['404 unknown-run']],
  ['DELETE /forced-logouts/{id}', ['404 unknown-run', '409 run-ended']],
  ['GET /watches/{id}', ['404 unknown-watch']],
  ['DELETE /watches/{id}', ['404 unknown-watch', '409 watch-ended']],
])('%s has these codes, and no others', (routeKey, own) => {
  const shared = [
    '400 invalid-request',
    '403 role-missing',
    '500 internal-error',
    '500 runs-denied',
    '503 unavailable',
  ];

  expect(codesOf(operationOf(document, routeKey)).toSorted()).toEqual([...own, ...shared].toSorted());
});

test('statuses and kinds of outcomes are those of a run, and no others', () => {
  const run = operationOf(document, 'GET /forced-logouts/{id}').responses['200']?.content?.['application/json']?.schema;

  expect(run).toMatchObject({
    properties: {
      phase: { enum: phases },
      outcomes: {
        items: { properties: { kind: { enum: outcomeEntries.kind.options }, skipReason: { enum: skipReasons } } },
      },
    },
  });
});

describe('the function accepts exactly what the document allows', () => {
  const operation = operationOf(document, 'POST /forced-logouts');
  const bodySchema = operation.requestBody?.content['application/json'].schema ?? {};
  const handler = createHandler({
    requestRun: async () => ({ kind: 'accepted', status: 'RUNNING' }),
    listRuns: async () => ({ kind: 'page', runs: [] }),
    readRun: async () => ({ kind: 'unknown-run' }),
    stopRun: async () => ({ kind: 'stopped' }),
  });
  const accepts = async (routeKey: string, fields: Parameters<typeof httpEventOf>[0]) => {
    const answer = await handler(routeKey, fields);
    expect(checkAnswer(operationOf(document, routeKey), answer)).toEqual([]);
    return answer.status !== 400;
  };
  const schemaOf = (routeKey: string, parameter: string): Schema =>
    operationOf(document, routeKey).parameters.find(({ name }) => name === parameter)?.schema ?? {};

  const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index));
  const either = (good: readonly unknown[], bad: readonly unknown[]) =>
    fc.oneof({ arbitrary: fc.constantFrom(...good), weight: 8 }, { arbitrary: fc.constantFrom(...bad), weight: 1 });
  const texts = ['a', 'a b@example.com', 'é', 'x'.repeat(256)];
  const noTexts = ['', 'a\nb', 'a\u2028b', 'x'.repeat(257), 5, null];
  const flag = either([true, false], [null, 'true', 1]);
  const targetsOf = (values: readonly unknown[], names = ['owner', 'group']) =>
    values.flatMap((value) => names.map((name) => ({ [name]: value })));
  const lists = [[], ['1101000001'], ids(3_000)];
  const noLists = ['1101000001', [1_101_000_001], ['../1'], ['12345678901'], ids(3_001), null];
  const later = ['T17:00Z', 'T17:00:00+01:00', 'T00:00:00.123456789Z'];
  const noInstants = ['2026-11-30', '2026-11-30T17:00:00', '20261130T170000Z', 'tomorrow', 1_796_000_000, null];

  const body = fc.record(
    {
      target: either(
        [...targetsOf(texts), ...targetsOf(lists, ['instances']), { all: true }],
        [...targetsOf(noTexts), ...targetsOf(noLists, ['instances']), { all: false }, {}, [], 'all', null].concat([
          { group: 'sales', all: true },
          { user: 'ann' },
        ]),
      ),
      reason: either(texts, noTexts),
      except: either(lists, noLists),
      at: either(
        later.map((time) => `2026-11-30${time}`),
        noInstants,
      ),
      expiresAt: either(
        later.map((time) => `2026-12-02${time}`),
        noInstants,
      ),
      maxTargets: either([1, 50, 3_000], [0, -1, 1.5, 3_001, '50', null]),
      clearQueue: flag,
      dryRun: flag,
    },
    { requiredKeys: ['target', 'reason'] },
  );

  test('bodies', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        expect(await accepts('POST /forced-logouts', { body: JSON.stringify(value) })).toBe(allows(bodySchema, value));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    {},
    [],
    null,
    'sales',
    { target: sales.target },
    { reason: sales.reason },
    { ...sales, requestedBy: 'somebody' },
    { ...sales, source: 'api' },
    { ...sales, retryOf: id },
    { retryOf: 'api-1' },
    { retryOf: id, dryRun: false },
    { retryOf: id, at: '2026-11-30T17:00:00Z' },
  ])('the body %j, which it forbids', async (value) => {
    expect(allows(bodySchema, value)).toBe(false);
    expect(await accepts('POST /forced-logouts', { body: JSON.stringify(value) })).toBe(false);
  });

  test('the examples', async () => {
    const { examples = {} } = operation.requestBody?.content['application/json'] ?? {};

    for (const { value } of Object.values(examples)) {
      expect(await accepts('POST /forced-logouts', { body: JSON.stringify(value) })).toBe(true);
    }
  });

  test('keys', async () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('x'.repeat(128), 'x'.repeat(129), 'ü', 'a\n'));
    const schema = schemaOf('POST /forced-logouts', 'Idempotency-Key');

    await fc.assert(
      fc.asyncProperty(key, async (value) => {
        const fields = { headers: { 'idempotency-key': value }, body: JSON.stringify(sales) };
        expect(await accepts('POST /forced-logouts', fields)).toBe(allows(schema, value));
      }),
    );
  });

  test.each(['GET /forced-logouts/{id}', 'DELETE /forced-logouts/{id}'])('ids, %s', async (routeKey) => {
    const names = fc.oneof(
      fc.string(),
      fc.stringMatching(/^(api|event|schedule|x)-[0-9a-g]{40,41}$/),
      fc.stringMatching(/^(api|event|schedule)-[0-9a-f]{40}$/),
      fc.constant(`${id}\n`),
    );

    await fc.assert(
      fc.asyncProperty(names, async (value) => {
        expect(await accepts(routeKey, { pathParameters: { id: value } })).toBe(
          allows(schemaOf(routeKey, 'id'), value),
        );
      }),
    );
  });
});
