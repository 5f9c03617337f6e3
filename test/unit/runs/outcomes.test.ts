import { states } from '../../../functions/green-api/vocabulary.ts';
import { createSetup, requestOf, runId } from '../../support/run-setup.ts';

const id = '1101000001';
const started = '2026-11-30T17:00:00.000Z';

test('logs out, reads the state a second later, and confirms with a second consecutive reading', async () => {
  const setup = createSetup({ [id]: {} });

  const run = await setup.run();

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    progress: { total: 1, loggedOut: 1, failed: 0, skipped: 0, pending: 0, ready: 0 },
    outcomes: [
      { idInstance: id, kind: 'logged-out', confirmed: true, attempts: 1, confirmedAt: '2026-11-30T17:00:01.000Z' },
    ],
  });
  expect(setup.calls.map(({ method, at }) => `${at.slice(17, 19)} ${method}`)).toEqual([
    '00 logout',
    '01 readState',
    '01 readState',
  ]);
  expect(run.operations.map(({ name }) => name)).toEqual([
    'start',
    'resolve',
    'round-1-batch-1',
    'wait-after-round-1',
    'round-2-batch-1',
    'report-end',
  ]);
});

test('writes evidence with the requester, the reason, the times and the readings', async () => {
  const setup = createSetup({ [id]: { tags: { owner: 'anna@example.com', group: 'sales' } } });

  await setup.run(requestOf({ target: { owner: 'anna@example.com' }, occurredAt: '2026-11-30T16:59:00Z' }));

  expect(setup.evidence).toEqual([
    {
      idInstance: id,
      version: 1,
      function: 'run',
      requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
      reason: 'contract ended',
      requestedAt: started,
      confirmedAt: '2026-11-30T17:00:01.000Z',
      timeToLogoutMs: 61_000,
      attempts: 1,
      readings: [
        { at: '2026-11-30T17:00:01.000Z', stateInstance: 'notAuthorized' },
        { at: '2026-11-30T17:00:01.000Z', stateInstance: 'notAuthorized' },
      ],
      outcome: { kind: 'logged-out', confirmed: true, isLogout: true, stateInstance: 'notAuthorized' },
      run: {
        id: 'api-0123456789012345678901234567890123456789',
        source: 'api',
        occurredAt: '2026-11-30T16:59:00Z',
        occurredAtIs: 'arrival',
        tags: { owner: 'anna@example.com', group: 'sales', protected: false },
      },
    },
  ]);
});

test('the evidence of an offboarding names the request, whose time counts, and the actor that the source claims', async () => {
  const setup = createSetup({ [id]: { tags: { owner: 'anna@example.com' } } });
  const actor = { id: '00u2di94bAMSEPvAY1d6', name: 'okta.trainer@okta.com', claimedBy: 'okta-event-hook okta' };
  const told = { occurredAt: '2026-11-30T16:59:00Z', occurredAtIs: 'event', requestId: 'JKJaXmPLvHcESHA=' } as const;

  await setup.run(requestOf({ target: { owner: 'anna@example.com' }, source: 'offboarding', actor, ...told }));

  expect(setup.evidence).toMatchObject([
    {
      requestId: told.requestId,
      timeToLogoutMs: 61_000,
      run: { actor, occurredAt: told.occurredAt, occurredAtIs: 'event' },
    },
  ]);
});

test.each([
  ['schedule', 'event'],
  ['api', 'arrival'],
  // A report of version 0.2 does not say it.
  ['offboarding', undefined],
] as const)('the evidence of a run from %s says whose time occurredAt is: %s', async (source, occurredAtIs) => {
  const setup = createSetup({ [id]: {} });

  await setup.run(requestOf({ source, occurredAt: '2026-11-30T16:59:00Z' }));

  expect(setup.evidence[0]?.run?.occurredAtIs).toBe(occurredAtIs);
});

test.each([
  ['starts', {}, '2026-12-01T17:00:00.000Z'],
  ['was put off to', { at: '2026-12-03T09:00:00Z' }, '2026-12-04T09:00:00.000Z'],
])('a run without an expiry of its own expires a day after the instant that it %s', async (_, changed, end) => {
  const setup = createSetup({ [id]: { logout: [{ kind: 'unavailable', detail: 'HTTP 500' }], state: ['authorized'] } });
  const { expiresAt: __, ...request } = requestOf({ occurredAt: '2026-11-01T00:00:00Z', ...changed });

  const run = await setup.run(request);

  expect(run.status).toBe('NotAllConfirmed');
  expect(setup.clock.now().toISOString()).toBe(end);
});

test('the evidence of a run that version 0.2 started again names who did it', async () => {
  const setup = createSetup({ [id]: {} });

  await setup.run(requestOf({ redrivenBy: 'arn:aws:sts::111122223333:assumed-role/Operator/john.doe' }));

  expect(setup.evidence[0]?.run?.redrivenBy).toBe('arn:aws:sts::111122223333:assumed-role/Operator/john.doe');
});

test.each([
  'credential-rejected',
  'wrong-instance-or-host',
  'request-refused',
  'instance-deleted',
  'quota-exceeded',
  'credential-unreadable',
] as const)('%s is final: the run fails at once, without a retry', async (kind) => {
  const setup = createSetup({ [id]: { logout: [{ kind, detail: 'GREEN-API said so' }] } });

  const run = await setup.run();

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    message: '1 of 1 instances are not confirmed',
    progress: { total: 1, failed: 1 },
    outcomes: [{ idInstance: id, kind, confirmed: false, detail: 'GREEN-API said so' }],
  });
  expect(run.waits).toEqual([]);
  expect(setup.evidence).toMatchObject([{ outcome: { kind, confirmed: false, detail: 'GREEN-API said so' } }]);
  expect(setup.evidence[0]).not.toHaveProperty('timeToLogoutMs');
});

const passingFor = [
  ['instance-expired', { kind: 'instance-expired', detail: 'HTTP 400' }, 60],
  [
    'a denied right',
    { kind: 'credential-unreadable', detail: 'access denied', duration: 'passing for ten minutes' },
    10,
  ],
] as const;

test.each(passingFor)('%s is tried again, and may pass', async (_, failure) => {
  const setup = createSetup({
    [id]: {
      logout: [failure, failure, { kind: 'accepted' }],
      state: ['authorized', 'authorized', 'authorized', 'notAuthorized'],
    },
  });

  expect(await setup.run()).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out' }] });
});

test.each(passingFor)('%s is final after its time, long before the run expires', async (_, failure, minutes) => {
  const setup = createSetup({ [id]: { logout: [failure], state: [failure] } });

  const run = await setup.run();

  expect(run).toMatchObject({ status: 'NotAllConfirmed', outcomes: [{ kind: failure.kind, detail: failure.detail }] });
  const minutesPassed = (setup.clock.now().getTime() - Date.parse(started)) / 60_000;
  expect(minutesPassed).toBeGreaterThanOrEqual(minutes);
  expect(minutesPassed).toBeLessThan(minutes + 16);
});

test('a right to read the tags that was just granted ends no run', async () => {
  const setup = createSetup({ [id]: {} });
  const denied = {
    kind: 'credential-unreadable',
    detail: 'access denied',
    duration: 'passing for ten minutes',
  } as const;
  let reads = 0;
  const readTags: typeof setup.dependencies.readTags = async (each) => {
    reads += 1;
    return reads < 4 ? denied : setup.dependencies.readTags(each);
  };

  const run = await setup.run(requestOf(), { readTags });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out', attempts: 1 }] });
});

test.each(['instance-starting', 'rate-limited', 'unavailable', 'timed-out'] as const)(
  'a logout that meets %s is retried until GREEN-API accepts it',
  async (kind) => {
    const again = { kind, detail: 'later' };
    const setup = createSetup({
      [id]: {
        logout: [again, again, { kind: 'accepted' }],
        state: ['authorized', 'authorized', 'authorized', 'notAuthorized'],
      },
    });

    const run = await setup.run();

    expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out', attempts: 3 }] });
  },
);

test.each(['instance-starting', 'rate-limited', 'unavailable', 'timed-out'] as const)(
  'a logout that keeps meeting %s is retried until the run expires, and keeps that outcome',
  async (kind) => {
    const setup = createSetup({ [id]: { logout: [{ kind, detail: 'not now' }], state: ['authorized'] } });

    const run = await setup.run();

    expect(run).toMatchObject({ status: 'NotAllConfirmed', outcomes: [{ kind, confirmed: false, detail: 'not now' }] });
    expect(setup.clock.now().toISOString()).toBe('2026-12-01T17:00:00.000Z');
    expect(setup.calls.filter(({ at }) => at >= '2026-12-01T17:00:00.000Z')).toEqual([]);
    expect(setup.evidence).toHaveLength(1);
  },
);

test('two readings confirm a logout whose request failed', async () => {
  const setup = createSetup({ [id]: { logout: [{ kind: 'timed-out', detail: 'no answer' }] } });

  const run = await setup.run();

  expect(run.outcomes).toMatchObject([{ kind: 'logged-out', confirmed: true, attempts: 1 }]);
});

test('an instance that was already logged out is distinguished from one that this run logged out', async () => {
  const setup = createSetup({ [id]: { logout: [{ kind: 'not-authorized', detail: 'HTTP 400' }] } });

  const run = await setup.run();

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'already-logged-out', confirmed: true }] });
  expect(setup.evidence).toMatchObject([
    { timeToLogoutMs: 0, outcome: { kind: 'already-logged-out', confirmed: true }, run: { id: runId, source: 'api' } },
  ]);
  expect(setup.evidence[0]?.run).not.toHaveProperty('occurredAtIs');
});

const refusal = { kind: 'refused', detail: 'isLogout: false' } as const;
const noAnswer = { kind: 'timed-out', detail: 'GREEN-API did not answer in time' } as const;

test.each([
  ['at once', [refusal], 'twice'],
  ['after no answer in between', [refusal, noAnswer, refusal], 'to 2 of 3 requests'],
  ['after an accepted one', [{ kind: 'accepted' }, refusal], 'to 2 of 3 requests, and isLogout: true to another'],
  [
    'after both',
    [refusal, noAnswer, { kind: 'accepted' }, refusal],
    'to 2 of 4 requests, and isLogout: true to another',
  ],
] as const)(
  'a refused logout is retried once, and a second refusal is final and says what was answered: %s',
  async (_, logout, answered) => {
    const setup = createSetup({ [id]: { logout, state: ['authorized'] } });

    const run = await setup.run();

    const attempts = Math.max(2, logout.length + Number(logout[0].kind === 'accepted'));
    const detail = `GREEN-API answered isLogout: false ${answered}`;
    expect(run).toMatchObject({ status: 'NotAllConfirmed', outcomes: [{ kind: 'refused', attempts, detail }] });
    expect(setup.callsOf('logout')).toHaveLength(attempts);
  },
);

test('a second logout that the run expires after says nothing of the readings before it', async () => {
  const setup = createSetup({ [id]: { state: ['notAuthorized', 'authorized'] } });

  const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:00:20Z' }));

  expect(setup.callsOf('logout')).toHaveLength(2);
  expect(run.outcomes).toMatchObject([
    { kind: 'unconfirmed', detail: 'GREEN-API accepted the logout, and no reading after it reported notAuthorized' },
  ]);
});

test('a refusal by an instance that is already logged out is not a failure', async () => {
  const setup = createSetup({ [id]: { logout: [{ kind: 'refused', detail: 'isLogout: false' }] } });

  const run = await setup.run();

  expect(run.outcomes).toMatchObject([{ kind: 'already-logged-out', confirmed: true, attempts: 1 }]);
});

test('a single reading of notAuthorized confirms nothing: an alternating state needs two in a row', async () => {
  const state = ['notAuthorized', 'authorized', 'notAuthorized', 'authorized', 'notAuthorized', 'notAuthorized'];
  const setup = createSetup({ [id]: { state } });

  const run = await setup.run();

  expect(run.outcomes).toMatchObject([{ kind: 'logged-out', confirmed: true }]);
  expect(setup.callsOf('readState')).toHaveLength(6);
});

test('a failed reading interrupts the sequence', async () => {
  const fails = { kind: 'unavailable', detail: 'HTTP 500' } as const;
  const setup = createSetup({ [id]: { state: ['notAuthorized', fails, 'notAuthorized', 'notAuthorized'] } });

  await setup.run();

  expect(setup.callsOf('readState')).toHaveLength(4);
  expect(setup.evidence[0]?.readings).toMatchObject([
    { failure: 'HTTP 500' },
    { stateInstance: 'notAuthorized' },
    { stateInstance: 'notAuthorized' },
  ]);
});

test('a reading that can never succeed ends the wait, and the detail states the reason', async () => {
  const setup = createSetup({ [id]: { state: [{ kind: 'instance-deleted', detail: 'HTTP 400' }] } });

  const run = await setup.run();

  expect(run.outcomes).toMatchObject([{ kind: 'instance-deleted', attempts: 1, detail: 'state not read: HTTP 400' }]);
  expect(run.waits).toEqual([1]);
});

test.each(Object.entries(states).filter(([, stateClass]) => stateClass === 'linked'))(
  'an instance that stays %s is logged out a second time within ten minutes, and never a third time',
  async (state) => {
    const setup = createSetup({ [id]: { state: [state] } });

    const run = await setup.run();

    const [first, second, ...more] = setup.callsOf('logout').map(({ at }) => Date.parse(at));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(10_000);
    expect((second ?? 0) - (first ?? 0)).toBeLessThan(600_000);
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      status: 'NotAllConfirmed',
      outcomes: [{ kind: 'unconfirmed', attempts: 2, detail: `the state is ${state}` }],
    });
  },
);

test.each([
  ...Object.entries(states).flatMap(([state, stateClass]) => (stateClass === 'out' ? [] : [state])),
  'aNewWord',
])('the state %s never confirms a logout', async (state) => {
  const setup = createSetup({ [id]: { state: [state] } });

  const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:20:00Z' }));

  expect(run).toMatchObject({ status: 'NotAllConfirmed', outcomes: [{ kind: 'unconfirmed', confirmed: false }] });
});

test('more than ten minutes after the first logout no second one is sent, because the session may be new', async () => {
  const setup = createSetup({ [id]: { state: [...Array(9).fill('starting'), 'authorized'] } });

  const run = await setup.run();

  expect(setup.callsOf('logout')).toHaveLength(1);
  expect(run.outcomes).toMatchObject([{ kind: 'unconfirmed', attempts: 1 }]);
});

test('an unexpected error for one instance does not affect the others', async () => {
  const setup = createSetup({ '1': {}, '2': {}, '3': {} });
  const callWithCredential: typeof setup.dependencies.callWithCredential = async (idInstance, call, deadline) => {
    if (idInstance === '2') throw new RangeError('unforeseen');
    return setup.dependencies.callWithCredential(idInstance, call, deadline);
  };

  const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:01:00Z' }), { callWithCredential });

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    outcomes: [
      { kind: 'logged-out' },
      { kind: 'unavailable', detail: 'unexpected error: RangeError' },
      { kind: 'logged-out' },
    ],
  });
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'unexpected error', idInstance: '2' }));
});

test('clears the queue after the logout, and reports it', async () => {
  const setup = createSetup({ [id]: {} });

  const run = await setup.run(requestOf({ clearQueue: true }));

  expect(run.outcomes).toMatchObject([{ kind: 'logged-out', queueCleared: true }]);
  expect(setup.calls.map(({ method }) => method)).toEqual(['logout', 'clearQueue', 'readState', 'readState']);
  expect(setup.evidence).toMatchObject([{ queue: { cleared: true } }]);
});

test('a queue that cannot be cleared is reported, and the logout succeeds', async () => {
  const setup = createSetup({ [id]: { queue: [{ kind: 'unavailable', detail: 'a body that is not understood' }] } });

  const run = await setup.run(requestOf({ clearQueue: true }));

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ confirmed: true, queueCleared: false }] });
  expect(setup.evidence).toMatchObject([{ queue: { cleared: false, detail: 'a body that is not understood' } }]);
});

test('the queue of an instance that became protected is not cleared', async () => {
  const setup = createSetup({
    [id]: {
      state: ['authorized', 'authorized', 'notAuthorized'],
      queue: [{ kind: 'unavailable', detail: 'HTTP 500' }],
    },
  });
  const { readTags } = setup.dependencies;
  const protectedAfterTwo = async (idInstance: Parameters<typeof readTags>[0]) => {
    if (setup.callsOf('clearQueue').length === 2) setup.tag(id, { protected: true });
    return readTags(idInstance);
  };

  const run = await setup.run(requestOf({ clearQueue: true }), { readTags: protectedAfterTwo });

  expect(run.outcomes).toMatchObject([{ confirmed: true, queueCleared: false }]);
  expect(setup.callsOf('clearQueue')).toHaveLength(2);
  expect(setup.evidence).toMatchObject([{ queue: { cleared: false, detail: 'protected' } }]);
});

/** When each call of a method was made, in milliseconds after the first logout. */
const timesOf = ({ callsOf }: ReturnType<typeof createSetup>, method: string): readonly number[] => {
  const start = Date.parse(callsOf('logout')[0]?.at ?? '');
  return callsOf(method).map(({ at }) => Date.parse(at) - start);
};

test('the queue is not cleared later than ten minutes after the logout: it may belong to a new session', async () => {
  const setup = createSetup({ [id]: { state: ['authorized'], queue: [{ kind: 'unavailable', detail: 'HTTP 500' }] } });

  await setup.run(requestOf({ clearQueue: true }));

  expect(timesOf(setup, 'clearQueue').length).toBeGreaterThan(1);
  expect(Math.max(...timesOf(setup, 'clearQueue'))).toBeLessThan(10 * 60_000);
  expect(Math.max(...timesOf(setup, 'readState'))).toBeGreaterThan(10 * 60_000);
});

test('an instance that was protected before its second logout is left alone, even if it is protected no longer', async () => {
  const setup = createSetup({ [id]: { state: ['authorized'], queue: [{ kind: 'unavailable', detail: 'HTTP 500' }] } });
  const { clock, dependencies } = setup;
  let protectedAt: string | undefined;
  const protectedOnce: typeof dependencies.readTags = async (idInstance) => {
    const isSecondLogoutDue = timesOf(setup, 'readState').some((ms) => ms >= 10_000);
    if (!isSecondLogoutDue || protectedAt !== undefined) return dependencies.readTags(idInstance);
    protectedAt = clock.now().toISOString();
    setup.tag(id, { protected: true });
    const reading = await dependencies.readTags(idInstance);
    setup.tag(id, { protected: false });
    return reading;
  };

  await setup.run(requestOf({ clearQueue: true }), { readTags: protectedOnce });

  expect(protectedAt).toBeDefined();
  expect(setup.calls.filter(({ method, at }) => method !== 'readState' && at >= String(protectedAt))).toEqual([]);
});

test('a logout is recorded as soon as it is sent, because the run may be stopped before its outcome is known', async () => {
  const setup = createSetup({ [id]: {} });

  await setup.run();

  expect(setup.facts.filter(({ message }) => message === 'logout sent')).toEqual([
    {
      message: 'logout sent',
      run: runId,
      idInstance: id,
      attempts: 1,
      requestedBy: requestOf().requestedBy,
      reason: 'contract ended',
      tags: { protected: false },
    },
  ]);
});

test('instances for which an invocation has no time stay pending for the next one', async () => {
  const setup = createSetup({ [id]: {} });
  const remaining = [-15_000, -15_000];

  const run = await setup.run(requestOf(), {}, () => remaining.shift() ?? 900_000);

  expect(run.status).toBe('SUCCEEDED');
  expect(setup.callsOf('logout').map(({ at }) => at)).toEqual(['2026-11-30T17:00:02.000Z']);
});

const notAuthorized = { kind: 'not-authorized', detail: 'HTTP 400' } as const;
const rateLimited = { kind: 'rate-limited', detail: 'HTTP 429' } as const;

test.each([
  ['not authorized', [{ kind: 'accepted' }, notAuthorized]],
  ['429, then not authorized', [{ kind: 'accepted' }, rateLimited, notAuthorized]],
  ['isLogout: false', [{ kind: 'accepted' }, { kind: 'refused', detail: 'isLogout: false' }]],
  ['isLogout: true', [{ kind: 'accepted' }]],
] as const)(
  'a logout whose process died before its checkpoint is still attributed to this run when the repeated request gets %s',
  async (_, logout) => {
    const setup = createSetup({ [id]: { logout } });

    const run = await setup.run(
      requestOf(),
      {},
      undefined,
      runId,
      (step, attempt) => step === 'round-1-batch-1' && attempt === 1,
    );

    expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out', confirmed: true }] });
    expect(setup.evidence.map(({ outcome }) => outcome.kind)).toEqual(['logged-out']);
    // The line of the first attempt records the logout, even if the process dies.
    expect(setup.facts.filter(({ message }) => message === 'logout sent').length).toBeGreaterThan(1);
  },
);

test('a logout is recorded when its request is sent, even if nothing after it is', async () => {
  const setup = createSetup({ [id]: { state: [{ kind: 'unavailable', detail: 'HTTP 500' }] } });
  const sentBefore: number[] = [];
  const { readState } = setup.dependencies.greenApi;
  const greenApi: typeof setup.dependencies.greenApi = {
    ...setup.dependencies.greenApi,
    readState: (...call) => {
      sentBefore.push(setup.facts.filter(({ message }) => message === 'logout sent').length);
      return readState(...call);
    },
  };

  await setup.run(requestOf({ expiresAt: '2026-11-30T17:00:10Z' }), { greenApi });

  expect(sentBefore[0]).toBe(1);
});

test('the outcomes of a batch are published together, after its evidence', async () => {
  const setup = createSetup({ '1': {}, '2': {}, '3': { tags: { protected: true } } });
  const published: number[] = [];
  const publishOutcomes: typeof setup.dependencies.publishOutcomes = async (records) => {
    published.push(records.length);
    expect(setup.evidence).toEqual(expect.arrayContaining([...records]));
  };

  await setup.run(requestOf(), { publishOutcomes });

  expect(published).toEqual([0, 2]);
});

test('the session and the e-mail address of the caller are in the evidence', async () => {
  const person = { session: { name: 'ann', setBy: 'identity-center' as const }, email: 'ann@example.com' };
  const setup = createSetup({ [id]: {} });

  await setup.run(requestOf(person));

  expect(setup.evidence).toMatchObject([person]);
});

describe('what a run knows of a logout', () => {
  const down = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500' } as const;

  test.each([
    ['a reading fails for a moment', down],
    ['the instance is still linked', 'authorized'],
  ])('is the answer to it, if %s and the run expires then', async (_, state) => {
    const setup = createSetup({ [id]: { logout: [rateLimited], state: [state] } });

    const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:00:01Z' }));

    expect(run.outcomes).toMatchObject([{ kind: 'rate-limited', detail: 'HTTP 429', attempts: 1 }]);
    expect(setup.callsOf('readState')).toHaveLength(1);
  });

  test('is that it was accepted and not confirmed, if no reading ever succeeds', async () => {
    const setup = createSetup({ [id]: { state: [down] } });

    const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:00:20Z' }));

    expect(run.outcomes).toMatchObject([
      { kind: 'unconfirmed', detail: 'state not read: GREEN-API answered HTTP 500' },
    ]);
  });

  test('is a failure that cannot pass, even if only a reading meets it', async () => {
    const deleted = { kind: 'instance-deleted', detail: 'HTTP 400' } as const;
    const setup = createSetup({ [id]: { logout: [{ kind: 'timed-out', detail: 'no answer' }], state: [deleted] } });

    const run = await setup.run();

    expect(run.outcomes).toMatchObject([{ kind: 'instance-deleted', detail: 'state not read: HTTP 400', attempts: 1 }]);
    expect(run.waits).toEqual([]);
  });

  test('has the state of its last reading in the evidence', async () => {
    const setup = createSetup({
      [id]: { state: ['authorized', 'starting', 'blocked', 'pendingCode', 'pendingPassword'] },
    });

    await setup.run(requestOf({ expiresAt: '2026-11-30T17:00:20Z' }));

    const [{ readings, outcome } = { readings: [] }] = setup.evidence;
    expect(readings.map((reading) => 'stateInstance' in reading && reading.stateInstance)).toEqual([
      'starting',
      'blocked',
      'pendingCode',
    ]);
    expect(outcome).toMatchObject({ kind: 'unconfirmed', stateInstance: 'pendingCode' });
  });

  test('is no reading, if the credential cannot be read', async () => {
    const unread = { kind: 'credential-unreadable', detail: 'no JSON object' } as const;
    const setup = createSetup({ [id]: { state: [unread] } });

    const run = await setup.run();

    expect(run.outcomes).toMatchObject([{ kind: 'credential-unreadable', detail: 'state not read: no JSON object' }]);
    expect(setup.evidence).toMatchObject([{ attempts: 1, readings: [] }]);
  });

  test.each([
    ['a logout that was never sent', 0, 'already-logged-out'],
    ['a logout that got no answer', 1, 'logged-out'],
  ])('before GREEN-API calls it not authorized: %s', async (_, requests, kind) => {
    const setup = createSetup({ [id]: { logout: [notAuthorized], state: ['starting', 'notAuthorized'] } });
    let calls = 0;
    const callWithCredential = (async (...call) => {
      calls += 1;
      return calls === 1 ? { ...down, requests } : setup.dependencies.callWithCredential(...call);
    }) as typeof setup.dependencies.callWithCredential;

    const run = await setup.run(requestOf(), { callWithCredential });

    expect(run.outcomes).toMatchObject([{ kind, confirmed: true }]);
  });

  test('is that it sent it, if the connection broke and the second request found the instance out', async () => {
    const resent = { ...notAuthorized, resent: true };
    const setup = createSetup({ [id]: { logout: [resent] } });

    expect((await setup.run()).outcomes).toMatchObject([{ kind: 'logged-out', confirmed: true }]);
  });

  test('stays a failure if the instance is removed before it is confirmed', async () => {
    const setup = createSetup({ [id]: { state: ['authorized'] } });
    const readTags: typeof setup.dependencies.readTags = async (each) =>
      setup.callsOf('logout').length === 0
        ? setup.dependencies.readTags(each)
        : { kind: 'unknown-instance', detail: `there is no secret green-api/${each}` };

    const run = await setup.run(requestOf(), { readTags });

    expect(run.status).not.toBe('SUCCEEDED');
    expect(run).toMatchObject({ progress: { failed: 1 }, outcomes: [{ kind: 'unknown-instance', attempts: 1 }] });
  });

  test('is sent twice at the most, even if the instance is out in between', async () => {
    const setup = createSetup({ [id]: {} });
    const { greenApi } = setup.dependencies;
    let isOutOnce = false;
    const readState = (async () => {
      const isOut = !isOutOnce && setup.callsOf('logout').length === 2;
      isOutOnce ||= isOut;
      return { kind: 'state', stateInstance: isOut ? 'notAuthorized' : 'authorized', requests: 1 };
    }) as typeof greenApi.readState;

    const run = await setup.run(requestOf(), { greenApi: { ...greenApi, readState } });

    expect(isOutOnce).toBe(true);
    expect(run.outcomes).toMatchObject([{ kind: 'unconfirmed', attempts: 2 }]);
  });
});

test('a failure that is final after ten minutes has its ten minutes, after others that last longer', async () => {
  const setup = createSetup({ [id]: { state: ['authorized'] } });
  const { clock, dependencies } = setup;
  const denied = {
    kind: 'credential-unreadable',
    detail: 'access denied',
    duration: 'passing for ten minutes',
  } as const;
  const down = { kind: 'unavailable', detail: 'Secrets Manager: InternalServiceError' } as const;
  const readTags: typeof dependencies.readTags = async () =>
    clock.now().toISOString() < '2026-11-30T17:30' ? down : denied;

  const run = await setup.run(requestOf(), { readTags });

  expect(run.outcomes).toMatchObject([{ kind: 'credential-unreadable', attempts: 0 }]);
  expect(clock.now().toISOString() > '2026-11-30T17:40').toBe(true);
});

test.each([
  ['of 240 bytes', 'x'.repeat(240), 'x'.repeat(240)],
  ['of one more', 'x'.repeat(241), `${'x'.repeat(240)}…`],
  ['that is cut within a character', `x${'ж'.repeat(120)}`, `x${'ж'.repeat(119)}…`],
  ['with a character that nobody could read', `\ufffd${'x'.repeat(240)}`, `\ufffd${'x'.repeat(237)}…`],
])('a detail %s is kept as far as a checkpoint has room', async (_, detail, kept) => {
  const setup = createSetup({ [id]: { logout: [{ kind: 'request-refused', detail }] } });

  expect((await setup.run()).outcomes).toMatchObject([{ detail: kept }]);
});

test('another round comes later after a 429 that GREEN-API sent, and only after that one', async () => {
  const waitsAfter = async (requests: number) => {
    const setup = createSetup({ [id]: { state: ['authorized', 'notAuthorized'] } });
    let calls = 0;
    const callWithCredential = (async (...call) => {
      calls += 1;
      return calls === 1 ? { ...rateLimited, requests } : setup.dependencies.callWithCredential(...call);
    }) as typeof setup.dependencies.callWithCredential;
    return (await setup.run(requestOf(), { callWithCredential })).waits;
  };

  const [sent, notSent] = [await waitsAfter(1), await waitsAfter(0)];

  expect(sent[0]).toBeGreaterThan(Number(notSent[0]));
});

test('an instance that turns out to be deleted is not logged out again', async () => {
  const deleted = { kind: 'instance-deleted', detail: 'HTTP 400' } as const;
  const setup = createSetup({ [id]: { logout: [rateLimited], state: ['authorized', deleted] } });

  const run = await setup.run();

  expect(run.outcomes).toMatchObject([{ kind: 'instance-deleted', attempts: 1 }]);
});

test('a queue is not cleared while the tags cannot be read, and the evidence says why', async () => {
  const setup = createSetup({ [id]: {} });
  const readTags: typeof setup.dependencies.readTags = async (each) =>
    setup.callsOf('logout').length === 0
      ? setup.dependencies.readTags(each)
      : { kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' };

  const run = await setup.run(requestOf({ clearQueue: true }), { readTags });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ confirmed: true, queueCleared: false }] });
  expect(setup.callsOf('clearQueue')).toEqual([]);
  expect(setup.evidence).toMatchObject([{ queue: { cleared: false, detail: 'Secrets Manager: ThrottlingException' } }]);
});

describe('the pauses between rounds', () => {
  const down = { kind: 'unavailable', detail: 'HTTP 500' } as const;
  const rotateToken = async () => ({ kind: 'rotated' }) as const;

  test('begin again when an instance is out, and grow while nothing changes', async () => {
    const setup = createSetup({
      '1101000001': { logout: [down], state: ['authorized'] },
      '1101000002': { logout: [down], state: ['authorized', 'authorized', 'authorized', 'notAuthorized'] },
    });

    const run = await setup.run(requestOf({ expiresAt: '2026-11-30T17:01:00Z' }));

    expect(run.waits.slice(0, 7)).toEqual([2, 4, 7, 2, 2, 4, 8]);
  });

  test('stay short while the token of an instance that is out waits for its rotation', async () => {
    const other = { logout: [down], state: ['authorized'] };
    const setup = createSetup({ '1101000001': {}, '1101000002': other });
    let rotations = 0;
    const busyAtFirst = async () => {
      rotations += 1;
      return rotations < 6 ? ({ kind: 'not-rotated', detail: 'busy', notBegun: true } as const) : rotateToken();
    };

    const request = requestOf({ rotateToken: true, expiresAt: '2026-11-30T17:01:00Z' });
    const run = await setup.run(request, { rotateToken: busyAtFirst });

    expect(run.waits.slice(0, 6)).toEqual([1, 2, 2, 2, 2, 2]);
  });

  test('grow while an old token cannot be tested', async () => {
    const setup = createSetup({ [id]: {} });
    let tests = 0;
    const testOldToken = async () => {
      tests += 1;
      return tests < 4 ? ({ kind: 'unknown', detail: 'HTTP 500' } as const) : ({ kind: 'dead' } as const);
    };

    const run = await setup.run(requestOf({ rotateToken: true }), { rotateToken, testOldToken });

    expect(run.waits).toEqual([1, 2, 30, 4, 8, 15]);
  });
});
