import fc from 'fast-check';
import {
  composeForcedLogouts,
  createForcedLogoutsHandler,
  type ForcedLogoutsHandlerDependencies,
} from '../../functions/forced-logouts.ts';
import type { Run, RunExecution } from '../../functions/runs/lambda/read-run.ts';
import type { RunStart } from '../../functions/runs/lambda/start-run.ts';
import { createRequestRun, stableJson } from '../../functions/runs/lambda/start-run.ts';
import type { RunStop } from '../../functions/runs/lambda/stop-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import type { RunName } from '../../functions/runs/run-name.ts';
import type { Watch } from '../../functions/watch/read-watch.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { useEmulators } from '../support/aws-environment.ts';
import { contextOf, httpEventOf, parseAnswer } from '../support/http-event.ts';

const id = `api-${'0'.repeat(40)}`;
const watchId = `watch-${'0'.repeat(40)}`;
const sales = { target: { group: 'sales' }, reason: 'phones lost' };
const nightShift = { jwt: { claims: { sub: 'auth0|night-shift' }, scopes: null } };

const run: Run = {
  kind: 'run',
  status: 'SUCCEEDED',
  source: 'api',
  request: { target: { group: 'sales' } },
  reason: 'phones lost',
  requestedBy: 'auth0|night-shift',
  startedAt: new Date('2026-11-22T09:00:00.250Z'),
  endedAt: new Date('2026-11-22T09:00:08Z'),
  progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 },
  outcomes: [],
};

/** The function, with a Lambda that remembers names and payloads, on a clock that the test sets. */
const createSetup = (other: Partial<ForcedLogoutsHandlerDependencies> = {}) => {
  const clock = { now: new Date('2026-11-22T09:00:00.000Z') };
  const started = new Map<string, { readonly request: RunRequest; status: RunExecution['status'] }>();
  const lines: object[] = [];
  const now = () => clock.now;
  const requestRun = createRequestRun({
    now,
    startRun: async (name, request): Promise<RunStart> => {
      const existing = started.get(name);
      if (existing && stableJson(existing.request) !== stableJson(request)) return { kind: 'other-payload', id: name };
      started.set(name, existing ?? { request, status: 'RUNNING' });
      return { kind: 'started', id: name };
    },
    readExecution: async (name) => {
      const existing = started.get(name);
      if (existing === undefined) return { kind: 'unknown-run' };
      const { status, request } = existing;
      const never = { endedAt: undefined, result: undefined, error: undefined };
      return { kind: 'execution', arn: name, status, startedAt: clock.now, payload: stableJson(request), ...never };
    },
  });
  const handler = createForcedLogoutsHandler({
    requestRun,
    listRuns: async () => ({ kind: 'page', runs: [] }),
    readRun: async () => run,
    stopRun: async () => ({ kind: 'stopped' }),
    recordStopped: async () => {},
    readWatch: async () => ({ kind: 'unknown-run' }),
    stopWatch: async () => ({ kind: 'stopped' }),
    stack: 'green-api-logout',
    limits: { maxTargetsCeiling: 500, executionTimeoutMs: 30 * 86_400_000 },
    now,
    log: (_level, message, fields) => void lines.push({ message, ...fields }),
    ...other,
  });
  const call = async (routeKey: string, fields: Omit<Parameters<typeof httpEventOf>[0], 'routeKey'>) =>
    parseAnswer(await handler(httpEventOf({ routeKey, ...fields }), contextOf()));
  return {
    clock,
    started,
    lines,
    requests: () => [...started.values()].map(({ request }) => request),
    post: (body: unknown, key?: string, authorizer?: object) =>
      call('POST /forced-logouts', {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(key !== undefined && { headers: { 'idempotency-key': key } }),
        ...(authorizer && { authorizer }),
      }),
    get: (name = id) => call('GET /forced-logouts/{id}', { pathParameters: { id: name } }),
    stop: (name = id) => call('DELETE /forced-logouts/{id}', { pathParameters: { id: name } }),
    watch: (method: 'GET' | 'DELETE') => call(`${method} /watches/{id}`, { pathParameters: { id: watchId } }),
    call,
  };
};

test('starts a run and returns its location', async () => {
  const setup = createSetup();

  const { status, headers, body } = await setup.post(sales);

  expect([status, body]).toEqual([202, { id: expect.stringMatching(/^api-[0-9a-f]{40}$/), status: 'RUNNING' }]);
  expect(headers).toMatchObject({ location: `/forced-logouts/${body.id}`, 'cache-control': 'no-store' });
  expect(setup.requests()).toEqual([
    {
      ...sales,
      requestedBy: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
      session: { name: 'night-shift', setBy: 'caller' },
      source: 'api',
      occurredAt: '2026-11-22T09:00:00.000Z',
      expiresAt: '2026-11-23T09:00:00.000Z',
      maxTargets: 50,
    },
  ]);
  expect(setup.lines).toEqual([
    { message: 'run requested', id: body.id, by: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID' },
  ]);
});

test('passes on every field of the request', async () => {
  const setup = createSetup();
  const request = {
    target: { instances: ['1101000001', '1101000002'] },
    except: ['1101000002'],
    reason: 'left the company',
    at: '2026-11-30T17:00:00+01:00',
    expiresAt: '2026-12-01T17:00:00Z',
    maxTargets: 2,
    clearQueue: true,
    dryRun: true,
  };

  await setup.post(request);

  expect(setup.requests()).toMatchObject([request]);
});

test('a retry keeps what the earlier run wanted, has an expiry of its own, and is the same run when it is repeated', async () => {
  const failed = { idInstance: '1101000002', kind: 'unconfirmed', confirmed: false, attempts: 1 };
  const request = {
    target: { group: 'sales' },
    maxTargets: 20,
    at: '2026-11-20T17:00:00Z',
    expiresAt: '2026-11-21T17:00:00Z',
  };
  const earlier = { ...run, status: 'FAILED', request, outcomes: [failed] } as unknown as Run;
  const setup = createSetup({ readRun: async () => earlier });

  const first = await setup.post({ retryOf: id }, 'incident-8', nightShift);
  setup.clock.now = new Date('2026-11-22T09:01:00.000Z');
  const again = await setup.post({ retryOf: id }, 'incident-8', nightShift);
  const other = await setup.post({ retryOf: id, reason: 'phone found' }, 'incident-8', nightShift);

  expect([again.status, again.body]).toEqual([202, first.body]);
  expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused']);
  expect(setup.requests()).toEqual([
    {
      target: { group: 'sales' },
      only: ['1101000002'],
      retryOf: id,
      reason: 'phones lost',
      maxTargets: 20,
      requestedBy: 'auth0|night-shift',
      source: 'api',
      occurredAt: '2026-11-22T09:00:00.000Z',
      expiresAt: '2026-11-23T09:00:00.000Z',
    },
  ]);
});

test.each([
  ['goes on', { ...run, status: 'RUNNING' }, 409, 'run-not-ended'],
  ['was stopped', { ...run, status: 'STOPPED', request: { ...run.request, maxTargets: 20 } }, 409, 'run-stopped'],
  ['cannot be read', { ...run, request: {} }, 409, 'not-repeatable'],
  ['does not exist', { kind: 'unknown-run' }, 404, 'unknown-run'],
] as const)('a retry of a run that %s starts nothing', async (_, earlier, expected, code) => {
  const setup = createSetup({ readRun: async () => earlier });

  const { status, body } = await setup.post({ retryOf: id });

  expect([status, body.code]).toEqual([expected, code]);
  expect(setup.requests()).toEqual([]);
});

test('makes a run expire a day after the instant it waits for', async () => {
  const setup = createSetup();

  await setup.post({ ...sales, at: '2026-11-30T17:00:00+01:00' });

  expect(setup.requests()).toMatchObject([{ expiresAt: '2026-12-01T16:00:00.000Z' }]);
});

test('never uses a default above the ceiling', async () => {
  const setup = createSetup({ limits: { maxTargetsCeiling: 20, executionTimeoutMs: 86_400_000 } });

  await setup.post(sales);

  expect(setup.requests()).toMatchObject([{ maxTargets: 20 }]);
});

test('treats a retry a minute later as the same run, although it would expire a minute later', async () => {
  const setup = createSetup();
  const first = await setup.post(sales, 'incident-7');

  setup.clock.now = new Date('2026-11-22T09:01:00.000Z');
  const again = await setup.post({ reason: sales.reason, target: sales.target }, 'incident-7');

  expect([again.status, again.body]).toEqual([202, first.body]);
  expect(setup.requests()).toMatchObject([{ expiresAt: '2026-11-23T09:00:00.000Z' }]);
});

test('answers a repeated request with the current status of the run', async () => {
  const setup = createSetup();
  const { body } = await setup.post(sales, 'incident-7');
  for (const execution of setup.started.values()) execution.status = 'FAILED';

  setup.clock.now = new Date('2026-11-22T09:05:00.000Z');

  expect((await setup.post(sales, 'incident-7')).body).toEqual({ id: body.id, status: 'FAILED' });
});

test.each([
  { ...sales, reason: 'phones found' },
  { ...sales, target: { group: 'support' } },
  { ...sales, dryRun: true },
  { ...sales, maxTargets: 10 },
  { ...sales, expiresAt: '2026-11-23T09:01:00Z' },
])('refuses a key that was used for another request, and starts nothing: %j', async (other) => {
  const setup = createSetup();
  await setup.post(sales, 'incident-7');

  setup.clock.now = new Date('2026-11-22T09:01:00.000Z');
  const { status, body } = await setup.post(other, 'incident-7');

  expect([status, body.code]).toEqual([409, 'idempotency-key-reused']);
  expect(setup.requests()).toMatchObject([sales]);
});

test('keeps the keys of two callers separate', async () => {
  const setup = createSetup();

  const desk = await setup.post(sales, 'incident-7');
  const night = await setup.post(sales, 'incident-7', nightShift);

  expect([desk.status, night.status]).toEqual([202, 202]);
  expect(night.body.id).not.toBe(desk.body.id);
  expect(setup.requests().map(({ requestedBy }) => requestedBy)).toEqual([
    'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
    'auth0|night-shift',
  ]);
});

test('treats a retry by the same caller in another session as the same run', async () => {
  const setup = createSetup();
  const userId = 'AROAEXAMPLEID:ann';
  const ann = { iam: { userArn: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk/ann', userId } };
  const ben = { iam: { userArn: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk/ben', userId } };

  const first = await setup.post(sales, 'incident-7', ann);
  setup.clock.now = new Date('2026-11-22T09:01:00.000Z');
  const again = await setup.post(sales, 'incident-7', ben);

  expect([again.status, again.body.id]).toEqual([202, first.body.id]);
  expect(setup.requests()).toMatchObject([{ session: { name: 'ann', setBy: 'caller' } }]);
});

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(1_025)],
  ['of two lines', 'desk\nnight'],
])('starts no run for a token whose subject is %s, because the run would refuse it', async (_, sub) => {
  const setup = createSetup();

  const { status, body } = await setup.post(sales, 'incident-7', { jwt: { claims: { sub }, scopes: null } });

  expect([status, body.field]).toEqual([400, 'requestedBy']);
  expect(setup.started.size).toBe(0);
});

test('starts a run without an e-mail address that cannot be recorded', async () => {
  const setup = createSetup();
  const claims = { sub: 'auth0|desk', email: 'desk@example.com\n' };

  const { status } = await setup.post(sales, 'incident-7', { jwt: { claims, scopes: null } });

  expect(status).toBe(202);
  expect(setup.requests()[0]).not.toHaveProperty('email');
});

test('starts a new run each time without a key', async () => {
  const setup = createSetup();

  const ids = [(await setup.post(sales)).body.id, (await setup.post(sales)).body.id];

  expect(new Set(ids).size).toBe(2);
});

test.each(['', ' ', 'two words', 'schlüssel', 'x'.repeat(129)])('refuses the key %p', async (key) => {
  const { status, body } = await createSetup().post(sales, key);

  expect([status, body.field]).toEqual([400, 'Idempotency-Key']);
});

test.each<[string, unknown, string]>([
  ['no reason', { target: { all: true } }, 'reason is missing'],
  ['no target', { reason: 'x' }, 'target is missing'],
  ['a list', [], 'body must be a JSON object'],
  ['a text', '"sales"', 'body must be a JSON object such as'],
  ['a target that is no object', { ...sales, target: 'sales' }, 'target must be exactly one of'],
  ['two targets', { ...sales, target: { group: 'sales', all: true } }, 'target must be exactly one of'],
  [
    'an id that is none',
    { ...sales, target: { instances: ['../1'] } },
    'target.instances.0 must be a string of 1 to 20 digits',
  ],
  ['an exception that is none', { ...sales, except: [1101000001] }, 'except.0 must be a string of 1 to 20 digits'],
  ['an instant without offset', { ...sales, at: '2026-11-30T17:00:00' }, 'at must be an ISO 8601 instant'],
  ['a field of the run', { ...sales, requestedBy: 'somebody' }, 'requestedBy is not a field of this request'],
  ['no whole number', { ...sales, maxTargets: 1.5 }, 'maxTargets must be a whole number'],
  [
    'more than the ceiling',
    { ...sales, maxTargets: 501 },
    'maxTargets must be at most 500, the ceiling of this deployment: start a run for each group, or raise runs.maxTargetsCeiling and deploy',
  ],
  ['more than any run', { ...sales, maxTargets: 5_000 }, 'maxTargets must be at most 500, the ceiling'],
  [
    'a start after any end',
    { ...sales, at: '2026-12-21T08:50:00.001Z' },
    'at must not be after 2026-12-21T08:50:00.000Z',
  ],
  [
    'an end after any end',
    { ...sales, expiresAt: '9999-12-31T00:00:00Z' },
    // Ten minutes before the execution times out.
    'expiresAt must not be after 2026-12-22T08:50:00.000Z',
  ],
  [
    'a start after its own end',
    { ...sales, at: '2026-11-25T09:00:00Z', expiresAt: '2026-11-24T09:00:00Z' },
    'at must not be after expiresAt',
  ],
])('refuses %s, and names the field', async (_, request, detail) => {
  const setup = createSetup();

  const { status, headers, body } = await setup.post(request);

  expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
  expect(body.detail).toContain(detail);
  expect(String(body.detail).startsWith(String(body.field))).toBe(true);
  expect(setup.started.size).toBe(0);
});

test('every body is accepted or is refused as an invalid request', async () => {
  const setup = createSetup();
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('sales', '1101000001', true, ['1'], { all: true }, 51));
  const body = fc.record(
    { target: value, except: value, reason: value, at: value, expiresAt: value, maxTargets: value, other: value },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(body, fc.jsonValue(), fc.string()), async (request) => {
      const { status, body: problem } = await setup.post(request);
      expect([202, 400]).toContain(status);
      expect(status === 202 || problem.code === 'invalid-request').toBe(true);
    }),
  );
});

test.each([
  ['denied', 500, 'runs-denied', undefined],
  ['throttled', 503, 'unavailable', '2'],
  ['unavailable', 503, 'unavailable', '5'],
] as const)('says when Lambda answers %s', async (kind, expected, code, retryAfter) => {
  const failure = async () => ({ kind, detail: 'Lambda: SomeException' });
  const about = { requestRun: failure, readRun: failure, stopRun: failure, listRuns: failure };
  const setup = createSetup({ ...about, readWatch: failure, stopWatch: failure });
  const answers = [
    await setup.post(sales),
    await setup.post({ retryOf: id }),
    await setup.get(),
    await setup.stop(),
    await setup.call('GET /forced-logouts', {}),
    await setup.watch('GET'),
    await setup.watch('DELETE'),
  ];

  for (const { status, body, headers } of answers) {
    expect([status, body.code, headers['retry-after']]).toEqual([expected, code, retryAfter]);
    expect(body.detail).toContain('Lambda: SomeException');
  }
  expect(setup.lines).toEqual([]);
});

test('shows a run to every authorized caller, not only to the one that started it', async () => {
  const { status, body } = await createSetup().get();

  expect([status, body]).toEqual([
    200,
    {
      id,
      status: 'SUCCEEDED',
      source: 'api',
      request: { target: { group: 'sales' } },
      reason: 'phones lost',
      requestedBy: 'auth0|night-shift',
      startedAt: '2026-11-22T09:00:00.250Z',
      endedAt: '2026-11-22T09:00:08.000Z',
      progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 },
      outcomes: [],
    },
  ]);
});

test('answers that a run is unknown if it does not exist', async () => {
  const unknown = async () => ({ kind: 'unknown-run' as const });
  const setup = createSetup({ readRun: unknown, stopRun: unknown });

  for (const { status, body } of [await setup.get(), await setup.stop()])
    expect([status, body.code]).toEqual([404, 'unknown-run']);
});

test.each(['x', 'api-1', `api-${'0'.repeat(41)}`, '..', '%2e'])('refuses the id %p', async (name) => {
  const setup = createSetup();

  for (const { status, body } of [await setup.get(name), await setup.stop(name)])
    expect([status, body.field]).toEqual([400, 'id']);
});

test('a run that rotates tokens is not started where the deployment does not rotate them', async () => {
  const setup = createSetup();

  const { status, body } = await setup.post({ ...sales, rotateToken: true });

  expect([status, body.code]).toEqual([409, 'token-rotation-disabled']);
  expect(setup.requests()).toEqual([]);
});

test.each<[string, RunStop, number]>([
  ['is stopped', { kind: 'stopped' }, 1],
  // The call that stopped it may have died before its evidence.
  ['was stopped before', { kind: 'ended', status: 'STOPPED' }, 1],
  ['has ended', { kind: 'ended', status: 'SUCCEEDED' }, 0],
])(
  'a DELETE of a run that %s records the evidence of its instances, unless it ended by itself',
  async (_, stop, times) => {
    const recordStopped = jest.fn(async () => {});
    const setup = createSetup({ stopRun: async () => stop, recordStopped });

    await setup.stop();

    expect(recordStopped).toHaveBeenCalledTimes(times);
  },
);

test('stops a run and records who stopped it', async () => {
  const setup = createSetup();

  const { status, body } = await setup.stop();

  expect([status, body]).toEqual([202, { id, status: 'STOPPED' }]);
  expect(setup.lines).toMatchObject([{ message: 'run stopped', id, by: expect.stringContaining('SecurityDesk') }]);
});

test.each<[RunStop, number, unknown]>([
  [{ kind: 'ended', status: 'STOPPED' }, 202, undefined],
  [{ kind: 'ended', status: 'SUCCEEDED' }, 409, 'run-ended'],
  [{ kind: 'ended', status: 'FAILED' }, 409, 'run-ended'],
  [{ kind: 'ended', status: 'TIMED_OUT' }, 409, 'run-ended'],
])('answers a request to stop a run that has ended: %j', async (stop, expected, code) => {
  const setup = createSetup({ stopRun: async () => stop });

  const { status, body } = await setup.stop();

  expect([status, body.code]).toEqual([expected, code]);
  expect(setup.lines).toEqual([]);
});

test('lists a page of runs, and says where the next begins', async () => {
  const listed = { id: id as RunName, source: 'api', status: 'RUNNING', startedAt: run.startedAt } as const;
  const queries: object[] = [];
  const setup = createSetup({
    listRuns: async (query) => {
      queries.push(query);
      return { kind: 'page', runs: [listed], next: 'later' };
    },
  });

  const answer = await setup.call('GET /forced-logouts', { queryStringParameters: { status: 'RUNNING', next: 'now' } });

  expect(queries).toEqual([{ status: 'RUNNING', next: 'now' }]);
  expect([answer.status, answer.body]).toEqual([
    200,
    { runs: [{ ...listed, startedAt: '2026-11-22T09:00:00.250Z' }], next: 'later' },
  ]);
});

test('refuses a place in the list that Lambda did not issue', async () => {
  const setup = createSetup({ listRuns: async () => ({ kind: 'invalid-next' }) });

  const { status, body } = await setup.call('GET /forced-logouts', { queryStringParameters: { next: 'x' } });

  expect([status, body.field]).toEqual([400, 'next']);
});

describe('a watch', () => {
  test('is shown with its id', async () => {
    const progress = { total: 0, linkedAgain: 0, released: 0, unread: 0 };
    const watch = { kind: 'watch', status: 'RUNNING', run: id, progress, outcomes: [] } as unknown as Watch;
    const setup = createSetup({ readWatch: async () => watch });

    const { status, body } = await setup.watch('GET');

    expect([status, body]).toEqual([200, { id: watchId, status: 'RUNNING', run: id, progress, outcomes: [] }]);
  });

  test('is stopped, and the line says by whom', async () => {
    const setup = createSetup();

    const { status, headers, body } = await setup.watch('DELETE');

    expect([status, body, headers.location]).toEqual([202, { id: watchId, status: 'STOPPED' }, `/watches/${watchId}`]);
    expect(setup.lines).toMatchObject([
      { message: 'watch stopped', id: watchId, by: expect.stringContaining('SecurityDesk') },
    ]);
  });

  test.each([
    ['STOPPED', 202, undefined],
    ['SUCCEEDED', 409, 'watch-ended'],
  ])('that has ended as %s: %i %s', async (ended, expected, code) => {
    const setup = createSetup({ stopWatch: async () => ({ kind: 'ended', status: ended }) });

    const { status, body } = await setup.watch('DELETE');

    expect([status, body.code]).toEqual([expected, code]);
    expect(setup.lines).toEqual([]);
  });

  test('that does not exist is named as such', async () => {
    const unknown = async () => ({ kind: 'unknown-run' as const });
    const setup = createSetup({ readWatch: unknown, stopWatch: unknown });

    for (const { status, body } of [await setup.watch('GET'), await setup.watch('DELETE')])
      expect([status, body.code]).toEqual([404, 'unknown-watch']);
  });
});

test('refuses any other route', async () => {
  const { status, body } = await createSetup().call('PUT /forced-logouts/{id}', {});

  expect([status, body.code]).toEqual([404, 'unknown-route']);
});

test('never shows the message of an unexpected error', async () => {
  const setup = createSetup({
    readRun: async () => {
      throw new TypeError('a secret thing');
    },
  });

  const answer = await setup.get();

  expect([answer.status, answer.body.code]).toEqual([500, 'internal-error']);
  expect(JSON.stringify([answer, setup.lines])).not.toContain('a secret thing');
});

test.each([
  ['at', { at: '2026-11-22T02:58:00Z' }, 'at is 6 h 2 min ago, and the run would log people out at once'],
  ['at, by a second', { at: '2026-11-22T08:54:59Z' }, 'at is 5 min ago'],
  ['at, with an offset', { at: '2026-11-22T09:30:00+01:00' }, 'at is 30 min ago'],
  ['at, by an hour', { at: '2026-11-22T08:00:00Z' }, 'at is 1 h 0 min ago'],
  ['expiresAt', { expiresAt: '2026-11-22T08:59:00Z' }, 'expiresAt is 1 min ago: the run would log nobody out'],
])(
  'a new request with %s in the past starts nothing and says how long ago it was',
  async (_name, instants, problem) => {
    const setup = createSetup();

    const answer = await setup.post({ ...sales, ...instants });

    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining(problem) } });
    expect(setup.requests()).toEqual([]);
  },
);

test('an instant of up to five minutes ago means now', async () => {
  const setup = createSetup();

  expect((await setup.post({ ...sales, at: '2026-11-22T08:55:00Z' })).status).toBe(202);
});

test('an accepted request is repeated with its key, however late it is by then; a new key starts nothing', async () => {
  const setup = createSetup();
  const request = { ...sales, at: '2026-11-22T10:00:00Z', expiresAt: '2026-11-22T12:00:00Z' };
  const first = await setup.post(request, 'INC-1');
  setup.clock.now = new Date('2026-11-23T09:00:00Z');

  const repeated = await setup.post(request, 'INC-1');
  const other = await setup.post({ ...request, reason: 'another' }, 'INC-1');
  const fresh = await setup.post(request, 'INC-2');

  expect(repeated).toMatchObject({ status: 202, body: { id: first.body.id } });
  expect([other.status, fresh.status]).toEqual([409, 400]);
  expect(setup.requests()).toHaveLength(1);
});

test('the function as it is deployed reads the runs of a list 50 ms apart, as Lambda allows', async () => {
  const runs = Array.from({ length: 6 }, (_, index) => ({
    DurableExecutionArn: `arn:${index}`,
    DurableExecutionName: `api-${String(index).repeat(40)}`,
    Status: 'RUNNING',
    StartTimestamp: index,
  }));
  await using lambda = await startLoopbackServer((request, response) => {
    if (request.url?.includes('/functions/')) return void response.end(JSON.stringify({ DurableExecutions: runs }));
    return void response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}');
  }, {});
  useEmulators({ lambda: lambda.url });
  const lines: string[] = [];
  const { listRuns } = composeForcedLogouts({ RUN_FUNCTION: 'run' }, (line) => void lines.push(line));
  const startMs = performance.now();

  const page = await listRuns({});

  // A timer may end a millisecond early.
  expect(performance.now() - startMs).toBeGreaterThan(5 * 50 - 5);
  expect(page).toMatchObject({ kind: 'page', runs: runs.toReversed().map(({ Status: status }) => ({ status })) });
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(Array(6).fill('run not described'));
});
