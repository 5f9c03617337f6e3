import { parseFact } from '../../../../cli/report/facts.ts';
import { type JudgeOptions, judge } from '../../../../cli/report/judge.ts';
import { readLeavers } from '../../../../cli/report/read-leavers.ts';
import { runMessage } from '../../../../functions/logout/evidence.ts';
import { runEndedOf } from '../../../../functions/runs/run-ended.ts';
import type { RunName } from '../../../../functions/runs/run-name.ts';

const john = 'john.doe@example.com';
const run = 'offboarding-1';

/** The record of a run; `at` is the time of the confirmation, on the day on which John left at 17:00. */
const record = (idInstance: string, at: string, more: object = {}, runPart: object = {}) => ({
  message: 'evidence',
  timestamp: '2026-11-20T17:00:30.000Z',
  idInstance,
  function: 'run',
  requestedAt: '2026-11-20T17:00:02.000Z',
  ...(at !== '' && { confirmedAt: at }),
  outcome: at === '' ? { kind: 'token-rejected', confirmed: false } : { kind: 'logged-out', confirmed: true },
  ...more,
  run: { id: run, source: 'offboarding', tags: { owner: john, protected: false }, ...runPart },
});

const single = (idInstance: string, at: string) => ({
  message: 'evidence',
  idInstance,
  function: 'logout',
  requestId: 'Kx1',
  requestedAt: at,
  confirmedAt: at,
  outcome: { kind: 'logged-out', confirmed: true },
});

const watch = (idInstance: string, at: string) => ({
  message: 'evidence',
  idInstance,
  function: 'watch',
  requestedAt: '2026-11-20T17:01:00.000Z',
  readings: [{ at: '2026-11-21T00:00:00.000Z' }, { at }],
  outcome: { kind: 'linked-again', stateInstance: 'authorized' },
  run: { id: run, source: 'offboarding', tags: { owner: john, protected: false } },
});

const end = (progress: object, more: object = {}) => ({
  message: 'run',
  id: run,
  target: { owner: john },
  status: 'SUCCEEDED',
  dryRun: false,
  startedAt: '2026-11-20T17:00:02.000Z',
  endedAt: '2026-11-20T17:05:30.000Z',
  progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0, ...progress },
  ...more,
});

const soon = '2026-11-20T17:00:05.000Z';
const nextWeek = '2026-11-27T09:00:00.000Z';

const reportOf = (
  lines: readonly object[],
  leavers = `email,left\n${john},2026-11-20T17:00:00Z`,
  options: Partial<JudgeOptions> = {},
) =>
  judge(
    lines.flatMap((line) => parseFact(JSON.stringify(line)) ?? []),
    readLeavers('leavers.csv', leavers, { timeZone: 'UTC', earlyMs: 0 }),
    { withinMs: 86_400_000, ...options },
  );

const verdictsOf = (...args: Parameters<typeof reportOf>) => reportOf(...args).rows.map(({ verdict }) => verdict);

const protectedNote = { note: '1 instance is protected, so the run did not log it out' };

test.each<[string, string, readonly object[]]>([
  ['one instance', 'in time', [record('1', soon)]],
  ['exactly at the limit', 'in time', [record('1', '2026-11-21T17:00:00.000Z')]],
  ['a millisecond after the limit', 'late', [record('1', '2026-11-21T17:00:00.001Z')]],
  ['several instances, one of them late', 'late', [record('1', soon), record('2', nextWeek)]],
  ['several instances, one of them not confirmed', 'not proved', [record('1', soon), record('2', '')]],
  ['a record that says confirmed without a time', 'not proved', [{ ...record('1', soon), confirmedAt: undefined }]],
  [
    'a failure that a second run corrects',
    'in time',
    [record('1', ''), record('1', soon, {}, { id: 'offboarding-2' })],
  ],
  ['a failure after a confirmation', 'in time', [record('1', soon), record('1', '', {}, { id: 'offboarding-2' })]],
  ['a failure that a single logout corrects', 'in time', [record('1', ''), single('1', '2026-11-20T18:00:00.000Z')]],
  [
    'a run that was stopped, and confirmed all the same',
    'in time',
    [record('1', '', {}, { stoppedBy: 'ann' }), record('1', soon)],
  ],
  ['a run that was stopped', 'not proved', [record('1', '', {}, { stoppedBy: 'ann' })]],
  ['a doubled record', 'in time', [record('1', soon), record('1', soon)]],
  ['a watch that saw it linked again', 'linked again', [record('1', soon), watch('1', '2026-11-22T00:00:00.000Z')]],
  [
    'linked again and logged out again',
    'late',
    [record('1', soon), watch('1', '2026-11-22T00:00:00.000Z'), record('1', nextWeek, {}, { id: 'r2' })],
  ],
  [
    'a second look that logged it out again',
    'in time',
    [record('1', soon), record('1', '2026-11-20T17:05:10.000Z', {}, { linkedAgain: true })],
  ],
  ['a second look that failed', 'linked again', [record('1', soon), record('1', '', {}, { linkedAgain: true })]],
  ['the tag of somebody else', 'not known', [record('1', soon, {}, { tags: { owner: 'jane.roe@example.com' } })]],
  ['an address that only begins the same', 'not known', [record('1', soon, {}, { tags: { owner: `${john}.au` } })]],
  [
    'another spelling, among other identities',
    'in time',
    [record('1', soon, {}, { tags: { owner: '00u1 JOHN.DOE@example.com' } })],
  ],
  [
    'a stopped run that did not come to the second instance',
    'not proved',
    [record('1', soon), end({ total: 2, loggedOut: 1, failed: 1 }, { status: 'STOPPED' })],
  ],
  [
    'a run that met a secret that it did not understand',
    'not proved',
    [record('1', soon), end({ total: 1, loggedOut: 1 }, { status: 'FAILED', failure: 'UnreadableSecret' })],
  ],
  [
    'a run that could not list, and a single logout',
    'not proved',
    [record('1', soon, {}, { id: 'r0' }), end({}, { status: 'FAILED', failure: 'ListDenied' })],
  ],
  [
    'a stopped run, and another one for the rest',
    'in time',
    [
      record('1', soon),
      record('2', '2026-11-20T18:00:00.000Z', {}, { id: 'offboarding-2' }),
      end({ total: 3, loggedOut: 1, failed: 1, skipped: 1 }, { status: 'STOPPED' }),
    ],
  ],
  ['nothing at all', 'not known', []],
  ['a drill', 'not known', [end({ total: 1, ready: 1 }, { dryRun: true })]],
  ['a run that found nobody', 'no instance', [end({})]],
  ['a run that could not list', 'not proved', [end({}, { status: 'FAILED', failure: 'ListDenied' })]],
  [
    'a run that met protected instances only',
    'protected',
    [end({ total: 1, skipped: 1 }, { status: 'FAILED', failure: 'NobodyLoggedOut' })],
  ],
  [
    'a run that left one protected',
    'protected',
    [record('1', soon), end({ total: 2, loggedOut: 1, skipped: 1 }, protectedNote)],
  ],
  [
    'a run that left several protected, and says something else before',
    'protected',
    [
      record('1', soon),
      end(
        { total: 4, loggedOut: 1, skipped: 3 },
        { note: 'x; 3 instances became protected after they were sent a logout, and may still be logged in' },
      ),
    ],
  ],
  [
    'a run that left one given away, and met a secret with a word of this service in its name',
    'in time',
    [
      record('1', soon),
      end(
        { total: 2, loggedOut: 1, skipped: 1 },
        { note: '1 secret outside the target is not understood: green-api/1-is-protected' },
      ),
    ],
  ],
  [
    'a skipped line',
    'protected',
    [
      {
        message: 'instance skipped',
        timestamp: soon,
        run,
        idInstance: '1',
        skipReason: 'protected',
        tags: { owner: john },
      },
    ],
  ],
  [
    'a protected instance that somebody logged out',
    'in time',
    [
      {
        message: 'instance skipped',
        timestamp: soon,
        run,
        idInstance: '1',
        skipReason: 'protected',
        tags: { owner: john },
      },
      single('1', '2026-11-20T18:00:00.000Z'),
    ],
  ],
  [
    'a logout that was sent without a record',
    'not proved',
    [{ message: 'logout sent', timestamp: soon, run, idInstance: '1', tags: { owner: john } }],
  ],
])('%s: %s', (_name, verdict, lines) => {
  expect(verdictsOf(lines)).toEqual([verdict]);
  expect(verdictsOf([...lines].reverse())).toEqual([verdict]);
});

test('a run that confirmed more than it has records of is named, and its leaver is not proved', () => {
  const { rows, incompleteRuns } = reportOf([record('1', soon), end({ total: 2, loggedOut: 2 })]);

  expect(incompleteRuns).toEqual([{ run, why: 'it confirmed 2 logouts, and 1 of them has a record' }]);
  expect(rows).toMatchObject([{ verdict: 'not proved', detail: `the records of ${run} are incomplete` }]);
});

test('who leaves twice has a row for each leaving, with the records from then until the next one', () => {
  const leavers = `email,left\n${john},2026-11-20T17:00:00Z\n${john},2026-11-25\n`;
  const second = record('1', '2026-11-26T10:00:00.000Z', {}, { id: 'offboarding-2' });

  expect(verdictsOf([record('1', soon), second], leavers)).toEqual(['in time', 'in time']);
  expect(verdictsOf([record('1', soon)], leavers)).toEqual(['in time', 'not known']);
});

test('a logout before the leaving does not count, and the row says when it was', () => {
  const { rows } = reportOf([record('1', '2026-11-20T16:59:00.000Z')]);

  expect(rows).toMatchObject([
    { verdict: 'not known', detail: expect.stringContaining('logged out before, at 2026-11-20T16:59:00.000Z') },
  ]);
});

test('a renamed person is found under every identity in the file', () => {
  const old = record('1', '', {}, { tags: { owner: 'john.smith@example.com' } });

  expect(
    verdictsOf([old, record('2', soon)], `email,owner,left\n${john},john.smith@example.com,2026-11-20T17:00:00Z`),
  ).toEqual(['not proved']);
});

test('a phone that went to a successor: what happens to it then is not about the leaver', () => {
  const jane = { tags: { owner: 'jane.roe@example.com' } };
  const janes = record('1', '2026-11-22T10:00:00.000Z', {}, { ...jane, id: 'offboarding-2' });
  const single23 = single('1', '2026-11-23T10:00:00.000Z');

  expect(verdictsOf([record('1', ''), janes, single23])).toEqual(['not proved']);
});

test('an instance of today without a record is shown', () => {
  const today = { idInstance: '2', owner: john, protected: false };

  expect(verdictsOf([record('1', soon)], undefined, { owned: [today] })).toEqual(['not proved']);
  expect(verdictsOf([record('1', soon)], undefined, { owned: [{ ...today, protected: true }] })).toEqual(['protected']);
});

test.each([
  ['2026-11-20', 'Europe/Berlin', '2026-11-19T23:00:00.000Z', '2026-11-20T23:00:00.000Z'],
  ['2026-11-20 17:00', 'Europe/Berlin', '2026-11-20T16:00:00.000Z', '2026-11-20T16:00:00.000Z'],
  ['2026-11-20T17:00:00+0530', 'Europe/Berlin', '2026-11-20T11:30:00.000Z', '2026-11-20T11:30:00.000Z'],
])('%s in %s', (left, timeZone, countsFrom, leftAt) => {
  const [leaver] = readLeavers('leavers.csv', `Email;Leaving date\n${john};${left}`, { timeZone, earlyMs: 0 });

  expect(leaver).toEqual({
    line: 2,
    identities: [john],
    countsFrom: Date.parse(countsFrom),
    leftAt: Date.parse(leftAt),
  });
});

test.each([
  ['email,left\njohn.doe@example.com,20.11.2026', 'leavers.csv, line 2: left must be a date such as 2026-11-30'],
  ['email,left\njohn.doe@example.com,2026-02-30', 'leavers.csv, line 2: left must be a date such as 2026-11-30'],
  ['email,left\n,2026-11-20', 'leavers.csv, line 2: email must not be empty.'],
  ['email,left', 'leavers.csv names nobody'],
  ['who,left\njohn,2026-11-20', 'Name the columns that hold the identities with --column. leavers.csv has: who, left.'],
  [
    'email,a,b\njohn,1,2',
    'Name the column that holds the time of leaving with --left-column. leavers.csv has: email, a, b.',
  ],
])('%j is refused with what to do', (text, message) => {
  expect(() => readLeavers('leavers.csv', text, { timeZone: 'UTC', earlyMs: 0 })).toThrow(message);
});

test('the end of a run is read as the run writes it', () => {
  const ended = runEndedOf(
    {
      id: 'offboarding-6367c48dd193d56ea7b0baad25b19455e529f5ee' as RunName,
      request: {
        target: { owner: john },
        source: 'offboarding',
        requestedBy: 'com.example.hr 1',
        reason: 'left',
        maxTargets: 100,
      },
      startedAt: '2026-11-20T17:00:02.000Z',
    },
    { progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 }, outcomes: [] },
    '2026-11-20T17:05:30.000Z',
  );

  expect(verdictsOf([{ message: runMessage, ...ended }])).toEqual(['no instance']);
});
