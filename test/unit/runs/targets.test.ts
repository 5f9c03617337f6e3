import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { createListInstancesOfTarget, NotResolvedYet } from '../../../functions/runs/list-instances-of-target.ts';
import { placeOf } from '../../../functions/runs/operation-names.ts';
import { resultsFromSteps } from '../../../functions/runs/results-from-steps.ts';
import { createSetup, requestOf } from '../../support/run-setup.ts';

const ids = (...texts: string[]) => texts as InstanceId[];
const down = { kind: 'unavailable', detail: 'Secrets Manager: InternalServiceError' } as const;

const staff = {
  '1101000001': { tags: { owner: 'anna@example.com 00u1anna', group: 'sales' } },
  '1101000002': { tags: { owner: 'ben@example.com', group: 'sales' } },
  '1101000003': { tags: { owner: 'anna@example.com', protected: true } },
};

test.each([
  ['ids', { instances: ids('1101000002', '1101000001') }, ['1101000001', '1101000002']],
  ['an owner', { owner: '00u1anna' }, ['1101000001']],
  ['a group', { group: 'sales' }, ['1101000001', '1101000002']],
  ['all', { all: true }, ['1101000001', '1101000002']],
] as const)('a run over %s logs out exactly the matching instances', async (_, target, expected) => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target }));

  expect(run.status).toBe('SUCCEEDED');
  expect(setup.callsOf('logout').map(({ id }) => id)).toEqual(expected);
});

test.each([
  [{ owner: 'JOSE\u0301@example.com' }, ['1101000001']],
  [{ owner: 'Mi\u212ae@example.com' }, []],
  [{ group: 'Ko\u0308ln' }, ['1101000001']],
  [{ group: 'köln' }, []],
])('a run over %j finds the same person or group in another spelling, and no other', async (target, expected) => {
  const setup = createSetup({
    '1101000001': { tags: { owner: 'josé@example.com', group: 'Köln' } },
    '1101000002': { tags: { owner: 'mike@example.com' } },
  });

  await setup.run(requestOf({ target }));

  expect(setup.callsOf('logout').map(({ id }) => id)).toEqual(expected);
});

test('does not log out a protected instance, not even by its id, and fails because nobody was logged out', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target: { instances: ids('1101000003') } }));

  expect(run).toMatchObject({
    status: 'NobodyLoggedOut',
    note: 'nobody was logged out: 1 instance is protected, excepted, unknown or no longer in the target',
    progress: { total: 1, skipped: 1 },
    outcomes: [
      { idInstance: '1101000003', kind: 'skipped', attempts: 0, skipReason: 'protected', detail: 'protected' },
    ],
  });
  expect(setup.calls).toEqual([]);
  expect(setup.facts).toContainEqual(
    expect.objectContaining({
      message: 'run ended',
      failure: 'NobodyLoggedOut',
      nobodyLoggedOut: 1,
      noInstance: 0,
      runFailed: 1,
    }),
  );
  expect(setup.facts).toContainEqual(
    expect.objectContaining({ message: 'targets resolved', protected: ['1101000003'] }),
  );
});

test('does not log out excepted instances', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ except: ids('1101000001', '1101000009') }));

  expect(run.outcomes).toMatchObject([
    { idInstance: '1101000001', kind: 'skipped', detail: 'excepted' },
    { idInstance: '1101000002', kind: 'logged-out' },
    { idInstance: '1101000003', kind: 'skipped', detail: 'protected' },
  ]);
});

test('logs out the one instance beside one that is excepted, and writes of no secret that is not understood', async () => {
  const tags = { owner: 'anna@example.com' };
  const setup = createSetup({ '1101000001': { tags }, '1101000002': { tags } });

  const run = await setup.run(requestOf({ target: tags, except: ids('1101000001') }));

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 2, loggedOut: 1, skipped: 1 }, waits: [1] });
  expect(setup.facts.map(({ message }) => message)).not.toContain('secrets not understood');
});

test.each([
  [3_000, 'to log them all out, start it again with maxTargets 3000'],
  [3_001, 'start a run for each group'],
])('the error about %i targets says what to do', async (count, help) => {
  const setup = createSetup(
    Object.fromEntries(Array.from({ length: count }, (_, at) => [String(1_101_000_001 + at), {}])),
  );

  const run = await setup.run(requestOf({ maxTargets: 50 }));

  expect(run.message).toBe(`The run has ${count} targets but maxTargets is 50; nobody was logged out: ${help}`);
});

test('a right to list has ten minutes from the instant that a run waits for', async () => {
  const setup = createSetup(staff);
  const listInstances: typeof setup.dependencies.listInstances = async (next) =>
    setup.clock.now().toISOString() < '2026-11-30T18:02' ? listDenied : setup.dependencies.listInstances(next);

  const run = await setup.run(requestOf({ at: '2026-11-30T18:00:00Z' }), { listInstances });

  expect(run.status).toBe('SUCCEEDED');
});

describe('a page of the list that fails', () => {
  /** How long each attempt lasts, and how the pauses come out. */
  const listFor = async (attemptMs: number) => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    const { clock, dependencies } = createSetup({});
    const pauses: number[] = [];
    let attempts = 0;
    const list = createListInstancesOfTarget({
      ...dependencies,
      listInstances: async () => {
        attempts += 1;
        if (attempts === 1) clock.advance(attemptMs);
        return down;
      },
      sleep: async (ms) => {
        pauses.push(ms);
        clock.advance(ms);
      },
    });
    const run = {
      id: 'run',
      request: requestOf(),
      startedAt: '2026-11-30T17:00:00Z',
      expiresAt: '2026-12-01T17:00:00Z',
    };
    await expect(list(run)).rejects.toThrow(NotResolvedYet);
    random.mockRestore();
    return { attempts, pauses };
  };

  test('is read six times, with pauses that double', async () => {
    expect(await listFor(0)).toEqual({ attempts: 6, pauses: [250, 500, 1_000, 2_000, 4_000] });
  });

  test.each([
    [8 * 60_000 - 250, 2],
    [8 * 60_000 - 249, 1],
  ])('after %i ms is read %i times, because an invocation ends', async (ms, attempts) => {
    expect(await listFor(ms)).toMatchObject({ attempts });
  });
});

test('a run with more targets than allowed fails before it logs anybody out, and the error states their number', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ maxTargets: 1 }));

  const message =
    'The run has 2 targets but maxTargets is 1; nobody was logged out: to log them all out, start it again with maxTargets 2';
  expect(run).toMatchObject({ status: 'TooManyTargets', message, note: message });
  expect(setup.calls).toEqual([]);
});

test('a drill reads the state of each target once and changes nothing', async () => {
  const setup = createSetup({
    ...staff,
    '1101000001': { ...staff['1101000001'], state: ['authorized'] },
    '1101000004': { state: ['starting'] },
  });

  const run = await setup.run(requestOf({ dryRun: true }));

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    note: 'a drill: nobody was logged out',
    progress: { total: 4, ready: 2, loggedOut: 1, failed: 0, skipped: 1, pending: 0 },
    outcomes: [
      { kind: 'ready', confirmed: false, attempts: 0, tags: { owner: 'anna@example.com 00u1anna', group: 'sales' } },
      { kind: 'already-logged-out', confirmed: false, attempts: 0 },
      { kind: 'skipped', skipReason: 'protected' },
      { kind: 'ready', detail: 'the state is starting' },
    ],
  });
  expect(setup.calls.map(({ method, id }) => `${method} ${id}`)).toEqual([
    'readState 1101000001',
    'readState 1101000002',
    'readState 1101000004',
  ]);
  expect([setup.evidence, setup.published, run.waits]).toEqual([[], [], []]);
  expect(setup.facts.map(({ message }) => message)).not.toContain('drill: instance not ready');
});

test.each(['someNewState', null])(
  'a drill does not call an instance ready whose state is %p',
  async (stateInstance) => {
    const setup = createSetup({ '1101000001': { state: [{ kind: 'state', stateInstance }] } });

    const run = await setup.run(requestOf({ dryRun: true }));

    expect(run).toMatchObject({
      status: 'DrillFailed',
      outcomes: [{ kind: 'unavailable', detail: `the state ${stateInstance} is not known` }],
    });
  },
);

test('the list is read again after five minutes for an owner without an instance, because it may be outdated', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target: { owner: 'carl@example.com' } }));

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    progress: { total: 0 },
    outcomes: [],
    note: 'no instance was found for the target',
  });
  expect(run.operations.map(({ name }) => name)).toEqual([
    'start',
    'resolve',
    'wait-for-late-tags',
    'resolve-again',
    'report-end',
  ]);
  expect(run.waits).toEqual([300]);
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'targets resolved', targets: 0 }));
});

test('an owner whose tag is listed late is logged out', async () => {
  const setup = createSetup({ '1101000001': {} });
  const { clock, dependencies } = setup;
  const listInstances: typeof dependencies.listInstances = (next) => {
    if (clock.now().toISOString() >= '2026-11-30T17:05:00') setup.tag('1101000001', { owner: 'carl@example.com' });
    return dependencies.listInstances(next);
  };

  const run = await setup.run(requestOf({ target: { owner: 'carl@example.com' } }), { listInstances });

  expect(run.outcomes).toMatchObject([{ idInstance: '1101000001', kind: 'logged-out' }]);
});

test.each([{ instances: ids() }, { group: 'nobody' }])(
  'a run that matches no instance, %j, succeeds at once',
  async (target) => {
    const setup = createSetup(staff);

    const run = await setup.run(requestOf({ target }));

    expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 0 }, waits: [] });
  },
);

test('reads every page of the list, and an instance on two pages once', async () => {
  const setup = createSetup(staff);
  const [anna] = Object.keys(staff);
  const instance = { idInstance: anna as InstanceId, protected: false };
  const listInstances: typeof setup.dependencies.listInstances = async (next) => ({
    kind: 'page',
    unreadable: [],
    instances: [instance],
    ...(next === undefined && { next: 'page 2' }),
  });

  const run = await setup.run(requestOf(), { listInstances });

  expect(run.progress.total).toBe(1);
  expect(setup.callsOf('logout')).toHaveLength(1);
});

test('an unexpected error while the targets are looked for fails the run at once, instead of when it expires', async () => {
  const setup = createSetup(staff);
  const listInstances = async () => {
    throw new TypeError('unexpected');
  };

  await expect(setup.run(requestOf(), { listInstances })).rejects.toThrow(TypeError);
  expect(setup.clock.now().toISOString()).toBe('2026-11-30T17:00:00.000Z');
});

test('the checkpoint of the targets holds the tags of skipped instances only if they fit', async () => {
  const tags = { protected: true, owner: 'x'.repeat(256), group: 'y'.repeat(256) };
  const resolveStepOf = async (count: number) => {
    const scripts = Array.from({ length: count }, (_, at) => [String(1_101_000_001 + at), { tags }] as const);
    const { steps } = await createSetup(Object.fromEntries(scripts)).run();
    return steps.find(({ name }) => name === 'resolve')?.payload ?? '';
  };

  const [few, many] = [await resolveStepOf(10), await resolveStepOf(3_000)];

  expect(few).toContain('xxx');
  expect(many).not.toContain('xxx');
  expect(Buffer.byteLength(many)).toBeLessThan(256 * 1_024);
});

test('a run whose instant is after its expiry waits no longer than that, and expires', async () => {
  const run = await createSetup(staff).run(requestOf({ at: '2026-12-20T17:00:00Z' }));

  expect(run).toMatchObject({ status: 'RunExpired', waits: [24 * 60 * 60] });
});

test.each([
  ['owner', { owner: 'anna@example.com' }, { owner: 'ben@example.com' }, 'its owner tag has changed'],
  ['group', { group: 'sales' }, { group: 'support' }, 'its group tag has changed'],
] as const)(
  'an instance whose %s tag changes after the list was read is skipped, and the run succeeds',
  async (_, target, change, detail) => {
    const setup = createSetup({ '1101000001': staff['1101000001'] });
    const { listInstances } = setup.dependencies;
    const listThenChange: typeof listInstances = async (next) => {
      const page = await listInstances(next);
      setup.tag('1101000001', change);
      return page;
    };

    const run = await setup.run(requestOf({ target }), { listInstances: listThenChange });

    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      note: 'nobody was logged out: every instance has left the target meanwhile',
      outcomes: [{ kind: 'skipped', attempts: 0, detail }],
    });
    expect(setup.calls).toEqual([]);
    expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'instance skipped', detail }));
  },
);

test('an instance that becomes protected after its first logout is not logged out a second time', async () => {
  const setup = createSetup({ '1101000001': { state: ['authorized'] } });
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    const reading = await setup.dependencies.readTags(id);
    setup.tag(id, { protected: true });
    return reading;
  };

  const run = await setup.run(requestOf(), { readTags });

  expect(setup.callsOf('logout')).toHaveLength(1);
  expect(run.outcomes).toMatchObject([{ kind: 'unconfirmed', attempts: 1 }]);
});

describe('an instance that was sent a logout without an answer', () => {
  const noAnswer = { logout: [{ kind: 'timed-out', detail: 'no answer' }], state: ['authorized'] } as const;
  const anna = { owner: 'anna@example.com' };
  const sent = 'it was sent a logout before that and may still be logged in: look in the GREEN-API console';
  const oneOfTwo = sent.replace('it was', '1 of them was');
  const why = 'protected, excepted, unknown or no longer in the target';
  type Tags = Parameters<ReturnType<typeof createSetup>['tag']>[1];
  const runThen = async (change: Tags | 'removed', others: Parameters<typeof createSetup>[0], target: object) => {
    const setup = createSetup({ '1101000001': { ...noAnswer, tags: anna }, ...others });
    const readTags: typeof setup.dependencies.readTags = async (id) => {
      if (id !== '1101000001' || setup.callsOf('logout').length === 0) return setup.dependencies.readTags(id);
      if (change === 'removed') return { kind: 'unknown-instance', detail: `there is no secret green-api/${id}` };
      setup.tag(id, change);
      return setup.dependencies.readTags(id);
    };
    return setup.run(requestOf({ target } as Parameters<typeof requestOf>[0]), { readTags });
  };

  test.each([
    ['removed', 'removed', { instances: ['1101000001'] }, `1 instance is ${why}; ${sent}`],
    ['protected', { protected: true }, anna, `1 instance is ${why}; ${sent}`],
  ] as const)('and is then %s, is not said to be nobody', async (_, change, target, note) => {
    const run = await runThen(change, {}, target);

    expect(run).toMatchObject({ status: 'NobodyLoggedOut', note: `no logout is confirmed: ${note}` });
    expect(run.message).toBe(run.note);
    expect(run.outcomes).toMatchObject([{ confirmed: false, attempts: 1 }]);
  });

  test('and is then removed, is counted apart from a protected one', async () => {
    const others = { '1101000002': { tags: { protected: true } } };

    const run = await runThen('removed', others, { instances: ['1101000001', '1101000002'] });

    expect(run).toMatchObject({
      status: 'NobodyLoggedOut',
      note: `no logout is confirmed: 2 instances are ${why}; ${oneOfTwo}`,
    });
  });

  test('and then leaves the target, is in the note of a run that succeeds', async () => {
    const run = await runThen({ owner: 'ben@example.com' }, {}, anna);

    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      note: `no logout is confirmed: every instance has left the target meanwhile; ${sent}`,
      outcomes: [{ kind: 'skipped', skipReason: 'tag-changed', attempts: 1 }],
    });
  });

  test.each([
    ['becomes protected', { protected: true }, 'became protected'],
    ['leaves the target', { owner: 'ben@example.com' }, 'left the target'],
    ['is removed', 'removed', 'left the target'],
  ] as const)('and %s beside others, is not said to be left alone', async (_, change, what) => {
    const others = { '1101000002': { tags: anna }, '1101000003': { tags: { ...anna, protected: true } } };

    const run = await runThen(change, others, anna);

    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      note: `1 instance is protected, so the run did not log it out; 1 instance ${what} after it was sent a logout, and may still be logged in`,
      progress: { loggedOut: 1, skipped: 2 },
    });
  });
});

test('a named instance without a secret fails, and the others are logged out', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target: { instances: ids('1101000001', '1101000404') } }));

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    progress: { total: 2, loggedOut: 1, failed: 1 },
    outcomes: [{ kind: 'logged-out' }, { kind: 'unknown-instance', detail: 'there is no secret green-api/1101000404' }],
  });
});

test('a run retries at growing intervals while Secrets Manager is unavailable, and then continues', async () => {
  const setup = createSetup(staff);
  let reads = 0;
  const listInstances: typeof setup.dependencies.listInstances = async (next) => {
    reads += 1;
    return reads <= 12 ? down : setup.dependencies.listInstances(next);
  };

  const run = await setup.run(requestOf(), { listInstances });

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 3, loggedOut: 2 } });
});

test('a run that cannot reach Secrets Manager until it expires fails as expired, without any call', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target: { instances: ids('1101000001') } }), { readTags: async () => down });

  expect(run.status).toBe('RunExpired');
  expect(setup.clock.now().toISOString()).toBe('2026-12-01T17:00:00.000Z');
  expect(setup.calls).toEqual([]);
});

test('an instance whose tags cannot be read does not keep the others from being logged out', async () => {
  const setup = createSetup(staff);
  const readTags: typeof setup.dependencies.readTags = async (id) =>
    id === '1101000001' ? down : setup.dependencies.readTags(id);

  const target = { instances: ids('1101000001', '1101000002') };
  const run = await setup.run(requestOf({ target }), { readTags });

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    outcomes: [{ kind: 'unavailable', attempts: 0 }, { kind: 'logged-out' }],
  });
});

test('a dry run waits until it knows the tags of every instance it names', async () => {
  const setup = createSetup(staff);
  let reads = 0;
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    reads += 1;
    return reads === 1 ? down : setup.dependencies.readTags(id);
  };

  const target = { instances: ids('1101000002', '1101000003') };
  const run = await setup.run(requestOf({ target, dryRun: true }), { readTags });

  expect(run.outcomes).toMatchObject([{ kind: 'already-logged-out' }, { detail: 'protected' }]);
});

test('a logout is delayed until the tags of its instance can be read', async () => {
  const setup = createSetup({ '1101000001': {} });
  let reads = 0;
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    reads += 1;
    return reads <= 2 ? down : setup.dependencies.readTags(id);
  };

  const run = await setup.run(requestOf(), { readTags });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out', attempts: 1 }] });
  expect(setup.callsOf('logout').map(({ at }) => at)).toEqual(['2026-11-30T17:00:06.000Z']);
});

const listDenied = { kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' } as const;

test.each([
  ['after ten minutes', {}, 10],
  ['when it expires before', { expiresAt: '2026-11-30T17:02:00Z' }, 1],
  ['at once if it is a drill', { dryRun: true }, 0],
])('a denied list fails the run %s, and the error names the missing permission', async (_, changed, minutes) => {
  const setup = createSetup(staff);
  const startedAt = setup.clock.now().getTime();

  const run = await setup.run(requestOf(changed), { listInstances: async () => listDenied });

  expect(run.status).toBe('ListDenied');
  expect(run.message).toMatch(/allow secretsmanager:ListSecrets/);
  const minutesPassed = (setup.clock.now().getTime() - startedAt) / 60_000;
  expect(minutesPassed).toBeGreaterThanOrEqual(minutes);
  expect(minutesPassed).toBeLessThan(minutes + 9);
});

test('a right to list that was just granted ends no run', async () => {
  const setup = createSetup(staff);
  let lists = 0;
  const listInstances: typeof setup.dependencies.listInstances = async (next) => {
    lists += 1;
    return lists < 5 ? listDenied : setup.dependencies.listInstances(next);
  };

  expect((await setup.run(requestOf(), { listInstances })).status).toBe('SUCCEEDED');
});

test('waits until a future at, and counts the time to logout from then', async () => {
  const setup = createSetup({ '1101000001': {} });

  await setup.run(requestOf({ at: '2026-11-30T18:30:00Z', occurredAt: '2026-11-30T12:00:00Z' }));

  expect(setup.callsOf('logout').map(({ at }) => at)).toEqual(['2026-11-30T18:30:00.000Z']);
  expect(setup.evidence).toMatchObject([{ timeToLogoutMs: 1_000 }]);
});

test.each([
  ['expired before it started', { expiresAt: '2026-11-30T16:59:59Z' }],
  ['expires before its at', { at: '2026-12-24T17:00:00Z' }],
] as const)('a run that %s fails as expired, without any call', async (_, changed) => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf(changed));

  expect(run.status).toBe('RunExpired');
  expect(setup.calls).toEqual([]);
});

test('an instance that becomes protected after the list was read is skipped, and the run fails because nobody was logged out', async () => {
  const setup = createSetup({ '1101000001': staff['1101000001'] });
  const { listInstances } = setup.dependencies;
  const listThenProtect: typeof listInstances = async (next) => {
    const page = await listInstances(next);
    setup.tag('1101000001', { protected: true });
    return page;
  };

  const run = await setup.run(requestOf(), { listInstances: listThenProtect });

  expect(run).toMatchObject({
    status: 'NobodyLoggedOut',
    outcomes: [{ kind: 'skipped', attempts: 0, skipReason: 'protected', detail: 'protected' }],
  });
  expect(setup.calls).toEqual([]);
  expect(setup.facts).toContainEqual(
    expect.objectContaining({ message: 'instance skipped', skipReason: 'protected', detail: 'protected' }),
  );
});

test.each([
  ['unknown', requestOf({ target: { instances: ids('1101000404') } })],
  ['excepted', requestOf({ target: { group: 'sales' }, except: ids('1101000001', '1101000002') })],
  ['protected, of a person who left', requestOf({ target: { owner: 'dora@example.com' }, source: 'offboarding' })],
] as const)('a run whose instances are all %s fails because nobody was logged out', async (_, request) => {
  const setup = createSetup({ ...staff, '1101000004': { tags: { owner: 'dora@example.com', protected: true } } });

  const run = await setup.run(request);

  expect(run.status).toBe('NobodyLoggedOut');
  expect(setup.callsOf('logout')).toEqual([]);
});

test('a protected instance fails a run in which every other one has left the target', async () => {
  const setup = createSetup(staff);
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    setup.tag(id, { owner: 'ben@example.com' });
    return setup.dependencies.readTags(id);
  };

  const run = await setup.run(requestOf({ target: { owner: 'anna@example.com' } }), { readTags });

  expect(run).toMatchObject({
    status: 'NobodyLoggedOut',
    note: 'nobody was logged out: 2 instances are protected, excepted, unknown or no longer in the target',
    outcomes: [{ skipReason: 'tag-changed' }, { skipReason: 'protected' }],
  });
});

test('an instance whose secret was removed after the list was read is skipped, and the run succeeds', async () => {
  const setup = createSetup(staff);
  const readTags: typeof setup.dependencies.readTags = async (id) =>
    id === '1101000001' ? { kind: 'unknown-instance', detail: 'gone' } : setup.dependencies.readTags(id);

  const run = await setup.run(requestOf({ target: { group: 'sales' } }), { readTags });

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    outcomes: [{ kind: 'skipped', skipReason: 'not-found' }, { kind: 'logged-out' }],
  });
});

test('a run for a person without an instance succeeds, and is counted', async () => {
  const setup = createSetup(staff);

  await setup.run(requestOf({ target: { owner: 'carl@example.com' }, source: 'offboarding' }));

  expect(setup.facts.filter(({ message }) => message === 'run ended')).toMatchObject([
    { noInstance: 1, nobodyLoggedOut: 0, failedDrill: 0, runFailed: 0, stack: 'green-api-logout' },
  ]);
});

test('each skipped instance has a log line and an outcome with the reason and the tags', async () => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ except: ids('1101000002') }));

  const skipped = [
    { idInstance: '1101000002', skipReason: 'excepted', tags: { owner: 'ben@example.com', group: 'sales' } },
    { idInstance: '1101000003', skipReason: 'protected', tags: { owner: 'anna@example.com' } },
  ];
  expect(setup.facts.filter(({ message }) => message === 'instance skipped')).toMatchObject(skipped);
  expect(run.outcomes.filter(({ kind }) => kind === 'skipped')).toMatchObject(skipped);
});

test('a drill over an owner without an instance ends at once, and reports how long a real run would wait', async () => {
  const run = await createSetup(staff).run(requestOf({ target: { owner: 'carl@example.com' }, dryRun: true }));

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    waits: [],
    note: 'no instance was found for the target now; a real run would look again until 2026-11-30T17:05:00.000Z',
  });
});

test.each(['credential-rejected', 'instance-expired', 'wrong-instance-or-host', 'quota-exceeded'] as const)(
  'a drill fails if a real logout would meet %s, and does not count as a failed logout',
  async (kind) => {
    const setup = createSetup({ ...staff, '1101000001': { state: [{ kind, detail: 'HTTP 4xx' }] } });

    const run = await setup.run(requestOf({ dryRun: true }));

    const message = 'a drill: 1 of 3 instances could not be logged out now';
    expect(run).toMatchObject({
      status: 'DrillFailed',
      message,
      note: message,
      progress: { total: 3, failed: 1 },
      outcomes: [{ kind, attempts: 0, detail: 'HTTP 4xx' }, {}, {}],
    });
    expect(setup.callsOf('readState')).toHaveLength(2);
    expect([setup.evidence, run.waits]).toEqual([[], []]);
    expect(setup.facts).toContainEqual(
      expect.objectContaining({ message: 'drill: instance not ready', idInstance: '1101000001', kind }),
    );
    expect(setup.facts).toContainEqual(
      expect.objectContaining({ message: 'run ended', failedDrill: 1, runFailed: 0, failure: 'DrillFailed' }),
    );
  },
);

test('a drill over 3,000 instances reads each once', async () => {
  const script = { state: ['authorized'] };
  const setup = createSetup(
    Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [String(1_101_000_001 + at), script])),
  );

  const run = await setup.run(requestOf({ dryRun: true }));

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 3_000, ready: 3_000 } });
  expect(run.outcomes).toHaveLength(3_000);
  expect(setup.calls).toHaveLength(3_000);
  expect(setup.callsOf('readState')).toHaveLength(3_000);
});

test('only the failed page of a list is read again', async () => {
  const setup = createSetup(staff);
  const pages: (string | undefined)[] = [];
  const listInstances: typeof setup.dependencies.listInstances = async (next) => {
    pages.push(next);
    if (next === undefined) return { ...(await setup.dependencies.listInstances()), next: 'page 2' } as never;
    return pages.length < 5 ? down : { kind: 'page', instances: [], unreadable: [] };
  };

  const run = await setup.run(requestOf(), { listInstances });

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { loggedOut: 2 } });
  expect(pages).toEqual([undefined, 'page 2', 'page 2', 'page 2', 'page 2']);
});

test('a drill retries a transient failure, as a real run would', async () => {
  const busy = { kind: 'rate-limited', detail: 'HTTP 429' } as const;
  const setup = createSetup({
    '1': { state: [busy, 'authorized'] },
    '2': { state: [busy] },
    '3': { state: ['authorized'] },
  });

  const run = await setup.run(requestOf({ dryRun: true }));

  expect(run).toMatchObject({
    status: 'DrillFailed',
    outcomes: [{ kind: 'ready' }, { kind: 'rate-limited', detail: 'HTTP 429' }, { kind: 'ready' }],
  });
  expect(run.outcomes[0]).not.toHaveProperty('detail');
  expect(
    Object.entries(Object.groupBy(setup.callsOf('readState'), ({ id }) => id)).map(([, calls]) => calls?.length),
  ).toEqual([2, 3, 1]);
});

const anna = { owner: 'anna@example.com' };
/** Of the target `anna`, whose WhatsApp instance has an id, and of others. */
const unreadable = ['410012345678-old', 'sales/1101000001', '123456789012345678901', 'letters'].map(
  (rest) => `green-api/${rest}`,
);

test.each(unreadable)(
  'a run whose target has the secret %s logs out what it can, and fails with its name',
  async (secretName) => {
    const setup = createSetup({ '1101000001': { tags: anna } }, [{ secretName, ...anna }]);

    const run = await setup.run(requestOf({ target: anna }));

    expect(run).toMatchObject({
      status: 'UnreadableSecret',
      message: '1 secret of the target is not understood, so somebody may still be logged in',
      progress: { total: 1, loggedOut: 1 },
      outcomes: [{ idInstance: '1101000001', kind: 'logged-out', confirmed: true }],
    });
    expect(run.note).toContain(secretName);
    expect(setup.facts).toContainEqual(
      expect.objectContaining({
        message: 'secrets not understood',
        ofTarget: { names: [secretName], count: 1 },
        others: { names: [], count: 0 },
      }),
    );
    expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', unreadableSecrets: 1 }));
  },
);

test('the WhatsApp instance of ten digits and the Telegram instance of twelve of a leaver are both out', async () => {
  const setup = createSetup({ '1101000001': { tags: anna }, '410012345678': { tags: anna } });

  const run = await setup.run(requestOf({ target: anna }));

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 2, loggedOut: 2 } });
});

test('a leaver who has nothing but a secret that is not understood is an alarm at once', async () => {
  const setup = createSetup(staff, [{ secretName: 'green-api/410012345678-old', owner: 'carl@example.com' }]);

  const run = await setup.run(requestOf({ target: { owner: 'carl@example.com' } }));

  expect(run).toMatchObject({ status: 'UnreadableSecret', progress: { total: 0 }, waits: [] });
});

test.each([
  [{ group: 'sales' }, 'UnreadableSecret'],
  [{ all: true }, 'UnreadableSecret'],
  [{ owner: 'ben@example.com' }, 'SUCCEEDED'],
  [{ instances: ids('1101000001') }, 'SUCCEEDED'],
] as const)('a secret of the group sales that is not understood ends a run over %j as %s', async (target, status) => {
  const setup = createSetup({ '1101000001': { tags: { owner: 'ben@example.com' } } }, [
    { secretName: 'green-api/410012345678-old', group: 'sales' },
  ]);

  expect(await setup.run(requestOf({ target }))).toMatchObject({ status });
});

test('a secret of the target that is not understood fails a run, beside one of somebody else', async () => {
  const setup = createSetup({ '1101000001': { tags: anna } }, [
    { secretName: 'green-api/old', ...anna },
    { secretName: 'green-api/other', owner: 'ben@example.com' },
  ]);

  const run = await setup.run(requestOf({ target: anna }));

  expect(run.status).toBe('UnreadableSecret');
  expect(setup.facts.map(({ message }) => message)).toContain('secrets not understood');
});

test('secrets of nobody in the target are in the note and in a warning, and fail nothing', async () => {
  const secrets = Array.from({ length: 25 }, (_, at) => ({ secretName: `green-api/x${100 + at}` }));
  const setup = createSetup({ '1101000001': { tags: anna } }, [...secrets, ...secrets]);

  const lines: (readonly [string, string])[] = [];
  const log: typeof setup.dependencies.log = (level, message) => void lines.push([level, message]);

  const run = await setup.run(requestOf({ target: anna }), { log });

  expect(run.status).toBe('SUCCEEDED');
  expect(run.note).toMatch(/^25 secrets outside the target are not understood: green-api\/x100, .*x119, 5 more \(/);
  expect(lines).toContainEqual(['WARN', 'secrets not understood']);
});

test('the note of a run that finds nobody names what is not understood too', async () => {
  const setup = createSetup(staff, [{ secretName: 'green-api/old' }]);

  const run = await setup.run(requestOf({ target: { group: 'nobody' } }));

  expect(run.status).toBe('SUCCEEDED');
  expect(run.note).toMatch(
    /^no instance was found for the target; 1 secret outside the target is not understood: green-api\/old/,
  );
});

test.each([
  ['not confirmed', { logout: [{ kind: 'quota-exceeded', detail: 'HTTP 466' }] }, 'NotAllConfirmed'],
  ['protected', { tags: { ...anna, protected: true } }, 'NobodyLoggedOut'],
] as const)('an instance that is %s is named before a secret that is not understood', async (_, script, status) => {
  const setup = createSetup({ '1101000001': { ...script, tags: { ...anna, ...('tags' in script && script.tags) } } }, [
    { secretName: 'green-api/old', ...anna },
  ]);

  const run = await setup.run(requestOf({ target: anna }));

  expect(run.status).toBe(status);
  expect(run.message).toContain('1 secret of the target is not understood');
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', unreadableSecrets: 1 }));
});

test('a drill whose target has a secret that is not understood fails, and counts it in no metric of logouts', async () => {
  const setup = createSetup({ '1101000001': { tags: anna, state: ['authorized'] } }, [
    { secretName: 'green-api/old', ...anna },
  ]);

  const run = await setup.run(requestOf({ target: anna, dryRun: true }));

  expect(run).toMatchObject({ status: 'UnreadableSecret', outcomes: [{ kind: 'ready' }] });
  expect(setup.facts).toContainEqual(
    expect.objectContaining({ message: 'run ended', failedDrill: 1, unreadableSecrets: 0 }),
  );
});

describe('a protected instance beside another', () => {
  test.each([
    ['offboarding', 1],
    ['api', 0],
    ['schedule', 0],
  ] as const)('of a run from %s is in its note, and counts %i leaver', async (source, leaverProtected) => {
    const setup = createSetup(staff);

    const run = await setup.run(requestOf({ target: { owner: 'anna@example.com' }, source }));

    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      note: '1 instance is protected, so the run did not log it out',
      progress: { total: 2, loggedOut: 1, skipped: 1 },
    });
    expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', leaverProtected }));
  });

  test('is counted once if it becomes protected only before its logout, and each of several', async () => {
    const desk = { owner: 'anna@example.com', protected: true };
    const setup = createSetup({
      ...staff,
      '1101000004': { tags: desk },
      '1101000005': { tags: { owner: desk.owner } },
    });
    const readTags: typeof setup.dependencies.readTags = async (id) => {
      if (id === '1101000005') setup.tag(id, desk);
      return setup.dependencies.readTags(id);
    };

    const run = await setup.run(requestOf({ target: { owner: desk.owner }, source: 'offboarding' }), { readTags });

    expect(run.note).toBe('3 instances are protected, so the run did not log them out');
    expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', leaverProtected: 3 }));
  });

  test('is no matter of a run that fails because nobody else is there, nor of a drill', async () => {
    const setup = createSetup({ '1101000003': staff['1101000003'] });
    const left = requestOf({ target: { owner: 'anna@example.com' }, source: 'offboarding' });

    await setup.run(left);
    await setup.run({ ...left, dryRun: true });

    const ends = setup.facts.filter(({ message }) => message === 'run ended');
    expect(ends.map(({ leaverProtected }) => leaverProtected)).toEqual([0, 0]);
  });
});

test.each([
  [{ group: 'salse' }, {}, 1],
  [{ owner: 'nobody@example.com' }, {}, 1],
  [{ group: 'salse' }, { dryRun: true }, 1],
  [{ group: 'salse' }, { mayFindNobody: false }, 1],
  [{ group: 'salse' }, { mayFindNobody: true }, 0],
  [{ group: 'sales' }, {}, 0],
])('a schedule over %j with %j is counted %i times as one that found nobody', async (target, changed, count) => {
  const setup = createSetup(staff);

  const run = await setup.run(requestOf({ target, source: 'schedule', ...changed }));

  expect(run.status).toBe('SUCCEEDED');
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', scheduleFoundNobody: count }));
});

test.each(['api', 'offboarding'] as const)('a run from %s that finds nobody is no schedule', async (source) => {
  const setup = createSetup(staff);

  await setup.run(requestOf({ target: { owner: 'nobody@example.com' }, source }));

  expect(setup.facts).toContainEqual(expect.objectContaining({ noInstance: 1, scheduleFoundNobody: 0 }));
});

test('the note of a schedule that found nobody says what to do', async () => {
  const note = async (changed: object) =>
    (await createSetup(staff).run(requestOf({ target: { group: 'salse' }, source: 'schedule', ...changed }))).note;

  expect(await note({})).toBe(
    'no instance was found for the target: compare its tag with the instances, or set mayFindNobody of the schedule if that is normal',
  );
  expect(await note({ mayFindNobody: true })).toBe('no instance was found for the target');
});

const expired = { expiresAt: '2026-11-30T16:59:59Z' };
const rejected = { state: [{ kind: 'credential-rejected', detail: 'HTTP 401' }] } as const;

test.each([
  ['a run', {}, 'INFO', {}],
  ['a run without a target', { target: { group: 'nobody' } }, 'INFO', { noInstance: 1 }],
  ['a drill', { dryRun: true, target: { group: 'sales' } }, 'INFO', {}],
  ['a drill that finds a fault', { dryRun: true }, 'WARN', { failedDrill: 1 }],
  ['a scheduled run that expired', { ...expired, source: 'schedule' }, 'WARN', { runFailed: 1 }],
] as const)(
  'the line about the end of %s counts what happened, and nothing else',
  async (_, changed, level, counts) => {
    const setup = createSetup({ ...staff, '1101000004': rejected });
    const ends: (readonly [string, object])[] = [];
    const log: typeof setup.dependencies.log = (...[given, message, fields]) => {
      if (message === 'run ended') ends.push([given, fields]);
    };

    await setup.run(
      requestOf({
        target: { owner: 'ben@example.com' },
        ...('dryRun' in changed && { target: { all: true } }),
        ...changed,
      }),
      { log },
    );

    const none = { noInstance: 0, failedDrill: 0, runFailed: 0, scheduleFoundNobody: 0, nobodyLoggedOut: 0 };
    expect(ends).toEqual([[level, expect.objectContaining({ ...none, ...counts })]]);
  },
);

describe('a drill', () => {
  const drill = requestOf({ dryRun: true });

  test('reads no state of an instance that has left the target', async () => {
    const setup = createSetup({ '1101000001': staff['1101000001'] });
    const readTags: typeof setup.dependencies.readTags = async (id) => {
      setup.tag(id, { group: 'support' });
      return setup.dependencies.readTags(id);
    };

    const run = await setup.run({ ...drill, target: { group: 'sales' } }, { readTags });

    expect(run.outcomes).toMatchObject([{ kind: 'skipped', skipReason: 'tag-changed' }]);
    expect(setup.calls).toEqual([]);
    expect(setup.facts).toContainEqual(
      expect.objectContaining({ message: 'instance skipped', skipReason: 'tag-changed' }),
    );
  });

  test('fails if it cannot read the tags, without a call', async () => {
    const setup = createSetup({ '1101000001': {} });

    const run = await setup.run(drill, { readTags: async () => down });

    expect(run).toMatchObject({ status: 'DrillFailed', outcomes: [{ kind: 'unavailable', detail: down.detail }] });
    expect(setup.calls).toEqual([]);
  });

  test('does not take an instance that is starting for one that is ready', async () => {
    const starting = { kind: 'not-authorized', detail: 'HTTP 400' } as const;
    const setup = createSetup({ '1101000001': { state: [starting] } });

    const run = await setup.run(drill);

    expect(run.outcomes).toMatchObject([{ kind: 'instance-starting', detail: 'HTTP 400' }]);
    expect(setup.callsOf('readState')).toHaveLength(3);
  });

  test('ends at once for an instance over which an unexpected error occurs', async () => {
    const setup = createSetup({ '1101000001': {} });
    const callWithCredential = async () => {
      throw new RangeError('unforeseen');
    };

    const run = await setup.run(drill, { callWithCredential });

    expect(run).toMatchObject({
      status: 'DrillFailed',
      outcomes: [{ kind: 'unavailable', detail: 'unexpected error: RangeError' }],
      waits: [],
    });
  });

  test('rests between batches if one of them left little time, and only then', async () => {
    const instances = Array.from({ length: 1_601 }, (_, at) => [String(1_101_000_001 + at), {}]);
    const setup = createSetup(Object.fromEntries(instances));
    let calls = 0;
    // Four batches at once ask at their beginning, and again at their end.
    const remainingMs = () => {
      calls += 1;
      return calls === 6 ? 280_000 : 880_000;
    };

    const run = await setup.run(drill, {}, remainingMs);

    expect(run.operations.filter(({ seconds }) => seconds !== undefined)).toEqual([
      { name: 'rest-after-round-1-batch-4', seconds: 1 },
    ]);
    expect(run.progress.total).toBe(1_601);
    expect(run.operations.flatMap(({ name }) => placeOf(name)?.batch ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('shows what an instance met that it reads again', async () => {
    const setup = createSetup({
      '1101000001': { state: [{ kind: 'rate-limited', detail: 'HTTP 429' }, 'authorized'] },
    });

    const { steps } = await setup.run(drill);

    expect(resultsFromSteps(steps.slice(0, 3)).outcomes).toMatchObject([{ kind: 'pending', detail: 'HTTP 429' }]);
    expect(setup.facts.map(({ message }) => message)).not.toContain('drill: instance not ready');
  });
});
