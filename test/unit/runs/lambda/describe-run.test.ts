import { createDescribeRun } from '../../../../functions/runs/lambda/describe-run.ts';
import { createListRuns } from '../../../../functions/runs/lambda/list-runs.ts';
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

  for (const status of ['RUNNING', 'RUNNING']) await describeRun('arn:1', status);
  expect(calls).toHaveLength(1);
  for (const status of ['FAILED', 'FAILED']) await describeRun('arn:1', status);

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

test('a run whose end cannot be read keeps what was known of it', async () => {
  const { describeRun } = start(execution(), { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' });
  const before = await describeRun('arn:1', 'RUNNING');

  expect(await describeRun('arn:1', 'FAILED')).toEqual(before);
  expect(before).toMatchObject({ reason: 'phones lost' });
});

test('of more than 2,000 runs the one that was read first is forgotten', async () => {
  const { describeRun, calls } = start(failed);
  const describeAll = async (first: number, last: number) => {
    for (let at = first; at <= last; at += 1) await describeRun(`arn:${at}`, 'FAILED');
  };

  await describeAll(1, 2_001);
  await describeAll(2, 2_001);
  expect(calls).toHaveLength(2_001);
  await describeAll(1, 1);
  expect(calls.at(-1)).toBe('arn:1');
  expect(calls).toHaveLength(2_002);
});

describe('a page of runs', () => {
  afterEach(() => void jest.useRealTimers());

  const idOf = (digit: string) => `api-${digit.repeat(40)}`;
  const listed = (digit: string, minute: number, more: object = {}) => ({
    DurableExecutionArn: `arn:${digit}`,
    DurableExecutionName: idOf(digit),
    Status: 'RUNNING',
    StartTimestamp: new Date(minute * 60_000),
    ...more,
  });
  const list = (
    answer: () => Promise<object>,
    describeRun: (arn: string) => Promise<undefined> = async () => undefined,
  ) =>
    createListRuns({
      client: { send: answer } as unknown as Parameters<typeof createListRuns>[0]['client'],
      functionName: 'run',
      describeRun,
    });
  const refused = (name: string) => () => Promise.reject(Object.assign(new Error('x'), { name }));

  test('has the newest first, and none that this service did not start or that is not whole', async () => {
    const executions = [
      listed('1', 1),
      listed('2', 3),
      listed('3', 2),
      listed('4', 4, { DurableExecutionName: 'by-hand' }),
      listed('5', 5, { Status: undefined }),
      listed('6', 6, { StartTimestamp: undefined }),
    ];

    const page = await list(async () => ({ DurableExecutions: executions, NextMarker: 'more' }))({});

    expect(page).toMatchObject({ kind: 'page', next: 'more' });
    expect('runs' in page && page.runs.map(({ id }) => id)).toEqual(['2', '3', '1'].map(idOf));
  });

  test('may be the last, and empty', async () => {
    expect(await list(async () => ({}))({})).toStrictEqual({ kind: 'page', runs: [] });
  });

  test('describes no more runs after ten seconds', async () => {
    jest.useFakeTimers();
    const described: string[] = [];
    const executions = Array.from({ length: 9 }, (_, at) => listed(String(at + 1), at));

    const page = await list(
      async () => ({ DurableExecutions: executions }),
      async (arn) => {
        described.push(arn);
        jest.advanceTimersByTime(5_000);
        return undefined;
      },
    )({});

    expect(described).toEqual(['arn:9', 'arn:8']);
    expect('runs' in page && page.runs).toHaveLength(9);
  });

  test.each([
    ['ValidationException', 'more', 'invalid-next'],
    ['InvalidParameterValueException', 'more', 'invalid-next'],
    ['ValidationException', undefined, 'denied'],
    ['TooManyRequestsException', 'more', 'throttled'],
  ])('that Lambda refuses with %s, after %s, is %s', async (error, next, kind) => {
    expect(await list(refused(error))({ next })).toMatchObject({ kind });
  });
});
