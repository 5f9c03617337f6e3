import { createDescribeRun } from '../../../../functions/runs/lambda/describe-run.ts';
import type { GetExecution, RunExecution } from '../../../../functions/runs/lambda/read-run.ts';

const request = { target: { instances: ['1101000001', '1101000002'] }, reason: 'phones lost', requestedBy: 'john.doe' };
const progress = { total: 2, loggedOut: 1, failed: 1, skipped: 0, pending: 0, ready: 0 };

const execution = (more: Partial<RunExecution> & { readonly request?: object } = {}): RunExecution => ({
  kind: 'execution',
  arn: 'arn:1',
  status: 'RUNNING',
  startedAt: new Date(0),
  endedAt: undefined,
  payload: JSON.stringify({ ...request, ...more.request }),
  result: undefined,
  error: undefined,
  ...more,
});

const failed = execution({
  status: 'FAILED',
  error: { message: 'x', data: JSON.stringify({ progress, outcomes: [] }) },
});

/** What describes runs out of these answers of Lambda, with the calls that it made and how long it waited for each. */
const start = (...answers: readonly Awaited<ReturnType<GetExecution>>[]) => {
  const calls: string[] = [];
  const waitsMs: number[] = [];
  const logged: object[] = [];
  const describeRun = createDescribeRun({
    getExecution: async (arn) => {
      calls.push(arn);
      return answers[Math.min(calls.length, answers.length) - 1] ?? { kind: 'unknown-run' };
    },
    // The clock stands still.
    nowMs: () => 1_000,
    sleep: async (ms) => void waitsMs.push(ms),
    log: (_level, _message, fields) => void logged.push(fields),
  });
  return { describeRun, calls, waitsMs, logged };
};

test.each([
  [{ instances: ['1', '2', '3'] }, { instances: 3 }],
  [{ instances: [] }, { instances: 0 }],
  [{ owner: 'ann@example.com' }, { owner: 'ann@example.com' }],
  [{ group: 'sales' }, { group: 'sales' }],
  [{ all: true }, { all: true }],
])('the target %j is listed as %j', async (target, listed) => {
  const { describeRun } = start(execution({ request: { target, dryRun: true } }));

  expect(await describeRun('arn:1', 'RUNNING')).toEqual({
    target: listed,
    reason: 'phones lost',
    requestedBy: 'john.doe',
    dryRun: true,
  });
});

test('a run is read once while it goes on, once when it has ended, and never again', async () => {
  const { describeRun, calls } = start(execution(), failed);

  for (const status of ['RUNNING', 'RUNNING', 'FAILED', 'FAILED']) await describeRun('arn:1', status);

  expect(await describeRun('arn:1', 'FAILED')).toMatchObject({ target: { instances: 2 }, progress });
  expect(calls).toHaveLength(2);
});

test('runs are read one after the other, 20 a second, also at the same time', async () => {
  const { describeRun, calls, waitsMs } = start(failed);

  await Promise.all(['arn:1', 'arn:2', 'arn:3'].map((arn) => describeRun(arn, 'FAILED')));

  expect([calls, waitsMs]).toEqual([
    ['arn:1', 'arn:2', 'arn:3'],
    [0, 50, 100],
  ]);
});

test('a run that cannot be read has no facts for now, is logged, and is read again', async () => {
  const throttled = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
  const { describeRun, logged } = start(throttled, failed);

  expect(await describeRun('arn:1', 'FAILED')).toBeUndefined();
  expect(logged).toEqual([{ execution: 'arn:1', ...throttled }]);
  expect(await describeRun('arn:1', 'FAILED')).toMatchObject({ progress });
});

test('a run that was stopped has no counts, and a payload that is no run gives nothing', async () => {
  const stopped = execution({ status: 'STOPPED', error: { message: 'Stopped by john.doe', data: undefined } });

  expect(await start(stopped).describeRun('arn:1', 'STOPPED')).not.toHaveProperty('progress');
  expect(await start(execution({ payload: '{}' })).describeRun('arn:1', 'RUNNING')).toBeUndefined();
});
