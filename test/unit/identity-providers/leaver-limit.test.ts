import fc from 'fast-check';
import type { IdentityProvider } from '../../../functions/identity-providers/identity-providers.ts';
import {
  createLeaverLimit,
  listLagMs,
  mostLeavers,
  readingTtlMs,
  waitingPerHourly,
} from '../../../functions/identity-providers/leaver-limit.ts';
import { countedLeaverOf, countedRunNameOf, formerRunNameOf, type RunName } from '../../../functions/runs/run-name.ts';

const hourMs = 3_600_000;

const providerOf = (maxPerHour: number, name = 'entra'): IdentityProvider => ({
  name,
  kind: 'scim',
  tokenSha256: [],
  maxPerHour,
});

const causeOf = (key: string) => ({ stack: 'stack', requester: 'scim entra', key });

/** The name of a run of a person. */
const runOf = (person: string, { key = person, provider = 'entra', isWaiting = false } = {}): RunName =>
  countedRunNameOf(causeOf(key), { provider, isWaiting }, [person]);

/** A Lambda with a delayed list, and any number of copies of a function with one clock. */
const startLambda = ({ copies = 1, lagMs = listLagMs } = {}) => {
  let now = 1_700_000_000_000;
  let reads = 0;
  const started = new Map<RunName, { readonly startedAtMs: number; hasEnded: boolean }>();
  const createCopy = () => {
    const limit = createLeaverLimit({
      listCountedRuns: async (which) => {
        reads += 1;
        const sinceMs = which === 'not-ended' ? 0 : which.startedSince.getTime();
        const runs = [...started].flatMap(([name, { startedAtMs, hasEnded }]) => {
          const leaver = countedLeaverOf(name);
          const isWanted = startedAtMs > sinceMs && (which !== 'not-ended' || !hasEnded);
          return leaver !== undefined && isWanted && startedAtMs <= now - lagMs
            ? [{ ...leaver, name, startedAtMs }]
            : [];
        });
        return { kind: 'runs', runs };
      },
      copies,
      now: () => now,
    });
    return {
      limit,
      report: async (provider: IdentityProvider, name: RunName) => {
        const admission = await limit.admit(provider, name);
        if (admission.kind === 'admitted') started.set(name, { startedAtMs: now, hasEnded: false });
        return admission;
      },
    };
  };
  return {
    createCopy,
    started,
    reads: () => reads,
    pass: (ms: number): void => {
      now += ms;
    },
    endAll: () => {
      for (const run of started.values()) run.hasEnded = true;
    },
  };
};

const kindsOf = (admissions: readonly { readonly kind: string; readonly why?: string }[]) =>
  admissions.map(({ kind, why }) => why ?? kind);

test('for any arrival times and any lag of the list, several copies together start at most the stated number of people per hour', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0, 1_500, listLagMs),
      fc.array(fc.tuple(fc.nat(3), fc.oneof(fc.constant(0), fc.nat(1_500), fc.nat(120_000))), { maxLength: 300 }),
      async (maxPerHour, copies, lagMs, arrivals) => {
        const lambda = startLambda({ copies, lagMs });
        const all = Array.from({ length: copies }, lambda.createCopy);
        for (const [index, [copy, gapMs]] of arrivals.entries()) {
          lambda.pass(gapMs);
          await all[copy % copies]?.report(providerOf(maxPerHour), runOf(`person-${index}`));
        }
        const times = [...lambda.started.values()].map(({ startedAtMs }) => startedAtMs);
        const most = mostLeavers(maxPerHour, copies);
        for (const end of times)
          expect(times.filter((at) => at > end - hourMs && at <= end).length).toBeLessThanOrEqual(most);
      },
    ),
  );
});

test.each([
  [20, 1, 20],
  [20, 2, 30],
  [50, 10, 140],
  [3, 10, 30],
])('with maxPerHour %i, %i copies together admit at most %i people', (maxPerHour, copies, most) => {
  expect(mostLeavers(maxPerHour, copies)).toBe(most);
});

test('a flood over two copies starts more than maxPerHour, but not more than the bound', async () => {
  const lambda = startLambda({ copies: 2 });
  const copies = [lambda.createCopy(), lambda.createCopy()];
  for (let tick = 0; tick < 200; tick += 1) {
    for (const [index, copy] of copies.entries()) await copy.report(providerOf(20), runOf(`person-${tick}-${index}`));
    lambda.pass(500);
  }

  expect(lambda.started.size).toBeGreaterThan(20);
  expect(lambda.started.size).toBeLessThanOrEqual(mostLeavers(20, 2));
});

test('one copy alone starts exactly maxPerHour, however many are reported at once', async () => {
  const lambda = startLambda();
  const copy = lambda.createCopy();

  const all = await Promise.all(
    Array.from({ length: 30 }, (_, index) => copy.report(providerOf(20), runOf(`person-${index}`))),
  );

  expect(all.filter(({ kind }) => kind === 'admitted')).toHaveLength(20);
  expect(lambda.reads()).toBe(1);
});

test('a copy of several starts its share, and goes on when Lambda lists what it started', async () => {
  const lambda = startLambda({ copies: 10, lagMs: 3_000 });
  const copy = lambda.createCopy();
  const report = (from: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => copy.report(providerOf(50), runOf(`person-${from + index}`))),
    );

  const first = await report(0, 11);
  lambda.pass(3_000);
  const listed = await report(11, 1);
  lambda.pass(readingTtlMs);
  const known = await report(12, 10);

  expect(kindsOf(first)).toEqual([...Array(10).fill('admitted'), 'too-fast']);
  expect(first.at(-1)).toMatchObject({ retryAfter: 5 });
  // Another copy may still use a reading from before.
  expect(kindsOf(listed)).toEqual(['too-fast']);
  expect(kindsOf(known)).toEqual(Array(10).fill('admitted'));
});

test('holds leavers back until the oldest one is an hour old', async () => {
  const lambda = startLambda();
  const copy = lambda.createCopy();
  await copy.report(providerOf(2), runOf('one'));
  lambda.pass(600_000);
  await copy.report(providerOf(2), runOf('two'));

  expect(await copy.report(providerOf(2), runOf('three'))).toEqual({
    kind: 'held-back',
    why: 'hour',
    retryAfter: 3_000,
  });
  lambda.pass(3_000_000);
  expect(await copy.report(providerOf(2), runOf('three'))).toEqual({ kind: 'admitted' });
});

test('another run of the same person costs nothing, in this copy and in another', async () => {
  const lambda = startLambda();
  const copy = lambda.createCopy();
  await copy.report(providerOf(1), runOf('one'));

  expect(await copy.report(providerOf(1), runOf('one', { key: 'again' }))).toEqual({ kind: 'admitted' });
  lambda.pass(listLagMs);
  const other = lambda.createCopy();
  expect(await other.report(providerOf(1), runOf('one', { key: 'once more' }))).toEqual({ kind: 'admitted' });
  expect(await other.report(providerOf(1), runOf('two'))).toMatchObject({ kind: 'held-back' });
});

test('a new copy counts the runs that Lambda lists, those with names of version 0.2 too', async () => {
  const lambda = startLambda();
  await lambda.createCopy().report(providerOf(2), runOf('one'));
  await lambda.createCopy().report(providerOf(2), formerRunNameOf(causeOf('two'), 'entra'));
  lambda.pass(listLagMs);

  expect(await lambda.createCopy().report(providerOf(2), runOf('three'))).toMatchObject({ kind: 'held-back' });
});

test('an identity provider cannot use up the limit of another provider', async () => {
  const copy = startLambda().createCopy();
  await copy.report(providerOf(1), runOf('one'));

  expect(await copy.report(providerOf(1, 'okta'), runOf('two', { provider: 'okta' }))).toEqual({ kind: 'admitted' });
});

describe('runs that wait for a later date', () => {
  const most = 2 * waitingPerHourly;
  const report = async (lambda: ReturnType<typeof startLambda>, count: number, prefix = 'person') => {
    const copy = lambda.createCopy();
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        copy.report(providerOf(2), runOf(`${prefix}-${index}`, { isWaiting: true })),
      ),
    );
  };

  test('count for as long as they have not ended, ten for each person of maxPerHour', async () => {
    const lambda = startLambda({ lagMs: 0 });

    const all = await report(lambda, most + 1);
    lambda.pass(10 * 24 * hourMs);
    const later = await report(lambda, 1, 'another');
    lambda.endAll();
    const afterwards = await report(lambda, most, 'next');

    expect(kindsOf(all)).toEqual([...Array(most).fill('admitted'), 'waiting']);
    expect(kindsOf(later)).toEqual(['waiting']);
    expect(kindsOf(afterwards)).toEqual(Array(most).fill('admitted'));
  });

  test('take nothing from the limit for an hour', async () => {
    const lambda = startLambda({ lagMs: 0 });
    await report(lambda, most);

    expect(await lambda.createCopy().report(providerOf(2), runOf('one'))).toEqual({ kind: 'admitted' });
  });
});

test('a run that Lambda did not start counts only for as long as the list can be outdated', async () => {
  const lambda = startLambda();
  const { limit } = lambda.createCopy();
  await limit.admit(providerOf(1), runOf('one'));
  limit.release(runOf('one'));

  expect(await limit.admit(providerOf(1), runOf('two'))).toMatchObject({
    kind: 'held-back',
    retryAfter: listLagMs / 1_000,
  });
  lambda.pass(listLagMs);
  expect(await limit.admit(providerOf(1), runOf('two'))).toEqual({ kind: 'admitted' });
});

test('refuses every leaver while the runs cannot be counted, and reads the list again at once', async () => {
  let isDown = true;
  const failure = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
  const limit = createLeaverLimit({
    listCountedRuns: async () => (isDown ? failure : { kind: 'runs', runs: [] }),
    copies: 1,
    now: () => 0,
  });

  expect(await limit.admit(providerOf(1), runOf('one'))).toEqual(failure);
  isDown = false;
  expect(await limit.admit(providerOf(1), runOf('one'))).toEqual({ kind: 'admitted' });
});
