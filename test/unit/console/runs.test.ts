import type { ListedRun, Run } from '../../../client/answers.ts';
import { countTargets } from '../../../console/page/runs/count-targets.ts';
import {
  answerOf,
  classOfListed,
  describeListed,
  describeParts,
  partsOf,
  tabTitleOf,
  titleOf,
} from '../../../console/page/runs/describe-run.ts';
import { draftOf, parseIds, requestOf } from '../../../console/page/runs/run-draft.ts';

const counts = { total: 20, loggedOut: 20, failed: 0, skipped: 0, pending: 0, ready: 0 };

const runWith = (progress: Partial<Run['progress']>, fields: Partial<Run> = {}): Run => ({
  id: 'api-1',
  status: 'SUCCEEDED',
  reason: 'team closed',
  requestedBy: 'ann',
  startedAt: '2026-11-24T12:00:00.000Z',
  request: { target: { group: 'support' } },
  progress: { ...counts, ...progress },
  outcomes: [],
  ...fields,
});

const drill = { request: { target: { group: 'support' }, dryRun: true } };
const flawed = { loggedOut: 17, failed: 2, skipped: 1 };

test.each<[string, Run, string, string]>([
  ['all confirmed', runWith({}), 'Everybody is out: 20 of 20 confirmed.', '20 confirmed'],
  ['the only one', runWith({ total: 1, loggedOut: 1 }), 'The instance is out, confirmed.', '1 confirmed'],
  [
    'some failed',
    runWith(flawed, { status: 'FAILED' }),
    '17 of 20 are out. 2 failed, 1 was left alone.',
    '17 confirmed · 2 failed · 1 skipped',
  ],
  [
    'going on',
    runWith({ loggedOut: 1, pending: 19 }, { status: 'RUNNING' }),
    '1 of 20 is out. 19 are to come.',
    '1 confirmed · 19 to come',
  ],
  [
    'stopped',
    runWith({ loggedOut: 12, pending: 8 }, { status: 'STOPPED' }),
    'Stopped. 12 of 20 are out. 8 are not logged out.',
    '12 confirmed · 8 not decided',
  ],
  [
    'all out, and no token rotated',
    runWith({}, { status: 'FAILED' }),
    '20 of 20 are out. A step after the logout failed.',
    '20 confirmed',
  ],
  ['nobody met', runWith({ total: 0, loggedOut: 0 }), 'Nobody was logged out: no instance has this target.', ''],
  [
    'failed before it met anybody',
    runWith({ total: 0, loggedOut: 0 }, { status: 'FAILED' }),
    'Nobody was logged out: the run ended before it reached an instance.',
    '',
  ],
  [
    'just begun',
    runWith({ total: 0, loggedOut: 0 }, { status: 'RUNNING', phase: 'finding-targets' }),
    'The run looks for its instances.',
    '',
  ],
  [
    'a drill',
    runWith({ loggedOut: 3, ready: 16, failed: 1 }, drill),
    'Drill: nobody was logged out. 16 of 20 could be logged out, 3 already are, 1 failed.',
    '19 looked at · 1 failed',
  ],
  [
    'a drill that goes on',
    runWith({ loggedOut: 0, ready: 5, pending: 15 }, { ...drill, status: 'RUNNING' }),
    'Drill: 5 instances of 20 looked at. 15 are to come.',
    '5 looked at · 15 to come',
  ],
])('a run answers whether everybody is out: %s', (_what, run, answer, parts) => {
  expect(answerOf(run)).toBe(answer);
  expect(describeParts(run)).toBe(parts);
});

test('the bar of a run that failed or was a drill is never all green', () => {
  const kinds = (run: Run) => partsOf(run).map(({ kind }) => kind);

  expect(kinds(runWith({}))).toEqual(['confirmed']);
  expect(kinds(runWith({}, { status: 'FAILED' }))).toEqual(['looked-at']);
  expect(kinds(runWith({}, { status: 'STOPPED' }))).toEqual(['looked-at']);
  expect(kinds(runWith({}, drill))).toEqual(['looked-at']);
});

test('the title says what the run does, and the tab how far it is', () => {
  expect(titleOf(runWith({}))).toBe('Log out group support');
  expect(titleOf(runWith({}, drill))).toBe('Drill over group support');
  expect(titleOf(runWith({}, { request: undefined }))).toBe('Run');
  expect(tabTitleOf(runWith(flawed))).toBe('17/20 · group support');
  expect(tabTitleOf(runWith({ total: 0 }, { request: undefined }))).toBe('succeeded · run');
});

const listed = (fields: Partial<ListedRun>): ListedRun => ({
  id: 'api-1',
  source: 'api',
  status: 'SUCCEEDED',
  startedAt: '2026-11-24T12:00:00.000Z',
  ...fields,
});

test.each<[string, ListedRun, string, string]>([
  ['confirmed', listed({ progress: counts }), '20 of 20 confirmed', 'succeeded'],
  ['running', listed({ status: 'RUNNING' }), 'running', ''],
  [
    'a drill',
    listed({ dryRun: true, progress: counts }),
    'Drill: nobody was logged out, 0 of 20 ready, 20 already logged out',
    '',
  ],
  ['nobody', listed({ progress: { ...counts, total: 0, loggedOut: 0 } }), 'no instance was found', ''],
  ['skipped only', listed({ progress: { ...counts, loggedOut: 0, skipped: 20 } }), '0 of 20 confirmed, 20 skipped', ''],
  ['failed', listed({ status: 'TIMED_OUT' }), 'timed out', 'failed'],
  ['stopped', listed({ status: 'STOPPED' }), 'stopped', ''],
  ['unknown counts', listed({}), 'succeeded', ''],
])('a listed run is green only if everybody is confirmed: %s', (_what, run, result, shown) => {
  expect([describeListed(run), classOfListed(run)]).toEqual([result, shown]);
});

test.each([
  ['lines of Windows', '1101000001\r\n1101000002\r\n'],
  ['a spreadsheet', '1101000001\t1101000002'],
  ['semicolons', '1101000001; 1101000002;'],
  ['JSON', '["1101000001","1101000002"]'],
  ['a table', '| 1101000001 | 1101000002 |'],
  ['a mail', '“1101000001”,\u00a0‘1101000002’'],
  ['twice the same', '1101000001 1101000002 1101000001'],
])('ids are read as they are pasted: %s', (_what, text) => {
  expect(parseIds(text)).toEqual({ ids: ['1101000001', '1101000002'], wrong: [] });
});

test('what is no id is named and not guessed', () => {
  expect(parseIds('idInstance\n1.101E+09\n1101000001')).toEqual({
    ids: ['1101000001'],
    wrong: ['idInstance', '1.101E+09'],
  });
});

const fleet = [
  { idInstance: '1', owner: 'ann@example.com', group: 'sales', protected: false },
  { idInstance: '2', owner: 'Ann@example.com', group: 'support', protected: true },
  { idInstance: '3', group: 'support', protected: false },
];

test.each([
  [{ target: { group: 'support' } }, { count: 1, protected: 1, unknown: [] }],
  [{ target: { owner: 'ANN@example.com' } }, { count: 1, protected: 1, unknown: [] }],
  [
    { target: { all: true as const }, except: ['3'] },
    { count: 1, protected: 1, unknown: [] },
  ],
  [{ target: { instances: ['1', '9'] } }, { count: 1, protected: 0, unknown: ['9'] }],
  [{ target: { group: 'sale' } }, { count: 0, protected: 0, unknown: [] }],
])('the number on the button is what a run would log out: %j', (request, expected) => {
  expect(countTargets(fleet, request)).toEqual(expected);
});

test('ids of an earlier run fill the form and come out of it again', () => {
  const request = {
    target: { instances: ['1', '2'] },
    reason: 'team closed',
    dryRun: true,
    at: '2099-11-30T17:00:00.000Z',
  };

  expect(requestOf(draftOf(request))).toEqual(request);
});
