import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Event, GetDurableExecutionHistoryCommand, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { buildFixture, startHarness, temporaryFolder } from '../../test/support/lambda/harness.ts';
import type { FunctionOptions } from './options.ts';

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('durable');
});

const startRuns = (limits: Partial<FunctionOptions> = {}) =>
  startHarness({ functions: { run: { bundle, environment: () => ({}), executionTimeoutMs: 600_000, ...limits } } });

const tallyIn = (folder: string) => join(folder, 'tally');
const timesIn = (tally: string) => readFileSync(tally, 'utf8').split('\n').length - 1;
const story = ({ EventType, Name }: Event) => (Name === undefined ? EventType : `${EventType} ${Name}`);
const happened = (event: Event) => event.EventType !== 'InvocationCompleted';

test('runs steps, a wait and a retry in real time, and lists them in the history in order', async () => {
  await using runs = await startRuns();

  const DurableExecutionArn = await runs.start({ scenario: 'story' }, 'schedule-nightly');
  const run = await runs.ended(DurableExecutionArn);
  const { Events = [] } = await runs.client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));

  expect(run).toMatchObject({ Status: 'SUCCEEDED', DurableExecutionName: 'schedule-nightly', Version: '1' });
  expect(JSON.parse(run.Result ?? '')).toEqual({ resolved: ['1101000001', '1101000002'], attempt: 2 });
  expect(Events.filter(happened).map(story)).toEqual([
    'ExecutionStarted schedule-nightly',
    'StepStarted resolve',
    'StepSucceeded resolve',
    'WaitStarted pause',
    'WaitSucceeded pause',
    'StepStarted round 1',
    'StepFailed round 1',
    'StepStarted round 1',
    'StepSucceeded round 1',
    'ExecutionSucceeded schedule-nightly',
  ]);
  const wait = Events.filter(({ Name }) => Name === 'pause').map(
    ({ EventTimestamp }) => EventTimestamp?.getTime() ?? 0,
  );
  expect((wait[1] ?? 0) - (wait[0] ?? 0)).toBeGreaterThanOrEqual(1000);
  expect(Events.find(({ EventType }) => EventType === 'StepFailed')?.StepFailedDetails).toMatchObject({
    Error: { Payload: { ErrorType: 'TypeError', ErrorMessage: 'try again' } },
    RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 1 },
  });
});

test('pages through the history from either end, with and without its payloads', async () => {
  await using runs = await startRuns();
  const DurableExecutionArn = await runs.start({ scenario: 'quick' });
  await runs.ended(DurableExecutionArn);
  const read = (query: object) =>
    runs.client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, ...query }));

  const all = await read({});
  const first = await read({ MaxItems: 3 });
  const rest = await read({ MaxItems: 3, Marker: first.NextMarker });
  const newest = await read({ MaxItems: 3, ReverseOrder: true });
  const oldest = await read({ MaxItems: 3, ReverseOrder: true, Marker: newest.NextMarker });
  const bare = await read({ IncludeExecutionData: false });

  expect(all.Events?.map(({ EventId }) => EventId)).toEqual([1, 2, 3, 4, 5]);
  expect([...(first.Events ?? []), ...(rest.Events ?? [])]).toEqual(all.Events);
  expect(rest.NextMarker).toBeUndefined();
  expect([...(newest.Events ?? []), ...(oldest.Events ?? [])]).toEqual(all.Events?.toReversed());
  expect(all.Events?.[2]?.StepSucceededDetails?.Result?.Payload).toBe('42');
  expect(bare.Events?.[2]?.StepSucceededDetails?.Result).toEqual({});
});

test('fails with the data of the thrown error, and sends the event to the dead-letter queue', async () => {
  await using runs = await startRuns();

  const arn = await runs.start({ scenario: 'failure' }, 'api-failure');
  const run = await runs.ended(arn);

  const error = {
    ErrorType: 'NotEveryoneConfirmed',
    ErrorMessage: '1 of 2 not confirmed',
    ErrorData: '{"total":2,"failed":1}',
  };
  expect(run).toMatchObject({ Status: 'FAILED', Error: error });
  expect(runs.letters.items).toEqual([
    { arn, name: 'api-failure', functionName: 'run', payload: '{"scenario":"failure"}', status: 'FAILED', error },
  ]);
});

test('stops a run in the middle of a wait, once', async () => {
  await using runs = await startRuns();
  const DurableExecutionArn = await runs.start({ scenario: 'long wait' });
  await runs.events.first((event) => event.kind === 'history' && event.event.EventType === 'InvocationCompleted');

  const error = { ErrorType: 'Cancelled', ErrorMessage: 'by the operator' };
  const first = await runs.client.send(new StopDurableExecutionCommand({ DurableExecutionArn, Error: error }));
  const second = await runs.client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));

  const run = await runs.get(DurableExecutionArn);
  expect(run).toMatchObject({ Status: 'STOPPED', Error: error, EndTimestamp: first.StopTimestamp });
  expect(second.StopTimestamp).toEqual(first.StopTimestamp);
  expect(runs.letters.items).toMatchObject([{ status: 'STOPPED' }]);
});

test('gives a default reason for a run that was stopped without one', async () => {
  await using runs = await startRuns();
  const DurableExecutionArn = await runs.start({ scenario: 'long wait' });

  await runs.client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));

  expect(await runs.get(DurableExecutionArn)).toMatchObject({
    Status: 'STOPPED',
    Error: { ErrorType: 'ExecutionStopped', ErrorMessage: 'Durable execution stopped' },
  });
});

test('reports in the history whether a payload is truncated, and truncates above a size', async () => {
  await using runs = await startRuns();
  const DurableExecutionArn = await runs.start({ scenario: 'story' });
  await runs.ended(DurableExecutionArn);
  const resultOfResolve = async () => {
    const { Events = [] } = await runs.client.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));
    return Events.find(({ EventType }) => EventType === 'StepSucceeded')?.StepSucceededDetails?.Result;
  };

  const whole = await resultOfResolve();
  runs.settings.truncation = { aboveBytes: 10, how: 'cut' };
  const cut = await resultOfResolve();
  runs.settings.truncation = { aboveBytes: 10, how: 'omit' };

  expect(whole).toEqual({ Payload: '["1101000001","1101000002"]', Truncated: false });
  expect(cut).toEqual({ Payload: '["11010000', Truncated: true });
  expect(await resultOfResolve()).toEqual({ Truncated: true });
});

test('runs child contexts, maps, parallel branches and polled conditions of the SDK', async () => {
  await using runs = await startRuns();

  const run = await runs.ended(await runs.start({ scenario: 'contexts' }));

  expect(run.Error).toBeUndefined();
  expect(JSON.parse(run.Result ?? '')).toEqual({
    child: 3,
    failed: 'failed',
    mapped: [2, 4, 6],
    both: ['a', 'b'],
    polled: 3,
  });
});

test('runs when the timestamps of the invocation are epoch milliseconds', async () => {
  await using runs = await startRuns();
  runs.settings.timestamps = 'epoch-ms';

  const run = await runs.ended(await runs.start({ scenario: 'story' }));

  expect(JSON.parse(run.Result ?? '')).toEqual({ resolved: ['1101000001', '1101000002'], attempt: 2 });
});

test('speeds up the waits and the clock of a function', async () => {
  await using runs = await startRuns({ timeScale: 3600, executionTimeoutMs: 30 * 86_400_000 });

  const run = await runs.ended(await runs.start({ scenario: 'clock across an hour' }));

  const { StartTimestamp, EndTimestamp, Result } = run;
  expect(Number(Result)).toBeGreaterThanOrEqual(3_600_000);
  expect((EndTimestamp?.getTime() ?? 0) - (StartTimestamp?.getTime() ?? 0)).toBeLessThan(600_000);
});

test('times out a run that exceeds the execution timeout of its function', async () => {
  await using runs = await startRuns({ executionTimeoutMs: 1000 });

  const run = await runs.ended(await runs.start({ scenario: 'long wait' }));

  expect(run).toMatchObject({
    Status: 'TIMED_OUT',
    Error: { ErrorType: 'ExecutionTimedOut', ErrorMessage: 'Durable execution timed out after 1 seconds' },
  });
  expect(runs.letters.items).toMatchObject([{ status: 'TIMED_OUT' }]);
});

test('gives a handler more than a thousand operations, page by page', async () => {
  await using runs = await startRuns();

  const run = await runs.ended(await runs.start({ scenario: 'many steps', count: 2100 }));

  expect(run).toMatchObject({ Status: 'SUCCEEDED', Result: String((2100 * 2099) / 2) });
});

test('refuses a run more than 3,000 operations', async () => {
  await using runs = await startRuns();

  const run = await runs.ended(await runs.start({ scenario: 'many steps', count: 3001 }));

  expect(run.Status).toBe('FAILED');
  expect(run.Error?.ErrorMessage).toContain('3000 operations');
});

test('executes a step again when its process was killed during it', async () => {
  await using runs = await startRuns();
  const tally = tallyIn(temporaryFolder());
  const arn = await runs.start({ scenario: 'interrupted step', tally });
  await runs.lines.first((line) => line === 'in the step');

  for (const pid of runs.workers()) process.kill(pid, 'SIGKILL');

  expect(await runs.ended(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '2' });
  expect(timesIn(tally)).toBe(2);
});

/** A step that never ends at its first execution, in invocations of this length: longer ones, if the second was too short as well. */
const runOutOfTime = async (
  timeoutMs: number,
): Promise<{ readonly run: object; readonly errors: readonly string[] }> => {
  await using runs = await startRuns({ timeoutMs });
  const tally = tallyIn(temporaryFolder());

  const run = await runs.ended(await runs.start({ scenario: 'interrupted step', tally }));

  const errors = runs.events.items.flatMap((event) =>
    event.kind === 'history' ? (event.event.InvocationCompletedDetails?.Error?.Payload?.ErrorMessage ?? []) : [],
  );
  return errors.length > 1 && timeoutMs < 100_000 ? runOutOfTime(timeoutMs * 3) : { run, errors };
};

test('ends an invocation that runs out of time, and executes its step again', async () => {
  const { run, errors } = await runOutOfTime(6_000);

  expect(run).toMatchObject({ Status: 'SUCCEEDED', Result: '2' });
  expect(errors).toEqual([expect.stringMatching(/^Task timed out after \d+\.00 seconds$/)]);
});

test('executes several runs concurrently, each invocation in a process of its own', async () => {
  await using runs = await startRuns();
  const tally = tallyIn(temporaryFolder());
  const hanging = await runs.start({ scenario: 'interrupted step', tally });
  await runs.lines.first((line) => line === 'in the step');

  const quick = await runs.ended(await runs.start({ scenario: 'quick' }));

  expect(quick.Status).toBe('SUCCEEDED');
  expect((await runs.get(hanging)).Status).toBe('RUNNING');
  expect(runs.workers()).toHaveLength(2);
});
