import type { BusEvent } from '../../../../emulators/eventbridge/event.ts';
import { startEventBus } from '../../../../emulators/eventbridge/event-bus.ts';
import { resultsFromSteps } from '../../../../functions/runs/results-from-steps.ts';
import { summarize } from '../../../../functions/runs/summary.ts';
import { useEmulators } from '../../../support/aws-environment.ts';
import { buildFixture } from '../../../support/lambda/harness.ts';
import { startRunsSetup } from '../../../support/runs-on-lambda.ts';

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('puppet');
});

const sales = { target: { group: 'sales' }, reason: 'phones lost' };
const nightShift = { jwt: { claims: { sub: 'auth0|night-shift' }, scopes: null } };

/** The first batch of 200 holds only the first of them that is not confirmed. */
const ids = Array.from({ length: 201 }, (_, at) => String(1_101_000_002 + at));

const resolved = {
  name: 'resolve',
  result: { kind: 'resolved', targets: ['1101000001', '1101000002'], excepted: [], protected: ['7'], unlisted: 0 },
};
const confirmed = {
  idInstance: '1101000001',
  kind: 'logged-out',
  confirmed: true,
  attempts: 1,
  confirmedAt: '2026-11-22T09:00:04.000Z',
};
const pending = { idInstance: '1101000002', kind: 'pending', confirmed: false, attempts: 0 };
const left = {
  idInstance: '7',
  kind: 'skipped',
  confirmed: false,
  attempts: 0,
  skipReason: 'protected',
  detail: 'protected',
};
const round = { name: 'round-1-batch-1', result: { round: 1, targetStates: [confirmed] } };

const notAttempted = { ...pending, kind: 'not-attempted' };
const ended = { total: 3, loggedOut: 1, failed: 1, skipped: 1, pending: 0, ready: 0 };
const underWay = { total: 3, loggedOut: 1, failed: 0, skipped: 1, pending: 1, ready: 0 };
const evidenceIn = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'evidence');
const endsIn = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line)).filter(({ message }) => message === 'run');
const summary = summarize(
  resultsFromSteps([resolved, round].map(({ name, result }) => ({ name, payload: JSON.stringify(result) }))),
  { note: 'two of three were looked after' },
);

test('shows a running run from its history', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');

  await setup.perform([resolved, round]);
  const { status, body } = await setup.get(started.id);

  expect([status, body]).toEqual([
    200,
    {
      id: started.id,
      status: 'RUNNING',
      source: 'api',
      phase: 'processing',
      request: { target: sales.target, maxTargets: 50, expiresAt: expect.stringMatching(/^2.*Z$/) },
      reason: 'phones lost',
      requestedBy: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
      startedAt: expect.stringMatching(/^2.*Z$/),
      progress: underWay,
      outcomes: [confirmed, pending, left],
    },
  ]);
});

test.each([
  ['SUCCEEDED', { Status: 'SUCCEEDED', Result: JSON.stringify(summary) }],
  ['FAILED', { Status: 'FAILED', Error: { ErrorType: 'RunFailed', ErrorData: JSON.stringify(summary) } }],
])('shows a run that has %s from its summary', async (status, output) => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');

  await (await setup.perform([]))(output);
  const { body } = await setup.get(started.id);

  expect(body).toMatchObject({
    status,
    endedAt: expect.stringMatching(/^2.*Z$/),
    note: 'two of three were looked after',
    progress: underWay,
    outcomes: [confirmed, pending, left],
  });
});

test('shows the progress of a run that ended without a summary, but not its error message', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');

  const end = await setup.perform([resolved, round]);
  await end({ Status: 'FAILED', Error: { ErrorType: 'TypeError', ErrorMessage: 'a secret thing' } });
  const { body } = await setup.get(started.id);

  expect(body).toMatchObject({
    status: 'FAILED',
    note: 'the run failed without a summary: see its log',
    progress: ended,
    outcomes: [confirmed, { ...notAttempted, detail: 'the run ended before it came to this instance' }, left],
  });
  expect(JSON.stringify(body)).not.toContain('a secret thing');
});

test('shows the outcomes of a run whose summary was too large for them, and retries what is not confirmed', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');
  const failed = { ...pending, kind: 'unconfirmed', attempts: 1 };
  const both = { name: 'round-1-batch-1', result: { round: 1, targetStates: [confirmed, failed] } };
  const end = await setup.perform([resolved, both]);

  await end({ Status: 'FAILED', Error: { ErrorData: JSON.stringify({ progress: ended, outcomes: [] }) } });
  const { body } = await setup.get(started.id);
  const retry = await setup.post({ retryOf: started.id }, 'incident-8');
  const { body: retried } = await setup.get(retry.body.id);

  expect(body).toMatchObject({ progress: ended, outcomes: [confirmed, failed, left] });
  expect(retried).toMatchObject({ retryOf: started.id, request: { target: sales.target, only: ['1101000002', '7'] } });
});

test('stops a run once, and reports its progress and who stopped it', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');
  await setup.perform([resolved, round]);

  const [stopped, again] = [await setup.stop(started.id), await setup.stop(started.id)];
  const { body } = await setup.get(started.id);

  expect([stopped.status, stopped.body]).toEqual([202, { id: started.id, status: 'STOPPED' }]);
  expect([again.status, again.body]).toEqual([202, { id: started.id, status: 'STOPPED' }]);
  expect(body).toMatchObject({
    status: 'STOPPED',
    note: 'Stopped by arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
    progress: ended,
    outcomes: [confirmed, { ...notAttempted, detail: 'the run was stopped before it came to this instance' }, left],
  });
  expect(evidenceIn(setup.lines)).toEqual([]);
});

test('records and publishes the end of a run that is stopped, with who stopped it and what it came to', async () => {
  const events: BusEvent[] = [];
  await using bus = await startEventBus((event) => events.push(event));
  useEmulators({ eventBridge: bus.url });
  await using setup = await startRunsSetup(bundle, { EVENT_BUS: 'outcomes' });
  const { body: started } = await setup.post(sales, 'incident-7');
  await setup.perform([{ name: 'start', result: '2026-11-22T09:00:01.000Z' }, resolved, round]);

  await setup.stop(started.id);

  const stoppedBy = 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID';
  const ended = {
    id: started.id,
    source: 'api',
    target: sales.target,
    reason: 'phones lost',
    status: 'STOPPED',
    dryRun: false,
    startedAt: '2026-11-22T09:00:01.000Z',
    progress: { total: 3, loggedOut: 1, failed: 1, skipped: 1, pending: 0, ready: 0 },
    notConfirmed: [{ idInstance: '1101000002', kind: 'not-attempted' }],
    stoppedBy,
    text: `The run was stopped by ${stoppedBy}. 1 of 3 instances of the group sales is logged out (phones lost). Not confirmed: 1101000002 (not attempted). Details: green-api-logout show ${started.id}`,
  };
  expect(endsIn(setup.lines)).toMatchObject([{ message: 'run', ...ended }]);
  expect(events).toMatchObject([{ source: 'green-api-logout', 'detail-type': 'Logout Run Ended', detail: ended }]);
});

test('writes no evidence of a drill that is stopped: it sent no logout', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post({ ...sales, dryRun: true }, 'incident-7');
  const tried = { ...pending, attempts: 1, detail: 'state not read', retry: { readings: [] } };
  await setup.perform([
    { name: 'start', result: '2026-11-22T09:00:01.000Z' },
    { ...resolved, result: { ...resolved.result, targets: ids } },
    { name: 'round-1-batch-1', result: { round: 1, targetStates: [tried] } },
  ]);

  const stopped = await setup.stop(started.id);

  expect(stopped.status).toBe(202);
  expect(evidenceIn(setup.lines)).toEqual([]);
  expect(endsIn(setup.lines)).toMatchObject([{ status: 'STOPPED', dryRun: true }]);
});

test('writes evidence of each unconfirmed instance to which a stopped run sent or may have sent a logout', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');
  const readings = [{ at: '2026-11-22T09:00:02.000Z', stateInstance: 'authorized' }];
  const sent = { ...pending, attempts: 1, detail: 'the state is authorized' };
  const tags = { owner: 'ann@example.com', group: 'sales', protected: false };
  await setup.perform(
    [
      { name: 'start', result: '2026-11-22T09:00:01.000Z' },
      { ...resolved, result: { ...resolved.result, targets: ids } },
      {
        name: 'round-1-batch-1',
        result: { round: 1, targetStates: [{ ...sent, retry: { readings, isLogout: true, tags } }] },
      },
    ],
    ['round-1-batch-2'],
  );

  await setup.stop(started.id);
  const { body } = await setup.get(started.id);

  const evidence = evidenceIn(setup.lines);
  const stoppedBy = 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID';
  expect(evidence).toHaveLength(2);
  expect(evidence).toMatchObject([
    {
      idInstance: '1101000002',
      function: 'run',
      attempts: 1,
      readings,
      requestedAt: '2026-11-22T09:00:01.000Z',
      outcome: {
        kind: 'unconfirmed',
        confirmed: false,
        isLogout: true,
        detail: 'the run was stopped before the logout was confirmed',
      },
      run: { id: started.id, tags, stoppedBy },
      failed: 0,
    },
    { idInstance: '1101000202', attempts: 1, run: { stoppedBy }, failed: 0 },
  ]);
  expect(body.outcomes).toContainEqual({
    idInstance: '1101000202',
    kind: 'unconfirmed',
    confirmed: false,
    attempts: 1,
    detail:
      'the run was stopped while it processed this instance: a logout may have been sent; an evidence record that confirms it counts',
  });
  expect(body.progress).toMatchObject({ total: 202, failed: 201, pending: 0 });
});

test('the evidence of a run that was stopped after its second look says which instance was linked again', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');
  const look = { kind: 'resolved', targets: ['1101000003', '1101000001'], linkedAgain: ['1101000001'] };
  const steps = [
    { ...resolved, result: { ...resolved.result, targets: ['1101000001'] } },
    round,
    { name: 'second-look', result: { ...look, excepted: [], protected: [], unlisted: 0 } },
  ];
  await setup.perform(steps, ['second-look-round-1-batch-1']);

  await setup.stop(started.id);
  const { body } = await setup.get(started.id);

  const records = evidenceIn(setup.lines).map(({ idInstance, outcome, run }) => [
    idInstance,
    outcome.kind,
    run.linkedAgain,
  ]);
  expect(records).toEqual([
    ['1101000001', 'unconfirmed', true],
    ['1101000003', 'unconfirmed', undefined],
  ]);
  expect(body.progress).toMatchObject({ total: 3, loggedOut: 0, failed: 2, skipped: 1 });
});

test('a repeated DELETE writes the evidence again, with the caller who stopped the run', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-8');
  await setup.perform([{ name: 'start', result: '2026-11-22T09:00:01.000Z' }, resolved], ['round-1-batch-1']);
  const another = { iam: { userArn: 'arn:aws:iam::111122223333:user/mallory', userId: 'AIDAEXAMPLE' } };

  await setup.stop(started.id);
  await setup.stop(started.id, another);

  const stoppers = evidenceIn(setup.lines).map(({ run }) => (run as { readonly stoppedBy: string }).stoppedBy);
  expect(stoppers.length).toBeGreaterThanOrEqual(2);
  expect(new Set(stoppers)).toEqual(new Set(['arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID']));
});

test.each([
  ['wait-for-at', 'waiting-for-start', 'the run waits for its start (`at`)'],
  [
    'wait-for-late-tags',
    'waiting-for-tags',
    expect.stringMatching(/^no instance has this owner yet; a new tag may take/),
  ],
  [
    'wait-for-second-look',
    'waiting-for-tags',
    'a new tag may take five minutes to appear in the list, so the run looks again for instances of this owner',
  ],
  ['wait-after-round-1', 'waiting-for-next-round', '1 instance is pending; the run tries again'],
  ['second-look-wait-after-round-1', 'waiting-for-next-round', '1 instance is pending; the run tries again'],
])('shows what a run in %s waits for, and until when', async (wait, phase, note) => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post({ ...sales, clearQueue: true, except: ['7'] }, 'incident-7');

  await setup.perform([resolved, round], [], { name: wait, seconds: 3_600 });
  const { body } = await setup.get(started.id);

  expect(body).toMatchObject({ status: 'RUNNING', phase, note });
  expect(Date.parse(String(body.nextActionAt)) - Date.parse(String(body.startedAt))).toBeGreaterThan(3_500_000);
  expect(body.request).toMatchObject({ target: sales.target, clearQueue: true, except: ['7'], maxTargets: 50 });
});

test('reports that a run has already ended when it is stopped', async () => {
  await using setup = await startRunsSetup(bundle);
  const { body: started } = await setup.post(sales, 'incident-7');
  await (await setup.perform([]))({ Status: 'SUCCEEDED', Result: JSON.stringify(summary) });

  const { status, body } = await setup.stop(started.id);

  expect([status, body.code]).toEqual([409, 'run-ended']);
});

test('starts one run for one key, however often it is requested, and refuses another request', async () => {
  await using setup = await startRunsSetup(bundle);

  const first = await setup.post(sales, 'incident-7');
  const again = await setup.post(sales, 'incident-7');
  const other = await setup.post({ ...sales, reason: 'phones found' }, 'incident-7');

  expect([again.status, again.body]).toEqual([202, first.body]);
  expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused']);
  expect(setup.started()).toMatchObject([{ Name: first.body.id }]);
});

test('starts two runs for one key of two callers', async () => {
  await using setup = await startRunsSetup(bundle);

  const ids = [
    (await setup.post(sales, 'incident-7')).body.id,
    (await setup.post(sales, 'incident-7', nightShift)).body.id,
  ];

  expect(setup.started().map(({ Name }) => Name)).toEqual(ids);
});

test('starts one run for one firing of a schedule, even if the schedule was changed between deliveries', async () => {
  await using setup = await startRunsSetup(bundle);
  const firing = { schedule: 'nightly', scheduledTime: '2026-11-22T22:00:00Z', ...sales };

  const first = await setup.fire(firing);
  const again = await setup.fire(firing);
  const changed = await setup.fire({ ...firing, reason: 'end of the day' });

  expect([again, changed]).toEqual([first, first]);
  expect(setup.started()).toMatchObject([{ Name: first.run }]);
});

test('gives the runs of two deployments in one account different names', async () => {
  await using setup = await startRunsSetup(bundle, { STACK: 'logout-test' });
  const { body } = await setup.post(sales, 'incident-7');
  await using other = await startRunsSetup(bundle, { STACK: 'logout-live' });

  expect((await other.post(sales, 'incident-7')).body.id).not.toBe(body.id);
});

test('answers that a run is unknown if it was never started', async () => {
  await using setup = await startRunsSetup(bundle);
  const id = `schedule-${'0'.repeat(40)}`;

  for (const { status, body } of [await setup.get(id), await setup.stop(id)])
    expect([status, body.code]).toEqual([404, 'unknown-run']);
});

test('reports a missing function by name', async () => {
  await using setup = await startRunsSetup(bundle, { RUN_FUNCTION: 'walk' });

  const { status, body } = await setup.post(sales, 'incident-7');

  expect([status, body.code, body.detail]).toEqual([
    500,
    'runs-denied',
    'Lambda: ResourceNotFoundException: there is no such function or alias. Correct the deployment: its role, its run function or the alias of that function.',
  ]);
});

test('lists the runs newest first, with what started each, and page by page', async () => {
  await using setup = await startRunsSetup(bundle);
  const first = await setup.post(sales, 'incident-7');
  await (await setup.perform([]))({ Status: 'SUCCEEDED', Result: JSON.stringify(summary) });
  const second = await setup.fire({ schedule: 'nightly', scheduledTime: '2026-11-22T22:00:00Z', ...sales });

  const all = await setup.list();
  const running = await setup.list({ status: 'RUNNING' });

  expect([all.status, all.body]).toEqual([
    200,
    {
      runs: [
        {
          id: second.run,
          source: 'schedule',
          status: 'RUNNING',
          startedAt: expect.stringMatching(/Z$/),
          ...sales,
          dryRun: false,
          requestedBy: 'schedule nightly',
        },
        {
          id: first.body.id,
          source: 'api',
          status: 'SUCCEEDED',
          startedAt: expect.stringMatching(/Z$/),
          endedAt: expect.stringMatching(/Z$/),
          ...sales,
          dryRun: false,
          requestedBy: 'arn:aws:sts::111122223333:assumed-role/SecurityDesk AROAEXAMPLEID',
          progress: summary.progress,
        },
      ],
    },
  ]);
  expect(running.body).toMatchObject({ runs: [{ id: second.run }] });
});

test.each([
  [{ status: 'DONE' }, 'status must be one of RUNNING, SUCCEEDED, FAILED, STOPPED, TIMED_OUT'],
  [{ next: 'none of ours' }, 'next must be the next of an earlier answer'],
  [{ page: '2' }, 'page is not a field of this request'],
])('refuses to list runs by %j', async (query, detail) => {
  await using setup = await startRunsSetup(bundle);

  const { status, body } = await setup.list(query as unknown as Record<string, string>);

  expect([status, body.detail]).toEqual([400, detail]);
});

test.each(['cut', 'omit'] as const)(
  'a history that Lambda truncates (%s) is reported as unavailable, not as empty',
  async (how) => {
    await using setup = await startRunsSetup(bundle);
    const { body: started } = await setup.post(sales, 'incident-7');
    await setup.perform([resolved, round]);

    setup.settings.truncation = { aboveBytes: 10, how };
    const { status, body } = await setup.get(started.id);

    expect([status, body.code]).toEqual([503, 'unavailable']);
    expect(body.detail).toContain('part of the history of the run is cut off; its evidence is complete');
  },
);

test('finds and stops a run that Lambda does not list yet', async () => {
  await using setup = await startRunsSetup(bundle);
  setup.settings.listingLagMs = 700;
  const { body: started } = await setup.post(sales, 'incident-7');

  const [shown, stopped] = await Promise.all([setup.get(started.id), setup.stop(started.id)]);

  expect([shown.status, stopped.status]).toEqual([200, 202]);
});
