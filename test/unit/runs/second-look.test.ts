import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { stateClassOf, states } from '../../../functions/green-api/vocabulary.ts';
import { instancesUnderWay, resultsFromSteps } from '../../../functions/runs/results-from-steps.ts';
import { createSetup, requestOf, runId, type Script } from '../../support/run-setup.ts';

const owner = 'anna@example.com';
const left = requestOf({ target: { owner }, source: 'offboarding' });
const anna: Script = { tags: { owner } };
const [phone, tablet] = ['1101000001', '1101000002'] as const;

/** Somebody tags an instance right before the run, and the list shows it only at this time on the day of the run. */
const tagLate = (setup: ReturnType<typeof createSetup>, id: string, change: object, time = '17:05:00') => {
  const { clock, dependencies } = setup;
  const listInstances: typeof dependencies.listInstances = (next) => {
    if (clock.now().toISOString() >= `2026-11-30T${time}`) setup.tag(id, change);
    return dependencies.listInstances(next);
  };
  return { listInstances };
};

const at = (setup: ReturnType<typeof createSetup>, method: string) =>
  setup.callsOf(method).map(({ id, at: instant }) => [id, instant.slice(11, 19)]);

test('what the first list shows is logged out at once, and an instance whose tag is listed late after five minutes', async () => {
  const setup = createSetup({ [phone]: anna, [tablet]: {} });

  const run = await setup.run(left, tagLate(setup, tablet, { owner }));

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    progress: { total: 2, loggedOut: 2 },
    outcomes: [
      { idInstance: phone, kind: 'logged-out', confirmedAt: '2026-11-30T17:00:01.000Z' },
      { idInstance: tablet, kind: 'logged-out', confirmedAt: '2026-11-30T17:05:01.000Z' },
    ],
  });
  expect(run).not.toHaveProperty('note');
  expect(at(setup, 'logout')).toEqual([
    [phone, '17:00:00'],
    [tablet, '17:05:00'],
  ]);
  expect(setup.evidence.map(({ idInstance }) => idInstance)).toEqual([phone, tablet]);
  expect(run.operations.map(({ name }) => name)).toEqual([
    'start',
    'resolve',
    'round-1-batch-1',
    'wait-after-round-1',
    'round-2-batch-1',
    'wait-for-second-look',
    'second-look',
    'second-look-round-1-batch-1',
    'second-look-wait-after-round-1',
    'second-look-round-2-batch-1',
    'report-end',
  ]);
  expect(run.waits).toEqual([1, 299, 1]);
});

test.each(Object.entries(states).filter(([, stateClass]) => stateClass === 'linked'))(
  'an instance that is %s again is logged out a second time, and leaves a second record',
  async (state) => {
    const setup = createSetup({
      [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', state, 'notAuthorized'] },
    });

    const run = await setup.run(left);

    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      note: '1 instance was linked again after its first logout',
      progress: { total: 1, loggedOut: 1 },
      outcomes: [{ kind: 'logged-out', confirmedAt: '2026-11-30T17:05:01.000Z' }],
    });
    expect(at(setup, 'logout')).toEqual([
      [phone, '17:00:00'],
      [phone, '17:05:00'],
    ]);
    expect(setup.evidence.map(({ outcome, run: part }) => [outcome.confirmed, part?.linkedAgain])).toEqual([
      [true, undefined],
      [true, true],
    ]);
    expect(setup.published).toHaveLength(2);
  },
);

test('an instance that is linked again and does not log out a second time fails the run', async () => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });

  const run = await setup.run(left);

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    note: '1 instance was linked again after its first logout',
    outcomes: [{ kind: 'unconfirmed', confirmed: false }],
  });
  expect(setup.evidence.map(({ outcome }) => outcome.confirmed)).toEqual([true, false]);
});

test('an instance that is linked again and then protected is not said to have been left alone', async () => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    if (setup.callsOf('readState').length === 3) setup.tag(id, { protected: true });
    return setup.dependencies.readTags(id);
  };

  const run = await setup.run(left, { readTags });

  expect(run).toMatchObject({
    status: 'NobodyLoggedOut',
    note: 'no logout is confirmed: 1 instance is protected, excepted, unknown or no longer in the target; it was sent a logout before that and may still be logged in: look in the GREEN-API console; 1 instance was linked again after its first logout',
    outcomes: [{ kind: 'skipped', attempts: 0, skipReason: 'protected' }],
  });
});

test.each([...Object.keys(states), 'someNewState'].filter((state) => stateClassOf(state) !== 'linked'))(
  'an instance whose state is %s five minutes later is left alone',
  async (state) => {
    const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', state] } });

    const run = await setup.run(left);

    const isClear = ['out', 'banned'].includes(stateClassOf(state));
    expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ confirmedAt: '2026-11-30T17:00:01.000Z' }] });
    expect(run.note).toBe(
      isClear
        ? undefined
        : '1 instance could not be read again after its logout, so only its first confirmation is known',
    );
    expect(setup.callsOf('logout')).toHaveLength(1);
  },
);

test('a reading that fails for a moment is repeated', async () => {
  const busy = { kind: 'rate-limited', detail: 'HTTP 429' } as const;
  const setup = createSetup({
    [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', busy, busy, 'notAuthorized'] },
  });

  const run = await setup.run(left);

  expect(run.status).toBe('SUCCEEDED');
  expect(run).not.toHaveProperty('note');
  const readings = at(setup, 'readState').map(([, time]) => time);
  expect(readings).toEqual(['17:00:01', '17:00:01', '17:05:00', '17:05:02', '17:05:04']);
});

test('an instance that the run could not log out is not read again', async () => {
  const setup = createSetup({
    [phone]: { ...anna, logout: [{ kind: 'quota-exceeded', detail: 'HTTP 466' }], state: ['authorized'] },
  });

  const run = await setup.run(left);

  expect(run.outcomes).toMatchObject([{ kind: 'quota-exceeded', attempts: 1 }]);
  expect(setup.callsOf('readState')).toEqual([]);
});

test('what there was no time to read is in the note', async () => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });
  const remainingMs = () => (setup.clock.now().toISOString() < '2026-11-30T17:05' ? 880_000 : -5_000);

  const run = await setup.run(left, {}, remainingMs);

  expect(run.note).toContain('1 instance could not be read again after its logout');
});

test('two instances that are linked again are in the note', async () => {
  const state = ['notAuthorized', 'notAuthorized', 'authorized', 'notAuthorized'];
  const setup = createSetup({ [phone]: { ...anna, state }, [tablet]: { ...anna, state } });

  expect((await setup.run(left)).note).toBe('2 instances were linked again after their first logout');
});

test('a run with nobody at first waits five minutes from its list too', async () => {
  const run = await createSetup({}).run({ ...left, at: '2026-11-30T18:00:00Z' });

  expect(run.waits).toEqual([3_600, 300]);
});

test('an instance that had left the target for a moment is logged out after the second look', async () => {
  const setup = createSetup({ [phone]: anna });
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    const isBack = setup.clock.now().toISOString() >= '2026-11-30T17:05';
    if (!isBack) setup.tag(id, { owner: 'ben@example.com' });
    return setup.dependencies.readTags(id);
  };

  const run = await setup.run(left, { readTags, ...tagLate(setup, phone, { owner }) });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ idInstance: phone, kind: 'logged-out' }] });
});

test('protected instances that the first look only counted are counted once', async () => {
  const guarded: Script = { tags: { owner, protected: true } };
  const ids = Array.from({ length: 3_001 }, (_, index) => String(1_101_000_001 + index));
  const setup = createSetup({ ...Object.fromEntries(ids.map((id) => [id, guarded])), '1101999999': anna });

  const { progress, steps } = await setup.run(left);

  expect(progress).toMatchObject({ total: 3_002, loggedOut: 1, skipped: 3_001 });
  expect(resultsFromSteps(steps).progress).toEqual(progress);
  const { protected: named, unlisted } = JSON.parse(steps.find(({ name }) => name === 'resolve')?.payload ?? '');
  expect([named.length, unlisted]).toEqual([3_000, 1]);
});

test('an instance that stays protected is named once, also if it is protected only before its logout', async () => {
  const setup = createSetup({ [phone]: { tags: { owner, protected: true } }, [tablet]: anna });
  const readTags: typeof setup.dependencies.readTags = async (id) => {
    setup.tag(id, { owner, protected: true });
    return setup.dependencies.readTags(id);
  };

  await setup.run(left, { readTags });

  const lines = setup.facts.filter(({ message }) => message === 'instance skipped');
  expect(lines.map(({ idInstance }) => idInstance)).toEqual([phone, tablet]);
});

test.each([
  ['belongs to somebody else', { owner: 'ben@example.com' }],
  ['is protected', { protected: true }],
])('an instance that %s by then is not logged out again, although it is linked', async (_, change) => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });

  const run = await setup.run(left, tagLate(setup, phone, change));

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out' }], progress: { total: 1 } });
  expect(setup.callsOf('logout')).toHaveLength(1);
});

test.each([
  ['whose tags cannot be read', { readTags: async () => ({ kind: 'unavailable', detail: 'down' }) as const }, true],
  ['whose secret is gone', { readTags: async () => ({ kind: 'unknown-instance', detail: 'gone' }) as const }, false],
  [
    'over which an unexpected error occurs',
    {
      readTags: () => Promise.reject(new RangeError('unforeseen')),
    },
    true,
  ],
] as const)('an instance %s by then is left alone', async (which, change, isMissed) => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });
  const { clock, dependencies } = setup;
  const readTags: typeof dependencies.readTags = (id) =>
    clock.now().toISOString() < '2026-11-30T17:05' ? dependencies.readTags(id) : change.readTags();

  const run = await setup.run(left, { readTags });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ confirmed: true }] });
  expect(run.note?.includes('could not be read again')).toBe(isMissed || undefined);
  expect(setup.callsOf('logout')).toHaveLength(1);
  expect(setup.facts.filter(({ message }) => message === 'unexpected error').length > 0).toBe(
    which.includes('unexpected'),
  );
});

test.each([
  ['WARN', 'authorized', [phone]],
  ['INFO', 'notAuthorized', []],
] as const)('the line about the second look is a %s if the state is %s', async (level, state, linkedAgain) => {
  const setup = createSetup({
    [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', state, 'notAuthorized'] },
  });
  const lines: unknown[] = [];
  const log: typeof setup.dependencies.log = (...line) => void lines.push(line);

  await setup.run(left, { log });

  expect(lines).toContainEqual([level, 'second look', { run: runId, new: [], linkedAgain, notJudged: 0 }]);
});

test('an instance that cannot be logged out does not hold the second look back, and is tried until the run expires', async () => {
  const down = { logout: [{ kind: 'unavailable', detail: 'HTTP 500' }], state: ['authorized'] } as const;
  const setup = createSetup({ [phone]: { ...anna, ...down }, [tablet]: {} });

  const run = await setup.run(left, tagLate(setup, tablet, { owner }));

  expect(run).toMatchObject({
    status: 'NotAllConfirmed',
    outcomes: [{ kind: 'unavailable' }, { kind: 'logged-out', confirmedAt: '2026-11-30T17:05:01.000Z' }],
  });
  expect(setup.clock.now().toISOString()).toBe('2026-12-01T17:00:00.000Z');
  expect(setup.evidence.map(({ idInstance }) => idInstance)).toEqual([tablet, phone]);
  expect(run.operations.length).toBeLessThan(300);
  expect(resultsFromSteps(run.steps.toReversed())).toEqual({ progress: run.progress, outcomes: run.outcomes });
});

test('3,000 instances that stay pending for a day need fewer than the 3,000 operations of an execution', async () => {
  const down: Script = { ...anna, logout: [{ kind: 'unavailable', detail: 'HTTP 500' }], state: ['authorized'] };
  const ids = Array.from({ length: 3_000 }, (_, index) => String(1_101_000_001 + index));
  const setup = createSetup(Object.fromEntries(ids.map((id) => [id, down])));

  const run = await setup.run(left);

  expect(run).toMatchObject({ status: 'NotAllConfirmed', progress: { total: 3_000, failed: 3_000 } });
  expect(run.operations.length).toBeLessThan(1_500);
});

test('what the second look finds beyond maxTargets is not logged out, and the run fails', async () => {
  const setup = createSetup({ [phone]: anna, [tablet]: {} });

  const run = await setup.run({ ...left, maxTargets: 1 }, tagLate(setup, tablet, { owner }));

  const message =
    'the second look makes it 2 targets but maxTargets is 1; what it found was not logged out: to log them all out, start it again with maxTargets 2';
  expect(run).toMatchObject({
    status: 'TooManyTargets',
    message,
    note: message,
    outcomes: [{ idInstance: phone, confirmed: true }],
  });
  expect(setup.callsOf('logout')).toHaveLength(1);
});

test('an instance that is linked again counts once for maxTargets', async () => {
  const setup = createSetup({
    [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized', 'notAuthorized'] },
  });

  const run = await setup.run({ ...left, maxTargets: 1 });

  expect(run.status).toBe('SUCCEEDED');
});

test.each([
  ['keeps what it has done', { [phone]: anna }, { total: 1, loggedOut: 1 }],
  ['says only that, if it found nobody', {}, { total: 0 }],
])('a run that may not list the instances any more fails, and %s', async (_, instances, progress) => {
  const setup = createSetup(instances);
  const { clock, dependencies } = setup;
  const listInstances: typeof dependencies.listInstances = async (next) =>
    clock.now().toISOString() < '2026-11-30T17:05'
      ? dependencies.listInstances(next)
      : { kind: 'list-denied', detail: 'allow secretsmanager:ListSecrets' };

  const run = await setup.run(left, { listInstances });

  const message =
    'the instances cannot be listed again: allow secretsmanager:ListSecrets; an instance that was tagged just before the run may still be logged in';
  expect(run).toMatchObject({ status: 'ListDenied', message, note: message, progress });
});

test('the second look is repeated while Secrets Manager gives no answer', async () => {
  const setup = createSetup({ [phone]: anna, [tablet]: {} });
  const { clock, dependencies } = setup;
  const { listInstances: listLate } = tagLate(setup, tablet, { owner });
  const listInstances: typeof dependencies.listInstances = async (next) => {
    const time = clock.now().toISOString().slice(11, 19);
    return time >= '17:05:00' && time < '17:20:00'
      ? { kind: 'unavailable', detail: 'Secrets Manager: InternalServiceError' }
      : listLate(next);
  };

  const run = await setup.run(left, { listInstances });

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { loggedOut: 2 } });
});

test('a run that expires before its second look fails, and keeps what it has done', async () => {
  const setup = createSetup({ [phone]: anna });

  const run = await setup.run({ ...left, expiresAt: '2026-11-30T17:04:00Z' });

  expect(run).toMatchObject({
    status: 'RunExpired',
    message:
      'the run expired at 2026-11-30T17:04:00Z before its second look: an instance that was tagged just before the run may still be logged in',
    progress: { total: 1, loggedOut: 1 },
  });
  expect(run.waits).toEqual([1]);
});

test('a run that expires at the instant of its second look does not look', async () => {
  const run = await createSetup({ [phone]: anna }).run({ ...left, expiresAt: '2026-11-30T17:05:00Z' });

  expect(run.status).toBe('RunExpired');
});

test('an owner without an instance at first is logged out after the second look', async () => {
  const setup = createSetup({ [tablet]: {} });

  const run = await setup.run(left, tagLate(setup, tablet, { owner }));

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ idInstance: tablet, kind: 'logged-out' }] });
  expect(run.waits).toEqual([300, 1]);
});

test('an owner without an instance at either look is no failure, and is counted', async () => {
  const setup = createSetup({ [tablet]: {} });

  const run = await setup.run(left);

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    note: 'no instance was found for the target',
    progress: { total: 0 },
  });
  expect(run.operations.map(({ name }) => name)).toEqual([
    'start',
    'resolve',
    'wait-for-second-look',
    'second-look',
    'report-end',
  ]);
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'run ended', noInstance: 1 }));
});

test('the five minutes count from the list, which a run with an effective date begins on that date', async () => {
  const setup = createSetup({ [phone]: anna, [tablet]: {} });
  const later = { ...left, at: '2026-11-30T18:00:00Z' };

  await setup.run(later, tagLate(setup, tablet, { owner }, '18:05:00'));

  expect(at(setup, 'logout')).toEqual([
    [phone, '18:00:00'],
    [tablet, '18:05:00'],
  ]);
});

test('an instance that is no longer protected is logged out, and one that is protected by then is skipped', async () => {
  const desk = '1101000003';
  const setup = createSetup({ [phone]: { tags: { owner, protected: true } }, [tablet]: anna, [desk]: {} });
  const { listInstances } = tagLate(setup, phone, { owner, protected: false });
  const both: typeof listInstances = (next) => {
    if (setup.clock.now().toISOString() >= '2026-11-30T17:05') setup.tag(desk, { owner, protected: true });
    return listInstances(next);
  };

  const run = await setup.run(left, { listInstances: both });

  expect(run.outcomes).toMatchObject([
    { idInstance: phone, kind: 'logged-out' },
    { idInstance: tablet, kind: 'logged-out' },
    { idInstance: desk, kind: 'skipped', skipReason: 'protected' },
  ]);
  expect(resultsFromSteps(run.steps)).toEqual({ progress: run.progress, outcomes: run.outcomes });
});

test('the watch follows what both looks logged out', async () => {
  const setup = createSetup({ [phone]: anna, [tablet]: {} });

  await setup.run({ ...left, watchDays: 7 }, tagLate(setup, tablet, { owner }));

  expect(setup.watches.map(({ instances }) => instances.map(([id]) => id))).toEqual([[phone, tablet]]);
});

test('a drill does not look again, and says that a real run would', async () => {
  const setup = createSetup({ [phone]: anna });

  const run = await setup.run({ ...left, dryRun: true });

  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    note: 'a drill: nobody was logged out; a real run would look again after 5 minutes, for instances that were tagged just before it',
    waits: [],
  });
});

test.each(['api', 'schedule'] as const)('a run from %s does not look again', async (source) => {
  const setup = createSetup({ [phone]: anna });

  expect((await setup.run({ ...left, source })).waits).toEqual([1]);
});

test('the steps of a run show what the second look has begun, and what was under way', async () => {
  const down: Script = { ...anna, logout: [{ kind: 'unavailable', detail: 'HTTP 500' }], state: ['authorized'] };
  const setup = createSetup({ [phone]: down, [tablet]: {} });
  const { steps } = await setup.run(left, tagLate(setup, tablet, { owner }));
  const looked = steps.slice(0, steps.findIndex(({ name }) => name === 'second-look') + 1);

  expect(resultsFromSteps(looked).outcomes).toMatchObject([
    { idInstance: phone, kind: 'pending', attempts: expect.any(Number) },
    { idInstance: tablet, kind: 'pending', attempts: 0 },
  ]);
  expect([...instancesUnderWay(looked, ['second-look-round-1-batch-1'])]).toEqual([phone, tablet]);
  expect([...instancesUnderWay(looked.slice(0, 2), ['round-1-batch-1'])]).toEqual([phone]);
});

test('an instance that the first look logged out is pending once the second has found it linked', async () => {
  const setup = createSetup({
    [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized', 'notAuthorized'] },
  });
  const { steps } = await setup.run(left);
  const upTo = (name: string) => resultsFromSteps(steps.slice(0, steps.findIndex((step) => step.name === name) + 1));

  expect(upTo('round-2-batch-1').outcomes).toMatchObject([{ kind: 'logged-out' }]);
  expect(upTo('second-look').outcomes).toMatchObject([{ idInstance: phone as InstanceId, kind: 'pending' }]);
  expect(upTo('second-look-round-2-batch-1').outcomes).toMatchObject([{ confirmedAt: '2026-11-30T17:05:01.000Z' }]);
});

test('an instance that waits for its rotation is not looked at again', async () => {
  const setup = createSetup({ [phone]: { ...anna, state: ['notAuthorized', 'notAuthorized', 'authorized'] } });
  const isLate = () => setup.clock.now().toISOString() >= '2026-11-30T17:10';
  const rotateToken = async () =>
    isLate() ? ({ kind: 'rotated' } as const) : ({ kind: 'not-rotated', detail: 'busy', notBegun: true } as const);

  const run = await setup.run({ ...left, rotateToken: true }, { rotateToken });

  expect(run).toMatchObject({ status: 'SUCCEEDED', outcomes: [{ kind: 'logged-out', token: { kind: 'rotated' } }] });
  expect(setup.callsOf('readState')).toHaveLength(2);
  expect(setup.callsOf('logout')).toHaveLength(1);
});
