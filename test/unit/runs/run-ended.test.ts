import fc from 'fast-check';
import { commands } from '../../../cli/commands.ts';
import {
  failureWords,
  linkedAgainText,
  logoutText,
  part,
  personIn,
  plain,
} from '../../../functions/logout/sentence.ts';
import { conclude } from '../../../functions/runs/conclude.ts';
import { createExecuteRun } from '../../../functions/runs/execute-run.ts';
import { type Outcome, resultsOf } from '../../../functions/runs/outcome.ts';
import { createRecordRunEnd, type RunEnded, runEndedOf } from '../../../functions/runs/run-ended.ts';
import { anyText } from '../../support/any-text.ts';
import { execute } from '../../support/fake-execution.ts';
import { markerToken } from '../../support/logout-setup.ts';
import { createSetup, requestOf, runId, type Script } from '../../support/run-setup.ts';

const [first, second, third, fourth] = ['1101000001', '1101000002', '1101000003', '1101000004'] as const;
const owner = 'john.doe@example.com 00u3m90rxKjGQ0G6L1d6';
const ownedBy = (script: Script = {}): Script => ({ ...script, tags: { owner } });
const rejected: Script = { logout: [{ kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401' }] };
const leaver = requestOf({ target: { owner: 'john.doe@example.com' }, reason: 'left the company' });

const outcomeOf = (id: string): Outcome => ({
  idInstance: id as Outcome['idInstance'],
  kind: 'logged-out',
  confirmed: true,
  attempts: 1,
});

const endOf = async (scripts: Readonly<Record<string, Script>>, request = leaver): Promise<RunEnded> => {
  const setup = createSetup(scripts);
  await setup.run(request);
  const [end, ...others] = setup.ends;
  if (end === undefined || others.length > 0) throw new Error(`${setup.ends.length} ends of one run`);
  return end;
};

test('the end of a run says who asked for it, what it was aimed at, and what came of it', async () => {
  const actor = { id: '00u1', name: 'HR', claimedBy: 'webhook hr' };

  const end = await endOf(
    { [first]: ownedBy(), [second]: ownedBy(), [third]: ownedBy(rejected) },
    { ...leaver, source: 'offboarding', actor, occurredAt: '2026-11-30T16:59:00Z', occurredAtIs: 'event' },
  );

  expect(end).toEqual({
    version: 1,
    id: runId,
    source: 'offboarding',
    target: { owner: 'john.doe@example.com' },
    reason: 'left the company',
    requestedBy: 'arn:aws:iam::111122223333:role/SecurityDesk AROAEXAMPLEID',
    actor,
    occurredAt: '2026-11-30T16:59:00Z',
    occurredAtIs: 'event',
    status: 'FAILED',
    failure: 'NotAllConfirmed',
    dryRun: false,
    startedAt: '2026-11-30T17:00:00.000Z',
    endedAt: '2026-11-30T17:05:00.000Z',
    progress: { total: 3, loggedOut: 2, failed: 1, skipped: 0, pending: 0, ready: 0 },
    notConfirmed: [{ idInstance: third, kind: 'credential-rejected', detail: 'GREEN-API answered HTTP 401' }],
    text: `2 of 3 instances of john.doe@example.com are logged out (left the company). Not confirmed: ${third} (token rejected). Try again: green-api-logout retry ${runId}`,
  });
});

test.each<[string, Readonly<Record<string, Script>>, Partial<typeof leaver>, string]>([
  [
    'succeeds',
    { [first]: ownedBy() },
    {},
    `1 of 1 instances of john.doe@example.com is logged out (left the company). Details: green-api-logout show ${runId}`,
  ],
  [
    'finds nobody',
    {},
    {},
    `No instances of john.doe@example.com were logged out (left the company). No instance was found for the target. Details: green-api-logout show ${runId}`,
  ],
  [
    'is a drill',
    { [first]: {}, [second]: { tags: { protected: true } }, [third]: { state: ['authorized'] } },
    { target: { all: true }, dryRun: true },
    `2 of 3 instances could be logged out now (left the company). A drill: nobody was logged out. Details: green-api-logout show ${runId}`,
  ],
  [
    'leaves protected instances alone',
    { [first]: { tags: { group: 'sales' } }, [second]: { tags: { group: 'sales', protected: true } } },
    { target: { group: 'sales' } },
    `1 of 2 instances of the group sales is logged out (left the company). 1 instance is protected, so the run did not log it out. Details: green-api-logout show ${runId}`,
  ],
  [
    'does not rotate a token',
    { [first]: {} },
    { target: { instances: [first] as never }, rotateToken: true },
    `1 of 1 requested instances is logged out (left the company). Token not rotated: ${first}. Try again: green-api-logout retry ${runId}`,
  ],
])('a run that %s says so in a sentence', async (_, scripts, request, text) => {
  const end = await endOf(scripts, { ...leaver, ...request });

  expect(end.text).toBe(text);
});

test('a run that expires before it begins says so, and how to try again', async () => {
  const end = await endOf({ [first]: ownedBy() }, { ...leaver, expiresAt: '2026-11-30T16:00:00Z' });

  expect(end).toMatchObject({ status: 'FAILED', failure: 'RunExpired', progress: { total: 0 } });
  expect(end.text).toMatch(
    /^No instances of john\.doe@example\.com were logged out \(left the company\)\. .*expired.* Try again: green-api-logout retry api-\d{40}$/,
  );
});

test('names at most 20 instances that are not confirmed, and five of them in the sentence', async () => {
  const ids = Array.from({ length: 30 }, (_, at) => String(1_101_000_001 + at));

  const end = await endOf(Object.fromEntries(ids.map((id) => [id, rejected])), { ...leaver, target: { all: true } });

  expect(end.progress.failed).toBe(30);
  expect(end.notConfirmed.map(({ idInstance }) => idInstance)).toEqual(ids.slice(0, 20));
  expect(end.text).toContain('1101000005 (token rejected) and 25 more.');
});

test('names each token that was not rotated or may be lost, and each old one that still works', () => {
  const outcomes = (
    [
      [first, { kind: 'rotated' }],
      [second, { kind: 'rotated', oldTokenStillWorks: true }],
      [third, { kind: 'token-lost' }],
      [fourth, { kind: 'not-rotated' }],
    ] as const
  ).map(([id, token]) => ({ ...outcomeOf(id), token }));

  const run = { id: runId, request: leaver, startedAt: '2026-11-30T17:00:00.000Z' };
  const end = runEndedOf(run, resultsOf(outcomes), '2026-11-30T17:05:00.000Z');

  expect(end.text).toContain(
    `. Token not rotated: ${fourth}. New token may be lost: ${third}. Old token still works: ${second}. `,
  );
});

test('protected instances that are too many to be named are counted, beside a watch that was not started', () => {
  const { summary, leftProtected } = conclude(
    resultsOf([outcomeOf(first)], 5),
    {},
    { watch: { problem: 'throttled' } },
  );

  expect(leftProtected).toBe(5);
  expect(summary).toEqual({
    progress: { total: 6, loggedOut: 1, failed: 0, skipped: 5, pending: 0, ready: 0 },
    outcomes: expect.anything(),
    note: '5 instances are protected, so the run did not log them out; the watch was not started: throttled',
  });
});

test('a replay does not report the end again', async () => {
  const { dependencies, clock, ends } = createSetup({ [first]: ownedBy() });
  const run = createExecuteRun(dependencies);

  const { operations } = await execute(clock, async (durable) => {
    await run(leaver, { name: runId, durable, remainingMs: () => 900_000 });
    await durable.wait('replayed-after', { seconds: 1 });
  });

  expect(operations.map(({ name }) => name).slice(-2)).toEqual(['report-end', 'replayed-after']);
  expect(ends).toHaveLength(1);
});

test('the record is a line of its own, and the event is the same', async () => {
  const end = await endOf({ [first]: ownedBy() });
  const lines: unknown[] = [];
  const events: unknown[] = [];
  const record = createRecordRunEnd(
    (...line) => void lines.push(line),
    async (sent) => void events.push(...sent),
  );

  await record(end);

  expect(lines).toEqual([['INFO', 'run', end]]);
  expect(events).toEqual([{ source: 'green-api-logout', detailType: 'Logout Run Ended', detail: end }]);
});

const names: ReadonlySet<string> = new Set(commands.map(({ usage }) => usage.split(' ')[0] ?? ''));
const commandIn = (text: string): string => /green-api-logout ([a-z]+)/.exec(text)?.[1] ?? 'none';

test.each(Object.keys(failureWords))('the sentence about %s ends with a command that exists', (kind) => {
  const outcome = {
    kind: kind as keyof typeof failureWords,
    confirmed: false,
    detail: 'GREEN-API answered HTTP 401',
  } as const;

  const text = logoutText({ idInstance: first, owner }, outcome, undefined);

  expect(text).toMatch(
    /^Instance 1101000001 of john\.doe@example\.com is not confirmed as logged out: .+\. Try again: /,
  );
  expect(names).toContain(commandIn(text));
});

test('a sentence about an instance names it, its owner and why', () => {
  const instance = { idInstance: first, owner: undefined };

  expect([
    logoutText({ ...instance, owner }, { kind: 'logged-out', confirmed: true }, 'left'),
    logoutText(instance, { kind: 'already-logged-out', confirmed: true }, undefined),
    linkedAgainText(instance, 'authorized', 'left'),
  ]).toEqual([
    'Instance 1101000001 of john.doe@example.com is logged out (left).',
    'Instance 1101000001 was already logged out.',
    'Instance 1101000001 was linked again (state authorized) after its logout was confirmed (left). Log it out: green-api-logout logout 1101000001',
  ]);
});

test.each([
  ['00u3m90rxKjGQ0G6L1d6 john.doe@example.com', 'john.doe@example.com'],
  ['00u3m90rxKjGQ0G6L1d6 S-1-5-21', '00u3m90rxKjGQ0G6L1d6'],
])('a sentence names the person with the identities %s as %s', (identities, person) => {
  expect(personIn(identities)).toBe(person);
});

const others = anyText({ maxLength: 400 });

test('whatever others write, a sentence can stand in a JSON text as it is', () => {
  fc.assert(
    fc.property(others, others, (one, another) => {
      const outcome = { kind: 'unavailable', confirmed: false, detail: another } as const;
      const text = logoutText({ idInstance: first, owner: one }, outcome, one);

      expect(JSON.parse(`{"text":"${text}"}`)).toEqual({ text });
      expect(text).not.toMatch(/["\\<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(text.isWellFormed()).toBe(true);
      expect(text.length).toBeLessThan(1_000);
    }),
  );
});

test.each([
  ['say "hi"\\', "say 'hi'/"],
  ['<!channel> look', '(!channel) look'],
  ['two\r\nlines\u2028three\u0000', 'two lines three'],
  ['a\u202etxt.exe', 'a txt.exe'],
  [`token ${markerToken}`, 'token (removed)'],
  [`token ${markerToken.toUpperCase()}`, 'token (removed)'],
  [runId, runId],
])('%j is written as %j', (text, written) => {
  expect(plain(text)).toBe(written);
});

test('a long text is cut between characters', () => {
  expect(part('😀'.repeat(200))).toBe(`${'😀'.repeat(120)}…`);
  expect(part('😀'.repeat(120))).toBe('😀'.repeat(120));
});
