import * as v from 'valibot';
import type { Run } from '../../../functions/runs/lambda/read-run.ts';
import { type RetryChoice, type RunRequest, runRequestSchema } from '../../../functions/runs/request.ts';
import { createPlanRetry } from '../../../functions/runs/retry.ts';
import { parseRunName, type RunName } from '../../../functions/runs/run-name.ts';
import { createSetup, requestOf, runId } from '../../support/run-setup.ts';

const retryOf = parseRunName(runId) as RunName;
const [confirmed, rejected, guarded, excepted] = ['1101000001', '1101000002', '1101000003', '1101000004'] as const;
const sales = { group: 'sales' };

type Part = Partial<Omit<Run, 'request'>> & { readonly request?: Partial<RunRequest> };

/** A run as it is read after its end. */
const runOf = ({ request, ...run }: Part): Run => ({
  kind: 'run',
  status: 'FAILED',
  source: 'api',
  request: requestOf({ target: sales, ...request }),
  reason: 'phones lost',
  requestedBy: 'auth0|night-shift',
  startedAt: new Date('2026-11-30T17:00:00Z'),
  endedAt: new Date('2026-11-30T17:05:00Z'),
  progress: { total: 0, loggedOut: 0, failed: 0, skipped: 0, pending: 0, ready: 0 },
  outcomes: [],
  ...run,
});

const plan = (run: Run, choice: RetryChoice = {}, maxTargetsCeiling = 3_000) =>
  createPlanRetry(async () => run, { maxTargetsCeiling })({ retryOf, ...choice });

/** Runs four instances, of which the first alone is logged out, and then a retry of that run. */
const runTwice = async (between: (setup: ReturnType<typeof createSetup>) => void, choice: RetryChoice = {}) => {
  const tags = { group: 'sales' };
  const setup = createSetup({
    [confirmed]: { tags },
    [rejected]: { tags, logout: [{ kind: 'credential-rejected', detail: 'HTTP 401' }, { kind: 'accepted' }] },
    [guarded]: { tags: { ...tags, protected: true } },
    [excepted]: { tags },
  });
  const request = requestOf({
    target: sales,
    except: [excepted] as unknown as Run['outcomes'][number]['idInstance'][],
    clearQueue: true,
  });
  const { progress, outcomes } = await setup.run(request);
  setup.calls.length = 0;
  setup.evidence.length = 0;
  between(setup);
  const planned = await plan(runOf({ request, progress, outcomes }), choice);
  if (planned.kind !== 'fields') throw new Error(planned.kind);
  const retry = { ...planned.fields, requestedBy: 'auth0|day-shift', source: 'api', expiresAt: '2026-12-02T17:00:00Z' };
  return { setup, request: v.parse(runRequestSchema, retry), run: await setup.run(retry) };
};

test('a retry logs out what failed, and nothing that is confirmed or excepted', async () => {
  const { setup, request, run } = await runTwice(() => {});

  expect(request).toMatchObject({ target: sales, only: [rejected, guarded], clearQueue: true, retryOf });
  expect(setup.callsOf('logout').map(({ id }) => id)).toEqual([rejected]);
  expect(run).toMatchObject({ status: 'SUCCEEDED', progress: { total: 2, loggedOut: 1, skipped: 1 } });
  expect(setup.evidence.map((record) => [record.idInstance, record.run?.retryOf])).toEqual([[rejected, retryOf]]);
  expect(setup.ends.at(-1)).toMatchObject({ retryOf, status: 'SUCCEEDED' });
});

test('a retry skips an instance that has changed hands, and logs out one that is not protected any more', async () => {
  const { setup, run } = await runTwice(({ tag }) => {
    tag(rejected, { group: 'support' });
    tag(guarded, { protected: false });
  });

  expect(setup.callsOf('logout').map(({ id }) => id)).toEqual([guarded]);
  expect(run.outcomes).toMatchObject([
    { idInstance: rejected, kind: 'skipped', skipReason: 'tag-changed' },
    { idInstance: guarded, kind: 'logged-out', confirmed: true },
  ]);
});

test('a drill of a retry reads what the retry would log out, and touches nothing', async () => {
  const { setup, run } = await runTwice(() => {}, { dryRun: true });

  expect(setup.calls.map(({ method, id }) => [method, id])).toEqual([['readState', rejected]]);
  expect(run.status).toBe('SUCCEEDED');
});

const outcome = {
  idInstance: rejected,
  kind: 'unconfirmed',
  confirmed: false,
  attempts: 1,
} as unknown as Run['outcomes'][number];
const progress = { total: 1, loggedOut: 0, failed: 1, skipped: 0, pending: 0, ready: 0 };
const one = { progress, outcomes: [outcome] };
const done = { progress, outcomes: [{ ...outcome, kind: 'logged-out' as const, confirmed: true }] };
const rotated = (token: object) => ({ progress, outcomes: [{ ...done.outcomes[0], token }] }) as unknown as Part;

test.each<[string, Part, unknown]>([
  ['was stopped before it came to an instance', { ...one, status: 'TIMED_OUT' }, [rejected]],
  ['did not rotate a token', rotated({ kind: 'not-rotated' }), [rejected]],
  ['rotated a token whose predecessor works', rotated({ kind: 'rotated', oldTokenStillWorks: true }), [rejected]],
  [
    'succeeded and left a protected instance',
    { progress, outcomes: [{ ...outcome, kind: 'skipped', skipReason: 'protected' }], status: 'SUCCEEDED' },
    [rejected],
  ],
  ['found nobody', { status: 'SUCCEEDED' }, undefined],
  ['failed before it found anybody', {}, undefined],
  ['found a secret that is not understood beside confirmed instances', done, undefined],
  ['was a retry that expired before it read any tags', { request: { only: [rejected] as never } }, [rejected]],
])('the retry of a run that %s', async (_, run, only) => {
  const planned = await plan(runOf(run));

  expect(planned).toMatchObject({ kind: 'fields', fields: { target: sales, reason: 'phones lost' } });
  expect('fields' in planned && planned.fields.only).toEqual(only);
});

test.each<[string, Part, object]>([
  ['goes on', { ...one, status: 'RUNNING' }, { refusal: 'run-not-ended' }],
  ['rotated every token', { ...rotated({ kind: 'rotated' }), status: 'SUCCEEDED' }, { refusal: 'nothing-to-retry' }],
  ['has a status of its own', { ...one, status: 'PAUSED' }, { refusal: 'run-not-ended' }],
  ['is wholly confirmed', { ...done, status: 'SUCCEEDED' }, { refusal: 'nothing-to-retry' }],
  [
    'was a drill in which everybody was ready',
    { progress, outcomes: [{ ...outcome, kind: 'ready' }], status: 'SUCCEEDED' },
    { refusal: 'nothing-to-retry' },
  ],
  [
    'excepted everybody else',
    {
      progress,
      outcomes: [...done.outcomes, { ...outcome, kind: 'skipped', skipReason: 'excepted' }],
      status: 'SUCCEEDED',
    },
    { refusal: 'nothing-to-retry' },
  ],
  [
    'was stopped',
    { ...one, status: 'STOPPED', note: 'Stopped by auth0|day-shift' },
    { refusal: 'run-stopped', stoppedBy: 'auth0|day-shift' },
  ],
  ['lost its outcomes', { progress }, { refusal: 'not-repeatable' }],
  ['had no request', { ...one, request: { target: {} } as never }, { refusal: 'not-repeatable' }],
])('a run that %s is not retried', async (_, run, refusal) => {
  expect(await plan(runOf(run))).toMatchObject({ kind: 'refused', ...refusal });
});

test('a run that was stopped is retried when the requester knows it', async () => {
  const stopped = runOf({ ...one, status: 'STOPPED', note: 'Stopped by auth0|day-shift' });

  expect(await plan(stopped, { evenIfStopped: true })).toMatchObject({ kind: 'fields', fields: { only: [rejected] } });
});

test('the requester may choose the reason and the limit, which stays below the ceiling; instants are new', async () => {
  const run = runOf({ ...one, request: { at: '2026-11-30T17:00:00Z', maxTargets: 900 } });

  const planned = await plan(run, { reason: 'token replaced' }, 500);
  const chosen = await plan(run, { maxTargets: 7 });

  expect(planned).toEqual({
    kind: 'fields',
    fields: { target: sales, reason: 'token replaced', maxTargets: 500, only: [rejected], retryOf },
  });
  expect(chosen).toMatchObject({ fields: { maxTargets: 7 } });
});

test('a retry takes those that failed before those that were skipped, and 3,000 at the most', async () => {
  const skipped = Array.from({ length: 3_000 }, (_, index) => ({
    ...outcome,
    idInstance: String(index + 1),
    kind: 'skipped' as const,
    skipReason: 'protected' as const,
  })) as unknown as Run['outcomes'];

  const planned = await plan(
    runOf({ progress, outcomes: [outcome, ...skipped, { ...outcome, idInstance: confirmed as never }] }),
  );

  expect('fields' in planned && planned.fields.only?.length).toBe(3_000);
  expect('fields' in planned && planned.fields.only?.slice(0, 4)).toEqual([rejected, confirmed, '1', '2']);
});

test('a run that cannot be found is not planned again', async () => {
  const planRetry = createPlanRetry(async () => ({ kind: 'unknown-run' }), { maxTargetsCeiling: 50 });

  expect(await planRetry({ retryOf })).toEqual({ kind: 'unknown-run' });
});
