import { createSetup, requestOf, type Script } from '../../support/run-setup.ts';

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at): [string, Script] => [String(1_101_000_001 + at), {}]));
const stuck = { '1101000001': { state: ['authorized'] } };

test('rounds without progress are spaced ever further, up to 15 minutes apart, until the run expires', async () => {
  const { waits } = await createSetup(stuck).run();

  expect(waits.slice(0, 3)).toEqual([1, 2, 4]);
  [8, 15, 30, 60, 120, 240, 480, 900, 900].forEach((longest, at) => {
    expect(waits[at + 3]).toBeGreaterThanOrEqual(Math.floor(longest * 0.8));
    expect(waits[at + 3]).toBeLessThanOrEqual(longest);
  });
  expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(24 * 60 * 60);
});

test('two runs retry at different seconds, and each replay of a run at the same ones', async () => {
  const first = await createSetup(stuck).run();
  const again = await createSetup(stuck).run();
  const other = await createSetup(stuck).run(
    requestOf(),
    {},
    undefined,
    'api-ffffffffffffffffffffffffffffffffffffffff',
  );

  expect(again.waits).toEqual(first.waits);
  expect(other.waits).not.toEqual(first.waits);
});

test('a state that alternates forever does not make the run poll every two seconds', async () => {
  const state = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 'notAuthorized' : 'starting'));

  const run = await createSetup({ '1101000001': { state } }).run();

  expect(run.outcomes).toMatchObject([{ kind: 'unconfirmed', attempts: 1 }]);
  expect(run.operations.length).toBeLessThan(300);
});

test('waits when an invocation has little time left, so that the next batches get a new one', async () => {
  const setup = createSetup(many(900));

  const run = await setup.run(requestOf(), {}, () => 60_000);

  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { loggedOut: 900 } });
  expect(run.operations.map(({ name }) => name)).toContain('rest-after-round-1-batch-4');
});

test('processes at most 200 instances at once', async () => {
  const setup = createSetup(many(1_000));
  let now = 0;
  let most = 0;
  const callWithCredential: typeof setup.dependencies.callWithCredential = async (...args) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    return setup.dependencies.callWithCredential(...args);
  };

  await setup.run(requestOf(), { callWithCredential });

  expect(most).toBe(200);
});

test('after a 429 each run retries at a different time, up to 15 seconds later', async () => {
  const logout = [{ kind: 'rate-limited', detail: 'HTTP 429' }, { kind: 'accepted' }] as const;
  const limited: Script = { logout, state: ['authorized', 'notAuthorized'] };
  const firstWaitOf = async (digit: string) =>
    (await createSetup({ '1101000001': limited }).run(requestOf(), {}, undefined, `api-${digit.repeat(40)}`)).waits[0];

  const waits = await Promise.all(['0', '1', '2', '3', '4', '5', '6', '7'].map(firstWaitOf));

  for (const wait of waits) {
    expect(wait).toBeGreaterThanOrEqual(2);
    expect(wait).toBeLessThanOrEqual(17);
  }
  expect(new Set(waits).size).toBeGreaterThan(4);
  expect(await firstWaitOf('0')).toBe(waits[0]);
});

test('the first pause does not hold back an instance whose logout met a failure, nor does a second logout shorten a pause', async () => {
  const failing = { logout: [{ kind: 'unavailable', detail: 'HTTP 500' } as const], state: ['authorized'] };

  expect((await createSetup({ '1101000001': failing }).run()).waits.slice(0, 3)).toEqual([2, 4, 7]);
  expect((await createSetup({ '1101000001': failing, '1101000002': {} }).run()).waits.slice(0, 2)).toEqual([1, 2]);
});

test('a reading that fails between the two of a round breaks the row', async () => {
  const state = ['notAuthorized', { kind: 'unavailable', detail: 'HTTP 500' } as const, 'notAuthorized'];

  const { waits, outcomes } = await createSetup({ '1101000001': { state } }).run();

  expect(waits).toEqual([1, 2]);
  expect(outcomes).toMatchObject([{ kind: 'logged-out', confirmedAt: '2026-11-30T17:00:03.000Z' }]);
});

test.each([
  ['at once', 0],
  ['after 0.3 s', 0.3],
  ['after 1 s', 1],
])('an account that is out %s costs two readings and two rounds', async (_, seconds) => {
  const setup = createSetup({ '1101000001': {} });
  const { readState } = setup.dependencies.greenApi;
  const out = setup.clock.now().getTime() + seconds * 1_000;
  const timed: typeof readState = async (...call) => {
    const { requests } = await readState(...call);
    const stateInstance = setup.clock.now().getTime() >= out ? 'notAuthorized' : 'authorized';
    return { kind: 'state', stateInstance, requests };
  };

  const run = await setup.run(requestOf(), { greenApi: { ...setup.dependencies.greenApi, readState: timed } });

  expect(setup.callsOf('readState')).toHaveLength(2);
  expect(run.operations.map(({ name }) => name).slice(2)).toEqual([
    'round-1-batch-1',
    'wait-after-round-1',
    'round-2-batch-1',
    'report-end',
  ]);
});
