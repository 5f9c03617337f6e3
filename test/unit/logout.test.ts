import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultName } from '../../emulators/green-api/faults.ts';
import type { InstanceId } from '../../functions/green-api/instance-id.ts';
import type { Evidence } from '../../functions/logout/evidence.ts';
import { createLogOut } from '../../functions/logout/log-out.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { idInstance, markerToken, startLogoutSetup } from '../support/logout-setup.ts';

/** The pause between two calls of one instance is 1.1 s. */
const ofDeployment = {};

/** A call that gets no answer ends after this time, in milliseconds. */
const soon = { GREEN_API_TIMEOUT_MS: '500' };

test('answers 200 after a reading of notAuthorized, and records evidence', async () => {
  await using setup = await startLogoutSetup();

  const { status, body } = await setup.logOut({ wait: 5, body: '{"reason":"phone lost"}' });

  expect(status).toBe(200);
  expect(body).toEqual({
    idInstance,
    isLogout: true,
    confirmed: true,
    confirmedAt: expect.stringMatching(/^2.*Z$/),
    readings: 1,
    stateInstance: 'notAuthorized',
  });
  expect(setup.evidence()).toMatchObject([{ confirmedAt: body.confirmedAt }]);
  expect(setup.evidence()).toEqual([
    {
      timestamp: expect.any(String),
      level: 'INFO',
      message: 'evidence',
      idInstance,
      version: 1,
      function: 'logout',
      requestId: 'JKJaXmPLvHcESHA=',
      requestedBy: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
      session: { name: 'night-shift', setBy: 'caller' },
      reason: 'phone lost',
      requestedAt: expect.stringMatching(/^2.*Z$/),
      confirmedAt: expect.stringMatching(/^2.*Z$/),
      timeToLogoutMs: expect.any(Number),
      attempts: 1,
      readings: [{ at: expect.any(String), stateInstance: 'notAuthorized' }],
      outcome: { kind: 'logged-out', confirmed: true, isLogout: true, stateInstance: 'notAuthorized' },
      stack: 'green-api-logout',
      confirmed: 1,
      failed: 0,
      _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [expect.anything()] },
    },
  ]);
});

test('takes the event by which the sample app invokes the function without the API', async () => {
  await using setup = await startLogoutSetup();
  const event = JSON.parse(readFileSync(join(__dirname, '../../examples/smallest/invoke.json'), 'utf8'));

  const { status, body } = await setup.invoke(event);

  expect({ status, body }).toMatchObject({ status: 200, body: { confirmed: true, readings: 2 } });
  expect(setup.evidence()).toMatchObject([
    { idInstance, requestedBy: 'unidentified', reason: 'phone lost', requestId: event.requestContext.requestId },
  ]);
});

test('reads the state again, 1.1 s apart, until it is notAuthorized', async () => {
  await using setup = await startLogoutSetup({ waits: ofDeployment });
  setup.break('state-authorized', { times: 1 });

  const { status, body, headers } = await setup.logOut({ wait: 20 });

  expect([status, body.confirmed, body.readings, headers['preference-applied']]).toEqual([200, true, 2, 'wait=20']);
  expect(setup.greenApi.callsOf(idInstance, 'getStateInstance')).toHaveLength(3);
  expect(setup.gaps()).toHaveLength(2);
  expect(Math.min(...setup.gaps())).toBeGreaterThanOrEqual(1_100);
});

test('answers 202 with wait=0, without reading the state', async () => {
  await using setup = await startLogoutSetup();

  const { status, body } = await setup.logOut({ wait: 0 });

  expect(status).toBe(202);
  expect(body).toEqual({ idInstance, isLogout: true, confirmed: false });
  expect(setup.greenApi.callsOf(idInstance, 'getStateInstance')).toEqual([]);
});

test.each(['410012345678', '18446744073709551615'])('logs out the instance %s, whose id is longer', async (id) => {
  await using setup = await startLogoutSetup();
  setup.add(id);

  const { status, body } = await setup.logOut({ id, wait: 5 });

  expect([status, body.idInstance, body.confirmed]).toEqual([200, id, true]);
});

test('a state that nobody knows is shown and logged, and confirms nothing', async () => {
  await using setup = await startLogoutSetup();
  setup.greenApi.setState(idInstance, 'aNewWord', true);

  const { status, body } = await setup.logOut({ wait: 1 });

  expect([status, body.code, body.stateInstance]).toEqual([502, 'unconfirmed', 'aNewWord']);
  expect(setup.records()).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: 'unknown state', idInstance, stateInstance: 'aNewWord' }),
  );
});

test.each(['state-authorized', 'state-null', 'http-500'] as const)(
  '%s is no state that nobody knows',
  async (fault) => {
    await using setup = await startLogoutSetup();
    setup.break(fault, { method: 'getStateInstance', times: 1 });

    await setup.logOut({ wait: 5 });

    expect(setup.records().map(({ message }) => message)).not.toContain('unknown state');
  },
);

test('a token that looks unusual is logged by the name of its secret', async () => {
  await using setup = await startLogoutSetup();
  const secretString = JSON.stringify({ apiUrl: setup.greenApi.apiUrl, apiTokenInstance: 'Abc-123' });
  setup.secretsManager.put({ name: `green-api/${idInstance}`, secretString });

  await setup.logOut();

  expect(setup.records()[0]).toMatchObject({
    level: 'WARN',
    message: 'apiTokenInstance is not 50 lower-case hex characters',
    secretName: `green-api/${idInstance}`,
  });
});

test('answers unconfirmed, not success, when the state stays authorized after isLogout: true', async () => {
  await using setup = await startLogoutSetup({ waits: ofDeployment });
  setup.break('still-authorized');

  const { status, body } = await setup.logOut({ wait: 1 });

  expect(status).toBe(502);
  expect(body).toMatchObject({ code: 'unconfirmed', isLogout: true, confirmed: false, stateInstance: 'authorized' });
  expect(body.detail).toBe(
    'No reading (of 1) reported notAuthorized within 1 s. The session may still be open. Try again, or start a run, which retries until the logout is confirmed.',
  );
});

test.each<[FaultName, number, string, boolean]>([
  ['is-logout-false', 502, 'refused', true],
  ['starting-or-not-authorized', 502, 'unconfirmed', true],
  ['not-authorized', 502, 'unconfirmed', true],
  ['starting', 503, 'instance-starting', true],
  ['expired', 409, 'instance-expired', true],
  ['deleted', 409, 'instance-deleted', false],
  ['bad-request-data', 502, 'request-refused', false],
  ['validation-failed', 502, 'request-refused', false],
  ['redirect', 502, 'request-refused', false],
  ['http-401-text', 502, 'credential-rejected', false],
  ['code-401', 502, 'credential-rejected', false],
  ['http-403-html', 502, 'wrong-instance-or-host', false],
  ['http-404', 502, 'wrong-instance-or-host', false],
  ['http-429', 429, 'rate-limited', true],
  ['http-466', 502, 'quota-exceeded', false],
  ['http-499', 503, 'unavailable', true],
  ['http-500', 503, 'unavailable', true],
  ['http-504-html', 503, 'unavailable', true],
  ['null-answer', 503, 'unavailable', true],
  ['huge-body', 503, 'unavailable', true],
  ['header-flood', 503, 'unavailable', true],
  ['reset', 503, 'unavailable', true],
  ['hang', 504, 'timed-out', true],
])('%s of the logout is HTTP %i %s', async (fault, status, code, retryable) => {
  await using setup = await startLogoutSetup(fault === 'hang' ? { variables: soon } : {});
  setup.break(fault, { method: 'logout' });

  const answer = await setup.logOut();

  expect(answer).toMatchObject({
    status,
    body: {
      type: `urn:problem-type:green-api-logout:${code}`,
      code,
      status,
      retryable,
      confirmed: false,
      idInstance,
    },
  });
  expect('retry-after' in answer.headers).toBe(status === 503 || status === 429);
  expect(setup.evidence()).toMatchObject([{ idInstance, outcome: { kind: code, confirmed: false } }]);
  expect(setup.lines.join('') + JSON.stringify(answer)).not.toContain(markerToken);
});

test.each<FaultName>([
  'logged-out-but-500',
  'logged-out-but-504',
  'logged-out-but-reset',
  'logged-out-but-hang',
  'not-utf8',
])(
  '%s becomes a 200 when the state is notAuthorized, without the isLogout that GREEN-API did not report',
  async (fault) => {
    await using setup = await startLogoutSetup(fault === 'logged-out-but-hang' ? { variables: soon } : {});
    setup.break(fault, { method: 'logout' });
    if (fault === 'not-utf8') setup.greenApi.setState(idInstance, 'notAuthorized');

    const { status, body } = await setup.logOut({ wait: 3 });

    expect(status).toBe(200);
    expect(body).toEqual({
      idInstance,
      confirmed: true,
      confirmedAt: expect.stringMatching(/^2.*Z$/),
      readings: 1,
      stateInstance: 'notAuthorized',
    });
  },
);

type Setup = Awaited<ReturnType<typeof startLogoutSetup>>;

/** A connection is kept for 5 s: a process that was held up for longer opens another one, and tries again. */
const mostTries = 5;

/** Logs out, and then once more over the same connection, which is reset by the fault. Returns the second answer. */
const logOutOverDeadConnection = async (setup: Setup, fault: FaultName, tries = 1): ReturnType<Setup['logOut']> => {
  await setup.logOut({ wait: 1 });
  setup.greenApi.setState(idInstance, 'authorized');
  setup.break(fault, { method: 'logout', times: 1 });
  const answer = await setup.logOut({ wait: 3 });
  const wasReused = setup.evidence().at(-1)?.attempts === 2;
  return wasReused || tries === mostTries ? answer : logOutOverDeadConnection(setup, fault, tries + 1);
};

test('does not report alreadyLoggedOut when a first, lost request may have logged it out', async () => {
  await using setup = await startLogoutSetup({
    greenApi: {
      instances: [
        { idInstance, apiTokenInstance: markerToken, logoutDelayMs: 0, repeatedLogout: 'starting-or-not-authorized' },
      ],
    },
  });

  const { status, body } = await logOutOverDeadConnection(setup, 'logged-out-but-reset');

  expect([status, body.confirmed, body.alreadyLoggedOut]).toEqual([200, true, undefined]);
  expect(setup.evidence().at(-1)).toMatchObject({ attempts: 2 });
});

test('reports alreadyLoggedOut when GREEN-API answers not authorized and the state agrees', async () => {
  await using setup = await startLogoutSetup();
  setup.greenApi.setState(idInstance, 'notAuthorized');
  setup.break('starting-or-not-authorized', { method: 'logout' });

  const { status, body } = await setup.logOut({ wait: 1 });

  expect(status).toBe(200);
  expect(body).toMatchObject({ confirmed: true, alreadyLoggedOut: true });
});

test('recovers from a rotated token with one more read of the secret, 1.1 s after the first logout', async () => {
  await using setup = await startLogoutSetup({ waits: ofDeployment });
  await setup.logOut();
  setup.greenApi.add({ idInstance, apiTokenInstance: 'b'.repeat(50), logoutDelayMs: 0 });
  const secretString = JSON.stringify({ apiUrl: setup.greenApi.apiUrl, apiTokenInstance: 'b'.repeat(50) });
  setup.secretsManager.put({ name: `green-api/${idInstance}`, secretString });

  const { status } = await setup.logOut({ wait: 3 });

  expect(status).toBe(200);
  expect(setup.evidence().at(-1)).toMatchObject({ attempts: 2 });
  expect(setup.secretsManager.calls.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(2);
  expect(setup.gaps()).toHaveLength(2);
  expect(Math.min(...setup.gaps())).toBeGreaterThanOrEqual(1_100);
});

test.each([
  [302, 'request-refused'],
  [400, 'request-refused'],
  [403, 'wrong-instance-or-host'],
  [404, 'wrong-instance-or-host'],
])(
  'after HTTP %i a corrected apiUrl is used at the next call, although the credential is cached',
  async (status, code) => {
    await using wrongHost = await startLoopbackServer(
      (_request, response) => void response.writeHead(status).end(),
      {},
    );
    await using setup = await startLogoutSetup({ extraHosts: [new URL(wrongHost.url).host] });
    const store = (apiUrl: string) =>
      setup.secretsManager.put({
        name: `green-api/${idInstance}`,
        secretString: JSON.stringify({ apiUrl, apiTokenInstance: markerToken }),
      });
    store(wrongHost.url);
    const refused = await setup.logOut();

    store(setup.greenApi.apiUrl);
    const corrected = await setup.logOut({ wait: 3 });

    expect([refused.status, refused.body.code]).toEqual([502, code]);
    expect(corrected.status).toBe(200);
  },
);

test('the time to logout is never negative, even if the clock was set back', async () => {
  const times = ['2026-11-30T17:00:05Z', '2026-11-30T17:00:03Z'].map((time) => new Date(time));
  const records: Evidence[] = [];
  const logOut = createLogOut({
    callWithCredential: async (_id, call, deadline) => call({} as never, deadline),
    greenApi: {
      logout: async () => ({ kind: 'accepted', requests: 1 }),
      readState: async () => ({ kind: 'state', stateInstance: 'notAuthorized', requests: 1 }),
      clearQueue: async () => ({ kind: 'cleared', requests: 1 }),
    },
    rotateToken: async () => ({ kind: 'rotated' }),
    testOldToken: async () => ({ kind: 'dead' }),
    recordEvidence: async (record) => void records.push(record),
    now: () => times.shift() ?? new Date(0),
  });

  await logOut({ idInstance: idInstance as InstanceId, requestedBy: 'me', waitMs: 1_000 }, deadlineIn(10_000));

  // The clock went back by two seconds; the time is what really passed.
  expect(records).toMatchObject([{ confirmedAt: '2026-11-30T17:00:03.000Z' }]);
  expect(records[0]?.timeToLogoutMs).toBeGreaterThanOrEqual(0);
});

test('an id without a secret does not count as a failed logout', async () => {
  await using setup = await startLogoutSetup();

  await setup.logOut({ id: '7103000000' });

  expect(setup.evidence()).toMatchObject([{ outcome: { kind: 'unknown-instance' }, failed: 0, confirmed: 0 }]);
});

test('repeats a logout once on a fresh connection when the kept-alive one was dead', async () => {
  await using setup = await startLogoutSetup({ waits: ofDeployment });

  const { status } = await logOutOverDeadConnection(setup, 'reset-when-reused');

  expect(status).toBe(200);
  expect(setup.evidence().at(-1)).toMatchObject({ attempts: 2 });
  expect(setup.gaps().length).toBeGreaterThanOrEqual(2);
  expect(Math.min(...setup.gaps())).toBeGreaterThanOrEqual(1_100);
});

test.each<[string, string, number, string]>([
  ['an id without a secret', '7103000000', 404, 'unknown-instance'],
  ['a secret without a token', '7103000001', 500, 'credential-unreadable'],
  ['a secret for a host that is not allowed', '7103000002', 500, 'credential-unreadable'],
])('names %s', async (_, id, status, code) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put({ name: 'green-api/7103000001', secretString: '{}' });
  setup.secretsManager.put({
    name: 'green-api/7103000002',
    secretString: JSON.stringify({ apiUrl: 'http://169.254.169.254', apiTokenInstance: markerToken }),
  });

  const answer = await setup.logOut({ id });

  expect(answer).toMatchObject({ status, body: { code } });
  expect(answer.body.detail).toContain(`ecret green-api/${id}`);
  expect(setup.lines.join('') + JSON.stringify(answer)).not.toContain(markerToken);
  expect(setup.greenApi.calls).toEqual([]);
});

test.each<[Parameters<Awaited<ReturnType<typeof startLogoutSetup>>['secretsManager']['setFault']>[1], number, string]>([
  ['access-denied', 500, 'credential-unreadable'],
  ['decryption-failure', 500, 'credential-unreadable'],
  ['marked-for-deletion', 500, 'credential-unreadable'],
  ['internal-error', 503, 'unavailable'],
])('Secrets Manager answering %s is HTTP %i %s', async (fault, status, code) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.setFault('GetSecretValue', fault);

  expect(await setup.logOut()).toMatchObject({ status, body: { code } });
});

test('answers before the deadline, and reports what is unknown', async () => {
  await using setup = await startLogoutSetup({ variables: { GREEN_API_TIMEOUT_MS: '20000' } });
  setup.break('hang');

  const answer = setup.logOut({ wait: 20, remainingMs: 1_300 });
  const first = await Promise.race([answer, sleep(1_300, 'the time is over')]);

  expect(first).toMatchObject({ status: 504, body: { code: 'timed-out' } });
  expect(setup.evidence()).toHaveLength(1);
});

test('ends early enough to write the evidence and to answer', async () => {
  await using setup = await startLogoutSetup({ variables: { GREEN_API_TIMEOUT_MS: '20000' } });
  setup.break('hang');

  const answer = setup.logOut({ remainingMs: 6_000 });
  const first = await Promise.race([answer, sleep(5_800, 'no time is left')]);

  expect(first).toMatchObject({ status: 504, body: { code: 'timed-out' } });
});

test('concurrent requests for one instance share one read of its secret', async () => {
  await using setup = await startLogoutSetup({ waits: ofDeployment });

  await Promise.all(Array.from({ length: 5 }, () => setup.logOut()));

  expect(setup.secretsManager.calls.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(1);
  expect(setup.gaps()).toHaveLength(4);
  expect(Math.min(...setup.gaps())).toBeGreaterThanOrEqual(1_100);
});

test('reads the secret each time with a TTL of 0', async () => {
  await using setup = await startLogoutSetup({ variables: { CREDENTIAL_TTL_MS: '0' } });

  await setup.logOut();
  await setup.logOut();

  expect(setup.secretsManager.calls.filter(({ operation }) => operation === 'GetSecretValue')).toHaveLength(2);
});

test.each([
  [{ id: '../7103' }, 'idInstance', 'idInstance must be 1 to 20 digits, for example 1101000001'],
  [{ body: '{' }, 'body', 'body must be JSON'],
  [{ body: '{"reason":""}' }, 'reason', 'reason must be 1 to 256 characters without control characters'],
  [
    { body: JSON.stringify({ reason: 'a\u0000b' }) },
    'reason',
    'reason must be 1 to 256 characters without control characters',
  ],
  [
    { body: JSON.stringify({ reason: 'x'.repeat(257) }) },
    'reason',
    'reason must be 1 to 256 characters without control characters',
  ],
  [{ body: '{"wait":3}' }, 'wait', 'wait is not a field of this request'],
])('refuses %j and calls nothing', async (request, field, detail) => {
  await using setup = await startLogoutSetup();

  const { status, body } = await setup.logOut(request);

  expect([status, body.code, body.field, body.detail]).toEqual([400, 'invalid-request', field, detail]);
  expect(setup.greenApi.calls).toEqual([]);
});

test.each(['\u001f', '\u007f', '\u009f', '\u2028', '\u2029'])('refuses a reason with %j', async (character) => {
  await using setup = await startLogoutSetup();

  const { status, body } = await setup.logOut({ body: JSON.stringify({ reason: `a${character}b` }) });

  expect([status, body.field]).toEqual([400, 'reason']);
});

test('takes a reason of all other characters', async () => {
  await using setup = await startLogoutSetup();
  const reason = ' ~\u00a0\u2027\u202a\u{10ffff}';

  await setup.logOut({ body: JSON.stringify({ reason }) });

  expect(setup.evidence()).toEqual([expect.objectContaining({ reason })]);
});

test('evidence holds every metric and dimension that it declares for CloudWatch', async () => {
  await using setup = await startLogoutSetup();
  await setup.logOut({ wait: 5 });

  const [record] = setup.evidence() as unknown as readonly {
    readonly [member: string]: unknown;
    readonly _aws: {
      readonly CloudWatchMetrics: readonly {
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string }[];
      }[];
    };
  }[];

  const [{ Dimensions, Metrics } = { Dimensions: [], Metrics: [] }] = record?._aws.CloudWatchMetrics ?? [];
  expect(Dimensions).toEqual([['stack', 'function'], ['stack']]);
  expect(Dimensions.flat().map((name) => typeof record?.[name])).toEqual(['string', 'string', 'string']);
  expect(Metrics.map(({ Name }) => typeof record?.[Name])).toEqual(['number', 'number', 'number']);
});

test.each([
  ['an id without a secret, which the caller mistyped', '7103000000', 0],
  ['a secret that cannot be read', '7103000001', 1],
])('the metric of failed logouts counts for %s: %s → %i', async (_, id, failed) => {
  await using setup = await startLogoutSetup();
  setup.secretsManager.put({ name: 'green-api/7103000001', secretString: '{}' });

  await setup.logOut({ id });

  expect(setup.evidence()).toEqual([expect.objectContaining({ idInstance: id, failed })]);
});
