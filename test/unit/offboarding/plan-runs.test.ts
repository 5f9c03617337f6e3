import * as v from 'valibot';
import type { LeaverReport } from '../../../functions/offboarding/dialect.ts';
import { planRuns } from '../../../functions/offboarding/plan-runs.ts';
import { runRequestSchema } from '../../../functions/runs/request.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const limits = { executionTimeoutMs: 366 * dayMs, maxTargetsCeiling: 500 };

const report: LeaverReport = {
  kind: 'report',
  people: [['john.doe@example.com', '00u3m90rxKjGQ0G6L1d6']],
  reason: 'left the company',
  source: 'com.example.hr',
  id: 'hr-2026-001734',
  occurredAt: '2026-11-20T17:00:00Z',
  occurredAtFrom: 'time',
};
const now = new Date('2026-11-20T17:00:00Z');

const runsOf = (changed: Partial<LeaverReport>, changedLimits = {}) => {
  const planned = planRuns({ ...report, ...changed }, { ...limits, ...changedLimits }, now);
  if (planned.kind === 'invalid') throw new Error(planned.rule);
  return planned.runs;
};

test('plans one run for all identities of the person, without an expiry of its own', () => {
  const runs = runsOf({});

  expect(runs.map(({ request }) => request)).toEqual([
    {
      target: { owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6' },
      reason: 'left the company',
      requestedBy: 'com.example.hr hr-2026-001734',
      source: 'offboarding',
      occurredAt: '2026-11-20T17:00:00.000Z',
      occurredAtIs: 'event',
      maxTargets: 500,
    },
  ]);
  expect(v.is(runRequestSchema, runs[0]?.request)).toBe(true);
});

test('waits for a report that takes effect after the event', () => {
  const [run] = runsOf({ at: '2026-11-30T18:00:00+01:00' });

  expect(run?.request).toMatchObject({ at: '2026-11-30T17:00:00.000Z' });
});

test.each(['2026-11-20T17:00:00+02:00', report.occurredAt])('acts at once on a report that took effect at %s', (at) => {
  const [run] = runsOf({ at });

  expect(run?.request).toEqual(runsOf({})[0]?.request);
});

describe('a date', () => {
  const from = (at: string, timeZone: string) =>
    runsOf({ at, occurredAt: '2020-01-01' }, { executionTimeoutMs: 9e12, timeZone })[0]?.request.at;

  test.each([
    ['2026-11-30', 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
    ['2026-06-30', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['2026-11-30', 'UTC', '2026-12-01T00:00:00.000Z'],
    ['2026-11-30', 'Asia/Kolkata', '2026-11-30T18:30:00.000Z'],
    ['2026-11-30', 'Pacific/Kiritimati', '2026-11-30T10:00:00.000Z'],
    ['2026-11-30', 'Pacific/Pago_Pago', '2026-12-01T11:00:00.000Z'],
    ['2026-12-31', 'America/New_York', '2027-01-01T05:00:00.000Z'],
    ['2028-02-28', 'UTC', '2028-02-29T00:00:00.000Z'],
    // The clocks go back, or forward, on this day.
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    // Midnight comes twice: the clock goes from 1 o'clock back to 0.
    ['2026-10-24', 'Atlantic/Azores', '2026-10-25T00:00:00.000Z'],
    // There is no midnight: the clock goes from 24 o'clock to 1.
    ['2026-04-23', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
    ['2027-09-04', 'America/Santiago', '2027-09-05T04:00:00.000Z'],
  ])('%s in %s ends at %s', (date, timeZone, end) => {
    expect(from(date, timeZone)).toBe(end);
  });

  test('as the time at which the person left stands for its beginning, which is not in the future', () => {
    const [run] = runsOf(
      { occurredAt: '2026-11-20', occurredAtFrom: 'detail.occurredAt' },
      { timeZone: 'Europe/Berlin' },
    );

    expect(run?.request).toMatchObject({ occurredAt: '2026-11-19T23:00:00.000Z', occurredAtIs: 'event' });
  });

  test('in the past logs out at once', () => {
    const [run] = runsOf({ at: '2026-11-18' }, { timeZone: 'Europe/Berlin' });

    expect(run?.request).not.toHaveProperty('at');
  });

  test.each([
    ['effectiveAt', { at: '2026-11-30' }],
    ['occurredAt', { occurredAt: '2026-11-20' }],
  ])('in %s is refused without a time zone', (field, changed) => {
    expect(planRuns({ ...report, ...changed }, limits, now)).toEqual({
      kind: 'invalid',
      field,
      rule: 'is a date, and its time zone is unknown: set timeZone for this source in the configuration, or send an instant with its offset, such as 2026-11-30T17:00:00Z',
    });
  });
});

test('respects the ceiling of the deployment', () => {
  expect(runsOf({}, { maxTargetsCeiling: 3 })[0]?.request.maxTargets).toBe(3);
  expect(runsOf({}, { maxTargetsCeiling: 3, maxTargets: 4 })[0]?.request.maxTargets).toBe(3);
  expect(runsOf({}, { maxTargetsCeiling: 3, maxTargets: 2 })[0]?.request.maxTargets).toBe(2);
});

test('gives each person a separate run, cause and target', () => {
  const runs = runsOf({ people: [['a@example.com', 'u1'], ['u2']] });

  expect(runs.map(({ request }) => request.target)).toEqual([{ owner: 'a@example.com u1' }, { owner: 'u2' }]);
  expect(new Set(runs.map(({ cause }) => cause.key)).size).toBe(2);
});

test('refuses to wait longer than an execution can last, including a day to act', () => {
  const at = '2027-11-20T16:50:00Z';

  expect(planRuns({ ...report, at }, limits, now).kind).toBe('planned');
  expect(planRuns({ ...report, at: '2027-11-20T16:50:01Z' }, limits, now)).toEqual({
    kind: 'invalid',
    field: 'effectiveAt',
    rule: 'must be at most 364 days from now',
  });
});

test.each([
  [{ people: [['u'.repeat(257)]] }, 'target.owner', expect.stringMatching(/^must /)],
  [{ reason: '' }, 'reason', 'must not be empty or hold control characters'],
])('refuses a report whose run would be refused (%#)', (changed, field, rule) => {
  expect(planRuns({ ...report, ...changed }, limits, now)).toEqual({ kind: 'invalid', field, rule });
});

test('an identity that does not fit into the target is reported, and the others are still logged out', () => {
  const planned = planRuns({ ...report, people: [['u'.repeat(256), 'v'], ['u2'], ['u3']] }, limits, now);

  expect(planned).toMatchObject({
    kind: 'planned',
    runs: [
      { request: { target: { owner: 'v' } } },
      { request: { target: { owner: 'u2' } } },
      { request: { target: { owner: 'u3' } } },
    ],
    problem: 'the identities of a person have more than 256 characters: the run has those that fit',
  });
});

test.each([[[['u'.repeat(257)], ['u2'], ['u3']]], [[['u2'], ['u3'], ['u'.repeat(257)]]]])(
  'a person whose run would be refused is reported, and the others are still logged out (%#)',
  (people) => {
    const planned = planRuns({ ...report, people }, limits, now);

    expect(planned).toMatchObject({
      kind: 'planned',
      runs: [{ request: { target: { owner: 'u2' } } }, { request: { target: { owner: 'u3' } } }],
      problem: expect.stringMatching(/^target\.owner must /),
    });
  },
);

test.each([[['u'.repeat(256)]], [['u'.repeat(254), 'v']]])(
  'identities of 256 characters in all are one target (%#)',
  (identities) => {
    const planned = planRuns({ ...report, people: [identities] }, limits, now);

    expect(planned).toMatchObject({ runs: [{ request: { target: { owner: identities.join(' ') } } }] });
    expect(planned).not.toHaveProperty('problem');
  },
);

test('the same report is the same run in another time zone and with the e-mail address in another case', () => {
  const [run] = runsOf({ people: [['john.doe@example.com', 'U1']], at: '2026-11-30T17:00:00Z' });

  expect(
    runsOf({
      people: [['John.Doe@Example.COM', 'U1']],
      at: '2026-11-30T18:00:00.000+01:00',
      occurredAt: '2026-11-20T18:00:00+01:00',
    }),
  ).toEqual([run]);
  expect(runsOf({ people: [['john.doe@example.com', 'u1']], at: '2026-11-30T17:00:00Z' })).not.toEqual([run]);
});

test.each(['time', 'detail.published'] as const)(
  'refuses a report whose %s is more than 15 minutes in the future',
  (occurredAtFrom) => {
    const rule = 'must not be in the future: use effectiveAt for a later logout';
    const at = (occurredAt: string) => planRuns({ ...report, occurredAt, occurredAtFrom }, limits, now);

    expect(at('2026-11-20T17:15:00Z').kind).toBe('planned');
    expect(at('2026-11-20T17:15:00.001Z')).toEqual({ kind: 'invalid', field: occurredAtFrom, rule });
    expect(at('9999-12-31T23:59:59Z')).toEqual({ kind: 'invalid', field: occurredAtFrom, rule });
  },
);

test('counts the wait of a report from its arrival, however long ago the event was', () => {
  const ago = { ...report, occurredAt: '2025-01-01T00:00:00Z', at: '2027-11-20T16:50:00Z' };

  expect(planRuns(ago, limits, now)).toMatchObject({
    kind: 'planned',
    runs: [{ request: { at: '2027-11-20T16:50:00.000Z' } }],
  });
});

test('passes on who made the change, and that it is the claim of the source', () => {
  const actor = { id: '00u2di94bAMSEPvAY1d6', name: 'okta.trainer@okta.com' };

  expect(runsOf({ actor })[0]?.request.actor).toEqual({ ...actor, claimedBy: 'com.example.hr' });
});

test('passes on the number of days to watch the instances', () => {
  const planned = planRuns({ ...report, watchDays: 7 }, limits, now);

  expect(planned).toMatchObject({ kind: 'planned', runs: [{ request: { watchDays: 7 } }] });
});
