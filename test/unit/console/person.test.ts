import type { ListedRun, Outcome, Run } from '../../../client/answers.ts';
import type { Logout } from '../../../console/page/instances/logouts.ts';
import type { KnownState } from '../../../console/page/instances/states.ts';
import { answerFor, labelFor, tellPerson } from '../../../console/page/person/answer.ts';
import { describeMet, mayMeet, readRecentRuns } from '../../../console/page/person/recent-runs.ts';

const read = (stateInstance: string): KnownState => ({
  kind: 'read',
  stateInstance,
  readAt: '2026-11-24T12:00:00.000Z',
});
const out = { state: read('notAuthorized'), logout: undefined };
const linked = { state: read('authorized'), logout: undefined };
const unread = { state: { kind: 'problem' as const, problem: { title: 'Rejected', detail: '' } }, logout: undefined };
const unknown = { state: undefined, logout: undefined };
const order = { reason: 'phone lost' };
const confirmed: Logout = { kind: 'ended', order, result: { kind: 'ok', value: { confirmed: true }, body: {} } };

test.each([
  ['all out', [out, out], 'Everything of John Doe is logged out.'],
  ['one linked', [out, linked], '1 of 2 instances is still linked.'],
  ['one being linked', [linked, { ...out, state: read('pendingCode') }], '2 of 2 instances are not logged out.'],
  ['the only one', [linked], 'The instance is still linked.'],
  ['one unread', [out, unread], 'The state of 1 of 2 could not be read.'],
  ['linked and unread', [linked, unread], '1 of 2 instances is still linked. The state of 1 of 2 could not be read.'],
  ['nothing read yet', [unknown], 'Reading the states.'],
  [
    'under way',
    [
      { ...linked, logout: { kind: 'queued' as const, order } },
      { ...out, logout: confirmed },
    ],
    'Logging out: 1 of 2 confirmed.',
  ],
  ['confirmed and linked again', [{ ...linked, logout: confirmed }], 'The instance is still linked.'],
  ['confirmed, its state unread', [{ ...unread, logout: confirmed }], 'Everything of John Doe is logged out.'],
  [
    'confirmed with its state unread, and one linked',
    [{ ...unread, logout: confirmed }, linked],
    '1 of 2 instances is still linked.',
  ],
  ['none', [], 'There is no instance to log out.'],
])('the page answers whether the person is out: %s', (_what, instances, answer) => {
  expect(answerFor('John Doe', instances)).toBe(answer);
});

test('before the whole list is read, the page does not say that everything is logged out', () => {
  expect(answerFor('John Doe', [out], false)).toBe('What has been found so far is logged out.');
  expect(answerFor(undefined, [out], false)).toBe('The instance is logged out.');
});

test('the button says what it does with those that are ticked', () => {
  const own = { ...linked, sharedWith: [] };
  const shared = { ...linked, sharedWith: ['kim@example.com'] };
  const unsure = { ...unread, sharedWith: [] };
  const gone = { ...out, sharedWith: [] };

  expect(labelFor([own, shared, gone], [own])).toBe('Log out everything (1 linked)');
  expect(labelFor([own, shared], [own, shared])).toBe('Log 2 instances out');
  expect(labelFor([own, { ...own }], [own])).toBe('Log 1 instance out');
  expect(labelFor([own, unsure], [own, unsure])).toBe('Log out everything (2)');
  expect(labelFor([own], [own], '1101000003')).toBe('Log out 1101000003');
  expect(labelFor([gone], [])).toBe('Nothing left to log out');
  expect(labelFor([own], [])).toBe('Nothing is selected');
});

test('the text for the person says what is over and what is not', () => {
  const text = tellPerson({ count: 1, at: '02:14', isRotated: true });

  expect(text).toContain('ended at 02:14. This is confirmed. A copied access token cannot link it again.');
  expect(text).toContain('The phone keeps its account');
  expect(tellPerson({ count: 2, at: '02:14', isRotated: false })).toMatch(
    /^All 2 links .* ended by 02:14\. This is confirmed\. The phone/,
  );
});

const listed = (target: ListedRun['target'], id = 'api-1'): ListedRun => ({
  id,
  source: 'api',
  status: 'SUCCEEDED',
  startedAt: '2026-11-24T12:00:00.000Z',
  target,
});
const instances = [{ idInstance: '3', owner: 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6', group: 'support' }];

test.each([
  [{ owner: 'John.Doe@example.com' }, true],
  [{ owner: 'ann@example.com' }, false],
  [{ group: 'support' }, true],
  [{ group: 'sales' }, false],
  [{ all: true as const }, true],
  [{ instances: 2 }, true],
])('a run with the target %j may have met a person of support: %s', (target, expected) => {
  expect(mayMeet(listed(target), instances)).toBe(expected);
});

const outcome = (idInstance: string, isConfirmed: boolean): Outcome => ({
  idInstance,
  kind: isConfirmed ? 'logged-out' : 'unconfirmed',
  confirmed: isConfirmed,
});
const runWith = (id: string, outcomes: readonly Outcome[]): Run => ({
  id,
  status: 'SUCCEEDED',
  reason: 'nightly',
  requestedBy: 'schedule nightly',
  startedAt: '2026-11-24T12:00:00.000Z',
  progress: { total: 1, loggedOut: 1, failed: 0, skipped: 0, pending: 0, ready: 0 },
  outcomes: [...outcomes],
});

test('only runs that may have met the person are read, and those that did are shown', async () => {
  const readIds: string[] = [];
  const runs = [listed({ group: 'sales' }, 'a'), listed({ group: 'support' }, 'b'), listed({ instances: 1 }, 'c')];
  const met = await readRecentRuns(
    {
      readRunPage: async () => ({ kind: 'ok', value: { runs }, body: {} }),
      readRun: async (id) => {
        readIds.push(id);
        return { kind: 'ok', value: runWith(id, [outcome(id === 'b' ? '3' : '9', true)]), body: {} };
      },
    },
    instances,
    new AbortController().signal,
  );

  expect(readIds).toEqual(['b', 'c']);
  expect(met.map(({ run }) => run.id)).toEqual(['b']);
});

test('a run is told by what it did to the person', () => {
  const both = [outcome('3', true), outcome('4', true)];

  expect(describeMet({ run: runWith('b', []), outcomes: both })).toBe('all 2 confirmed');
  expect(describeMet({ run: runWith('b', []), outcomes: [outcome('3', true)] })).toBe('logged out, confirmed');
  expect(describeMet({ run: runWith('b', []), outcomes: [outcome('3', false)] })).toBe('not confirmed: unconfirmed');
  expect(describeMet({ run: { ...runWith('b', []), request: { dryRun: true } }, outcomes: both })).toMatch(/^Drill/);
});
