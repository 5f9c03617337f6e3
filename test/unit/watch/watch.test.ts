import { stateClassOf, states } from '../../../functions/green-api/vocabulary.ts';
import { nextPoll } from '../../../functions/watch/poll-schedule.ts';
import { stateFromSteps } from '../../../functions/watch/watch-state.ts';
import { createWatchSetup, tags, watchId } from '../../support/watch-setup.ts';

const id = '1101000001';

test('two consecutive readings of authorized, a minute apart, report that the instance was linked again', async () => {
  const setup = createWatchSetup({ [id]: ['notAuthorized', 'authorized'] });

  const { result, waits } = await setup.run();

  expect(result).toEqual({ ended: [[id, '2026-11-30T17:31:00.000Z', 'linked-again']], unread: 0 });
  expect(waits).toEqual([900, 900, 60]);
  expect(setup.evidence).toEqual([
    {
      version: 1,
      idInstance: id,
      function: 'watch',
      watch: watchId,
      requestedBy: 'com.example.hr 4711',
      reason: 'offboarded',
      requestedAt: '2026-11-30T17:00:00.000Z',
      readings: [
        { at: '2026-11-30T17:30:00.000Z', stateInstance: 'authorized' },
        { at: '2026-11-30T17:31:00.000Z', stateInstance: 'authorized' },
      ],
      outcome: { kind: 'linked-again', stateInstance: 'authorized' },
      run: { id: setup.request.run, source: 'offboarding', tags: { protected: false, ...tags } },
    },
  ]);
  expect(setup.published).toEqual(setup.evidence);
});

test.each([...Object.entries(states).flatMap(([state, stateClass]) => (stateClass === 'linked' ? [state] : []))])(
  'an instance that reads %s is linked again',
  async (stateInstance) => {
    const setup = createWatchSetup({ [id]: ['notAuthorized', 'authorized', stateInstance] });

    await setup.run();

    expect(setup.evidence).toMatchObject([
      {
        readings: [{ stateInstance: 'authorized' }, { stateInstance }],
        outcome: { kind: 'linked-again', stateInstance },
      },
    ]);
  },
);

const linking = Object.entries(states).flatMap(([state, stateClass]) => (stateClass === 'linking' ? [state] : []));

test.each([...linking.map((state) => [state, state]), ...linking.map((state) => [state, 'authorized'])])(
  'an instance that reads %s and then %s is reported',
  async (first, second) => {
    const setup = createWatchSetup({ [id]: ['notAuthorized', first, second] });

    await setup.run();

    expect(setup.evidence).toMatchObject([
      {
        readings: [{ stateInstance: first }, { stateInstance: second }],
        outcome: { kind: 'linked-again', stateInstance: second },
      },
    ]);
  },
);

test.each(linking)('one reading of %s reports nothing: the code was not entered', async (state) => {
  const setup = createWatchSetup({ [id]: [state, 'notAuthorized', state, 'notAuthorized'] });

  expect((await setup.run()).result).toEqual({ ended: [], unread: 0 });
  expect(setup.evidence).toEqual([]);
});

const down = { kind: 'unavailable', detail: 'GREEN-API answered HTTP 500' } as const;
const rejected = { kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401' } as const;
const other = '1101000002';

/** The number of instances that each poll counts as unread. */
const counted = ({ facts }: ReturnType<typeof createWatchSetup>) =>
  facts.filter(({ message }) => message === 'watch poll').map(({ watchUnread }) => watchUnread);

test('an instance that cannot be read is counted from the third poll in a row, until it is read again', async () => {
  const setup = createWatchSetup({ [id]: [down, down, down, down, 'notAuthorized'], [other]: ['notAuthorized'] });

  const { result } = await setup.run();

  expect(counted(setup).slice(0, 6)).toEqual([undefined, undefined, 1, 1, undefined, undefined]);
  expect(setup.facts.filter(({ message }) => message === 'watched instance not read')).toEqual([
    expect.objectContaining({ idInstance: id, reason: 'unread', polls: 3, detail: down.detail }),
  ]);
  expect(result).toEqual({ ended: [], unread: 0 });
});

test.each([...Object.keys(states), 'someNewState', null].filter((state) => !/^link/.test(stateClassOf(state))))(
  'an instance that stays %s is well watched if the state shows that no session is open, and else counts as not read',
  async (stateInstance) => {
    const setup = createWatchSetup({ [id]: [{ kind: 'state', stateInstance }], [other]: ['notAuthorized'] });

    const { result, error } = await setup.run();

    const isClosed = ['out', 'banned'].includes(stateClassOf(stateInstance));
    expect(counted(setup).slice(0, 3)).toEqual([undefined, undefined, isClosed ? undefined : 1]);
    expect(result).toEqual(isClosed ? { ended: [], unread: 0 } : undefined);
    expect(error).toEqual(isClosed ? undefined : expect.objectContaining({ errorType: 'InstancesNotRead' }));
    const named = setup.facts.filter(({ message }) => message === 'watched instance not read');
    expect(named.map(({ detail }) => detail)).toEqual(isClosed ? [] : [`the state is ${stateInstance}`]);
  },
);

test('failed readings that are not in a row count nothing', async () => {
  const setup = createWatchSetup({ [id]: [down, down, 'notAuthorized', down, down, 'notAuthorized'] });

  await setup.run();

  expect(new Set(counted(setup))).toEqual(new Set([undefined]));
});

test('a rejected token is counted at once: a thief with a copy may have changed it', async () => {
  const setup = createWatchSetup({ [id]: ['notAuthorized', rejected, rejected, 'notAuthorized'] });

  await setup.run();

  expect(counted(setup).slice(0, 4)).toEqual([undefined, 1, 1, undefined]);
  expect(setup.facts).toContainEqual(
    expect.objectContaining({ message: 'watched instance not read', idInstance: id, reason: 'rejected', polls: 1 }),
  );
});

test.each([
  ['never', [down]],
  ['no longer', ['notAuthorized', 'notAuthorized', down]],
  ['no longer, because its token is rejected,', [...Array(95).fill('notAuthorized'), rejected]],
])('a watch that could %s read an instance at its end fails, and names it', async (_, script) => {
  const setup = createWatchSetup({ [id]: script, [other]: ['notAuthorized'] });

  const { result, error } = await setup.run();

  expect(result).toBeUndefined();
  expect(error).toMatchObject({ errorType: 'InstancesNotRead', message: expect.stringMatching(/^1 of 2 instances /) });
  expect(JSON.parse((error as { errorData: string }).errorData)).toEqual({ ended: [], unread: 1, notRead: [id] });
});

test('a watch that ends after two polls, because it began late, fails for an instance that it never read', async () => {
  const setup = createWatchSetup({ [id]: [down], [other]: ['notAuthorized', down] });

  const { error } = await setup.run({ ...setup.request, until: '2026-11-30T17:20:00.000Z' });

  expect(error).toMatchObject({ errorType: 'InstancesNotRead' });
  expect(JSON.parse((error as { errorData: string }).errorData)).toMatchObject({ notRead: [id] });
});

test('a watch whose last poll alone met a failure succeeds', async () => {
  const setup = createWatchSetup({ [id]: [...Array(95).fill('notAuthorized'), down] });

  expect((await setup.run()).result).toEqual({ ended: [], unread: 1 });
});

test('an instance that is released is not missed', async () => {
  const setup = createWatchSetup({ [id]: [down], [other]: ['notAuthorized'] });
  const readTags: Parameters<typeof setup.run>[1] = {
    readTags: async (each) =>
      each === id && setup.calls.filter((call) => call.id === id).length > 3
        ? { kind: 'unknown-instance', detail: 'gone' }
        : { kind: 'tags', instance: { idInstance: each, protected: false, ...tags } },
  };

  const { result } = await setup.run(setup.request, readTags);

  expect(result).toMatchObject({ ended: [[id, expect.any(String), 'secret-removed']], unread: 0 });
});

test('3,000 instances that are never read take little of the history', async () => {
  const ids = Array.from({ length: 3_000 }, (_, at) => String(1_101_000_001 + at));
  const setup = createWatchSetup(Object.fromEntries(ids.map((each) => [each, []])));
  const greenApi = { readState: async () => ({ ...down, requests: 1 }) };

  const until = '2026-11-30T20:00:00.000Z';
  const { operations, error } = await setup.run({ ...setup.request, until }, { greenApi });

  expect(JSON.parse((error as { errorData: string }).errorData).notRead).toHaveLength(3_000);
  const bytes = operations.map(({ payload = '' }) => payload.length);
  expect(Math.max(...bytes)).toBeLessThan(100_000);
  expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(250_000);
});

test('a poll of version 0.2, which has no state of a suspect, is read', () => {
  const poll = {
    at: '2026-11-30T17:15:00.000Z',
    linkedAgain: [],
    released: [],
    suspects: [[id, '2026-11-30T17:15:00.000Z']],
    unread: 0,
  };
  const { request } = createWatchSetup({ [id]: [] });

  const { suspects } = stateFromSteps(request, [{ name: 'poll-1', payload: JSON.stringify(poll) }]);

  expect([...suspects]).toEqual([[id, { at: '2026-11-30T17:15:00.000Z', stateInstance: 'authorized' }]]);
});

test.each([
  ['a state that was briefly wrong', ['authorized', 'notAuthorized', 'authorized', 'notAuthorized']],
  ['an intermediate state', ['authorized', 'starting', 'authorized', 'notAuthorized']],
])('a single reading of authorized reports nothing: %s', async (_, script) => {
  const setup = createWatchSetup({ [id]: script });

  const { result } = await setup.run();

  expect(result).toEqual({ ended: [], unread: 0 });
  expect([setup.evidence, setup.published]).toEqual([[], []]);
});

test('a failed reading between two readings of authorized changes nothing', async () => {
  const failure = { kind: 'unavailable', detail: 'HTTP 500' } as const;
  const setup = createWatchSetup({ [id]: ['authorized', failure, 'authorized', 'notAuthorized'] });

  await setup.run();

  expect(setup.evidence).toHaveLength(1);
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'watch poll', unread: 1 }));
});

test.each([
  ['its owner has changed', { owner: 'ben@example.com' }, 'tag-changed'],
  ['its group has changed', { group: 'support' }, 'tag-changed'],
  ['its secret is gone', undefined, 'secret-removed'],
] as const)('an instance is released when %s, and not read any more', async (_, change, reason) => {
  const setup = createWatchSetup({ [id]: ['authorized'], '1101000002': ['notAuthorized'] });
  const instance = setup.listed.get(id);
  if (change === undefined || instance === undefined) setup.listed.delete(id);
  else setup.listed.set(id, { ...instance, ...change });

  const { result } = await setup.run();

  expect(result).toEqual({ ended: [[id, '2026-11-30T17:15:00.000Z', reason]], unread: 0 });
  expect(setup.calls.some((call) => call.id === id)).toBe(false);
  expect(setup.facts).toContainEqual(
    expect.objectContaining({ message: 'instance released from watch', idInstance: id, reason }),
  );
});

test('an instance that becomes protected is still watched', async () => {
  const setup = createWatchSetup({ [id]: ['notAuthorized', 'authorized'] });
  const instance = setup.listed.get(id);
  if (instance !== undefined) setup.listed.set(id, { ...instance, protected: true });

  await setup.run();

  expect(setup.evidence).toHaveLength(1);
});

test('an unexpected error for one instance does not affect the others', async () => {
  const setup = createWatchSetup({ [id]: [], '1101000002': ['notAuthorized', 'authorized'] });
  const readTags = async (idInstance: string) => {
    if (idInstance === id) throw new RangeError('unforeseen');
    return { kind: 'tags' as const, instance: { idInstance: idInstance as never, protected: false, ...tags } };
  };

  await setup.run(setup.request, { readTags });

  expect(setup.evidence.map(({ idInstance }) => idInstance)).toEqual(['1101000002']);
  expect(setup.facts).toContainEqual(expect.objectContaining({ message: 'unexpected error', error: 'RangeError' }));
});

test('500 instances are watched for 30 days with one step per poll and at most 2,000 operations', async () => {
  const ids = Array.from({ length: 500 }, (_, at) => String(1_101_000_001 + at));
  const setup = createWatchSetup(Object.fromEntries(ids.map((each) => [each, ['notAuthorized']])));
  const until = '2026-12-30T17:00:00.000Z';
  let read = 0;
  const greenApi = {
    readState: async () => {
      read += 1;
      return { kind: 'state', stateInstance: 'notAuthorized', requests: 1 } as const;
    },
  };

  const { operations, waits, result } = await setup.run({ ...setup.request, until }, { greenApi });

  expect(operations.length).toBeLessThanOrEqual(2_000);
  expect(operations.length).toBeGreaterThan(1_900);
  expect(waits.slice(0, 96)).toEqual(Array(96).fill(900));
  // 29 days, as often as the rest of the budget allows.
  expect(Math.max(...waits.slice(96))).toBeLessThan(50 * 60);
  expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(30 * 86_400);
  expect(read).toBe(500 * waits.length);
  expect(result).toEqual({ ended: [], unread: 0 });
});

test('a state that alternates for 30 days does not use up the operations', async () => {
  const script = Array.from({ length: 3_000 }, (_, at) => (at % 2 === 0 ? 'authorized' : 'notAuthorized'));
  const setup = createWatchSetup({ [id]: script });

  const { operations, waits } = await setup.run({ ...setup.request, until: '2026-12-30T17:00:00.000Z' });

  expect(operations.length).toBeLessThanOrEqual(2_000);
  expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(30 * 86_400);
});

test('a suspect that cannot be read again in the last hours does not exceed the operations', () => {
  const leftMs = 30 * 86_400_000;
  let [elapsedMs, used, rechecks] = [0, 1, 0];
  for (;;) {
    const isSuspicious = leftMs - elapsedMs < 2 * 3_600_000;
    const next = nextPoll({ elapsedMs, leftMs: leftMs - elapsedMs, used, isSuspicious, rechecks });
    if (next === undefined) break;
    elapsedMs += next.seconds * 1_000;
    used += 2;
    rechecks += Number(next.isRecheck);
  }

  expect(rechecks).toBeGreaterThan(0);
  expect(used).toBeLessThanOrEqual(2_000);
});

test('an invalid payload of a watch fails with the names of the fields, without their values', async () => {
  const setup = createWatchSetup({ [id]: [] });

  const { error } = await setup.run({ ...setup.request, until: 'apiTokenInstance-of-somebody' });

  expect(error).toMatchObject({ name: 'InvalidWatch', message: 'The payload is not a watch: see until' });
  expect(setup.calls).toEqual([]);
});
