import * as fc from 'fast-check';
import type { InstanceId } from '../../../functions/green-api/instance-id.ts';
import { byPlace, isWaitAfterRound, placeOf } from '../../../functions/runs/operation-names.ts';
import { type Outcome, resultsOf } from '../../../functions/runs/outcome.ts';
import { phaseOf } from '../../../functions/runs/phase.ts';
import {
  instancesUnderWay,
  resultsAtEnd,
  resultsFromSteps,
  retriesIn,
} from '../../../functions/runs/results-from-steps.ts';
import { longestSummaryBytes, parseSummary, summarize } from '../../../functions/runs/summary.ts';
import { createSetup } from '../../support/run-setup.ts';

const idAt = (index: number) => String(1_101_000_001 + index) as InstanceId;
const confirmedAt = '2026-11-30T17:00:02.123Z';

test('the steps of a run show the progress of each instance at any time', async () => {
  const setup = createSetup({
    '1': {},
    '2': { logout: [{ kind: 'instance-deleted', detail: 'HTTP 400' }] },
    '3': { tags: { protected: true } },
  });
  const { steps, progress, outcomes } = await setup.run();

  const started = resultsFromSteps(steps.slice(0, 1));
  const resolved = resultsFromSteps(steps.slice(0, 2));
  const afterOneRound = resultsFromSteps(steps.slice(0, 3));
  const ended = resultsFromSteps(steps.toReversed());

  expect(started).toEqual({
    progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 },
    outcomes: [],
  });
  expect(resolved.progress).toEqual({ total: 3, loggedOut: 0, failed: 0, skipped: 1, pending: 2, ready: 0 });
  expect(afterOneRound.progress).toEqual({ total: 3, loggedOut: 0, failed: 1, skipped: 1, pending: 1, ready: 0 });
  expect(afterOneRound.outcomes[0]).toEqual({
    idInstance: '1',
    kind: 'pending',
    confirmed: false,
    attempts: 1,
    detail: 'GREEN-API accepted the logout, and no reading after it reported notAuthorized',
  });
  expect(ended).toEqual({ progress, outcomes });
});

test('steps of any content never make the progress throw', () => {
  const step = fc.record({
    name: fc.constantFrom('resolve', 'round-1-batch-1', 'start', 'else'),
    payload: fc.option(fc.oneof(fc.json(), fc.string()), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      expect(resultsFromSteps(steps).progress.total).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('a summary preserves every outcome', () => {
  const outcome = (index: number): fc.Arbitrary<Outcome> =>
    fc.oneof(
      fc.constant({ idInstance: idAt(index), kind: 'logged-out' as const, confirmed: true, attempts: 1, confirmedAt }),
      fc.record({
        idInstance: fc.constant(idAt(index)),
        kind: fc.constant('ready' as const),
        confirmed: fc.constant(false),
        attempts: fc.constant(0),
        tags: fc.constantFrom(
          { owner: 'ann@example.com' },
          { group: 'sales' },
          { owner: 'ann@example.com', group: 'sales' },
        ),
      }),
      fc.record({
        idInstance: fc.constant(idAt(index)),
        kind: fc.constantFrom('unavailable' as const, 'skipped' as const),
        confirmed: fc.constant(false),
        attempts: fc.nat(9),
        detail: fc.oneof(fc.string(), fc.constant(`there is no secret green-api/${idAt(index)}`)),
      }),
    );
  const outcomes = fc.nat(20).chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => outcome(at))));
  fc.assert(
    fc.property(outcomes, (list) => {
      const results = resultsOf(list);
      expect(parseSummary(JSON.stringify(summarize(results)))).toEqual(results);
    }),
  );
});

test.each([
  ['confirmed', { kind: 'logged-out', confirmed: true, confirmedAt }],
  ['not confirmed', { kind: 'unavailable', confirmed: false, detail: 'no answer from GREEN-API: ECONNRESET' }],
] as const)('3,000 outcomes that are %s fit into the result that Lambda stores', (_, shared) => {
  const outcomes = Array.from({ length: 3_000 }, (_each, at) => ({
    idInstance: idAt(at),
    attempts: (at % 4) + 1,
    ...shared,
  }));

  const bytes = Buffer.byteLength(JSON.stringify(summarize(resultsOf(outcomes))));

  expect(bytes).toBeLessThan(longestSummaryBytes / 2);
});

test('outcomes that have nothing in common and do not fit are replaced by their counts', () => {
  const outcomes = Array.from({ length: 3_000 }, (_each, at) => ({
    idInstance: idAt(at),
    kind: 'unavailable' as const,
    confirmed: false,
    attempts: 1,
    detail: `reason ${at} ${'x'.repeat(200)}`,
  }));

  const summary = summarize(resultsOf(outcomes));

  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(longestSummaryBytes);
  expect(summary).toMatchObject({
    progress: { failed: 3_000 },
    outcomes: [],
    note: 'too many different outcomes: see the evidence',
  });
});

test('a summary keeps its outcomes as long as Lambda keeps it', () => {
  const summaryOf = (length: number) =>
    summarize(
      resultsOf([
        { idInstance: idAt(0), kind: 'unavailable', confirmed: false, attempts: 1, detail: 'x'.repeat(length) },
      ]),
    );
  const longest = longestSummaryBytes - Buffer.byteLength(JSON.stringify(summaryOf(0)));

  expect([summaryOf(longest), summaryOf(longest + 1)].map(({ outcomes }) => outcomes.length)).toEqual([1, 0]);
});

test('a summary with an instance that has no id is none', () => {
  const summary = summarize(resultsOf([{ idInstance: idAt(0), kind: 'ready', confirmed: false, attempts: 0 }]));

  expect(parseSummary(JSON.stringify(summary).replace(idAt(0), '../1'))).toBeUndefined();
});

test('a value that is not a summary is read as undefined', () => {
  fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => parseSummary(text) === undefined));
});

test('3,000 outcomes with long tags fit without their tags, and the note reports it', () => {
  const outcomes = Array.from({ length: 3_000 }, (_each, at) => ({
    idInstance: idAt(at),
    kind: 'logged-out' as const,
    confirmed: true,
    attempts: 1,
    confirmedAt,
    tags: { owner: `person-${at}@${'example'.repeat(20)}.com`, group: 'sales' },
  }));

  const summary = summarize(resultsOf(outcomes), { note: 'a remark' });

  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(longestSummaryBytes);
  expect(summary.note).toBe('a remark; the tags are too long for this answer: see the evidence');
  expect(parseSummary(JSON.stringify(summary))?.outcomes).toHaveLength(3_000);
});

test('a stopped run does not report a token as not rotated if its rotation was in progress', () => {
  const resolve = {
    kind: 'resolved',
    targets: [idAt(0), idAt(1)],
    excepted: [],
    protected: [],
    unlisted: 0,
  };
  const confirmed = { kind: 'pending', confirmed: true, attempts: 1, confirmedAt };
  const batch = { round: 1, targetStates: [idAt(0), idAt(1)].map((idInstance) => ({ idInstance, ...confirmed })) };
  const steps = [
    { name: 'resolve', payload: JSON.stringify(resolve) },
    { name: 'round-1-batch-1', payload: JSON.stringify(batch) },
  ];

  const { outcomes } = resultsAtEnd(steps, new Set([idAt(1)]), 'the run was stopped');

  expect(outcomes.map(({ token }) => token?.detail)).toEqual([
    'the run was stopped before the token was rotated',
    'the run was stopped while the token was being rotated: the newest evidence record shows whether it was',
  ]);
});

test('a stopped run shows the tags of an instance that was still pending', async () => {
  const tags = { owner: 'john.doe@example.com', group: 'sales' };
  const setup = createSetup({ '1': { tags } });
  const { steps } = await setup.run();

  const { outcomes } = resultsAtEnd(steps.slice(0, 3), new Set(), 'the run was stopped');

  expect(outcomes).toMatchObject([{ idInstance: '1', kind: 'unconfirmed', tags }]);
});

describe('the steps of a run that ended without a summary', () => {
  const [a, b, c, d] = [idAt(0), idAt(1), idAt(2), idAt(3)] as const;
  const step = (name: string, result: object) => ({ name, payload: JSON.stringify(result) });
  const found = (targets: readonly string[], more: object = {}) => ({
    kind: 'resolved',
    targets,
    excepted: [],
    protected: [],
    unlisted: 0,
    ...more,
  });
  const out = (idInstance: string) => ({ idInstance, kind: 'logged-out', confirmed: true, attempts: 1, confirmedAt });
  const open = (idInstance: string, attempts = 1) => ({ idInstance, kind: 'pending', confirmed: false, attempts });
  const steps = [
    step('resolve', found([a, b, c], { unlisted: 9 })),
    step('round-1-batch-1', { round: 1, targetStates: [out(a), open(b), open(c)] }),
    step('round-2-batch-1', { round: 2, targetStates: [open(b, 2), open(c, 2)] }),
    step('round-3-batch-1', { round: 3, targetStates: [open(b, 3), { ...out(c), kind: 'refused', confirmed: false }] }),
    step('second-look', found([d, a], { linkedAgain: [a], unlisted: 4 })),
    step('second-look-round-1-batch-1', { round: 1, targetStates: [open(b, 4), out(d), open(a, 2)] }),
  ];

  test.each([
    ['the first round', 1, 'round-1-batch-1', [a, b, c]],
    ['a round after it', 2, 'round-2-batch-1', [b, c]],
    ['the first round after the second look', 5, 'second-look-round-1-batch-1', [b, d, a]],
    ['a round after that', 6, 'second-look-round-2-batch-1', [b, a]],
    ['another batch of it', 6, 'second-look-round-2-batch-2', []],
    ['no round', 6, 'second-look-wait-after-round-1', []],
    ['a round of unknown targets', 0, 'round-1-batch-1', []],
  ])('tell which instances %s processed when it ended', (_, count, unfinished, instances) => {
    expect([...instancesUnderWay(steps.slice(0, count), [unfinished])]).toEqual(instances);
  });

  test('tell what was under way after the second look, if the first found nobody', () => {
    const looked = [step('resolve', found([])), step('second-look', found([d]))];

    expect([...instancesUnderWay(looked, ['second-look-round-1-batch-1'])]).toEqual([d]);
  });

  test('leave nobody out, also those who are counted and not named', () => {
    const { progress, outcomes } = resultsAtEnd(steps, new Set([b]), 'the run was stopped');

    expect(progress).toEqual({ total: 8, loggedOut: 1, failed: 3, skipped: 4, pending: 0, ready: 0 });
    expect(outcomes).toMatchObject([
      {
        idInstance: a,
        kind: 'unconfirmed',
        attempts: 2,
        detail: 'the run was stopped before the logout was confirmed',
      },
      {
        idInstance: b,
        kind: 'unconfirmed',
        attempts: 4,
        detail:
          'the run was stopped while it processed this instance: a logout was sent; an evidence record that confirms it counts',
      },
      { idInstance: c, kind: 'refused' },
      { idInstance: d, kind: 'logged-out' },
    ]);
  });

  test('tell who was in the second batch of a round, and who was never tried', () => {
    const ids = Array.from({ length: 201 }, (_, index) => idAt(index));
    const [first, ...others] = ids.slice(0, 200);
    const states = [open(String(first), 0), ...others.map(out)];
    const looked = [
      step('resolve', found(ids)),
      step('round-1-batch-1', { round: 1, targetStates: states }),
      step('second-look', found([])),
    ];

    const underWay = instancesUnderWay(looked.slice(0, 2), ['round-1-batch-2']);
    const { outcomes } = resultsAtEnd(looked, underWay, 'the run was stopped');

    expect([...underWay]).toEqual([ids[200]]);
    expect(outcomes.filter(({ kind }) => kind !== 'logged-out')).toMatchObject([
      { idInstance: first, kind: 'not-attempted', attempts: 0 },
      { idInstance: ids[200], kind: 'unconfirmed', attempts: 1, detail: expect.stringContaining('may have been sent') },
    ]);
    expect(retriesIn(looked).size).toBe(200);
  });

  test('count an instance as pending whose batch cannot be read', () => {
    const unreadable = [
      { name: 'round-2-batch-1', payload: '{"round":2' },
      step('no-round', { round: 2, targetStates: [out(b)] }),
    ];

    expect(resultsFromSteps([...steps.slice(0, 2), ...unreadable])).toMatchObject({
      progress: { total: 12, loggedOut: 1, skipped: 9, pending: 2 },
    });
  });

  test('keep what was read of a pending instance, and that it was linked again', () => {
    const retry = { readings: [{ at: confirmedAt, stateInstance: null }], isLogout: true };
    const kept = retriesIn([
      ...steps.slice(0, 1),
      step('round-1-batch-1', { round: 1, targetStates: [{ ...open(a), retry }, open(b)] }),
      ...steps.slice(4, 5),
    ]);

    expect([...kept]).toEqual([
      [a, { ...retry, linkedAgain: true }],
      [b, {}],
    ]);
  });
});

test('rounds and batches of two digits are read from the names of operations, in their order', () => {
  const names = ['second-look-round-1-batch-1', 'round-12-batch-15', 'round-12-batch-3', 'round-2-batch-15'];
  const places = names.map((name) => placeOf(name)).filter((place) => place !== undefined);

  expect(places.toSorted(byPlace)).toEqual([
    { look: 'first', round: 2, batch: 15 },
    { look: 'first', round: 12, batch: 3 },
    { look: 'first', round: 12, batch: 15 },
    { look: 'second', round: 1, batch: 1 },
  ]);
  expect(['xround-1-batch-1', 'round-1-batch-1x', 'resolve'].map(placeOf)).toEqual([undefined, undefined, undefined]);
  expect(
    ['wait-after-round-12', 'second-look-wait-after-round-1', 'a-wait-after-round-1', 'wait-after-round-1-x'].map(
      isWaitAfterRound,
    ),
  ).toEqual([true, true, false, false]);
});

test.each([
  [[], 0, { phase: 'starting' }],
  [['resolve'], 0, { phase: 'finding-targets' }],
  [['second-look'], 2, { phase: 'finding-targets' }],
  [['round-1-batch-1'], 2, { phase: 'processing' }],
])('a run with the open steps %j and %i instances is in %j', (unfinished, total, phase) => {
  const progress = { total, loggedOut: 0, failed: 0, skipped: 0, pending: total, ready: 0 };

  expect(phaseOf({ kind: 'history', steps: [], unfinished }, progress)).toEqual(phase);
});

test('a run between two rounds says how many instances are pending', () => {
  const progress = { total: 3, loggedOut: 1, failed: 0, skipped: 0, pending: 2, ready: 0 };
  const until = new Date(0);
  const waiting = { name: 'wait-after-round-1', until };

  expect(phaseOf({ kind: 'history', steps: [], unfinished: [], waiting }, progress)).toEqual({
    phase: 'waiting-for-next-round',
    note: '2 instances are pending; the run tries again',
    nextActionAt: until,
  });
});
