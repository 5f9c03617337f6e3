import { LambdaClient } from '@aws-sdk/client-lambda';
import { createFindRun, createFindRunOnce } from '../../../../functions/runs/lambda/find-run.ts';
import { createReadHistory } from '../../../../functions/runs/lambda/read-history.ts';
import { createReadExecution, type ReadExecution } from '../../../../functions/runs/lambda/read-run.ts';
import {
  createRequestRun,
  createStartRun,
  type RunStart,
  stableJson,
} from '../../../../functions/runs/lambda/start-run.ts';
import { createStopRun } from '../../../../functions/runs/lambda/stop-run.ts';
import type { RunRequest } from '../../../../functions/runs/request.ts';
import { runNameOf } from '../../../../functions/runs/run-name.ts';
import { startLoopbackServer } from '../../../../loopback/loopback-server.ts';

type Scripted = { readonly status?: number; readonly error?: string; readonly body?: object };

afterEach(() => void jest.useRealTimers());

const name = runNameOf('api', { stack: 'green-api-logout', requester: 'auth0|desk', key: 'incident-7' });
const arn = `arn:aws:lambda:us-east-1:111122223333:function:run:1/durable-execution/${name}/4711`;
const request: RunRequest = {
  target: { group: 'sales' },
  reason: 'phones lost',
  requestedBy: 'auth0|desk',
  source: 'api',
  expiresAt: '2026-11-23T09:00:00.000Z',
  maxTargets: 50,
};

/** The real client with a Lambda that gives these answers, one after another, and repeats the last one. */
const startLambdaThat = async (...answers: readonly [Scripted, ...Scripted[]]) => {
  const calls: string[] = [];
  const waits: number[] = [];
  const server = await startLoopbackServer(async (message, response) => {
    const { status = 200, error, body = {} } = answers[Math.min(calls.length, answers.length - 1)] ?? answers[0];
    calls.push(`${message.method} ${message.url?.split('?')[0]}`);
    response.writeHead(error === undefined ? status : 400, error === undefined ? {} : { 'x-amzn-errortype': error });
    response.end(JSON.stringify(body));
  }, {});
  const client = new LambdaClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const findRun = createFindRun({ client, functionName: 'run', sleep: async (ms) => waits.push(ms) });
  const startRun = createStartRun({ client, functionName: 'run', qualifier: 'live' });
  const readExecution = createReadExecution({ client, findRun });
  return {
    calls,
    waits,
    findRun,
    startRun: () => startRun(name, request),
    readExecution,
    readHistory: createReadHistory(client),
    requestRun: createRequestRun({ startRun, readExecution, now: () => new Date() }),
    stopRun: createStopRun({ client, findRun }),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server.close();
    },
  };
};

const listed = (Status: string, DurableExecutionName: string = name) => ({
  body: { DurableExecutions: [{ DurableExecutionArn: arn, DurableExecutionName, Status, StartTimestamp: 1 }] },
});
const emptyPage = { body: { DurableExecutions: [], NextMarker: 'more' } };
const pageWithoutList = { body: { NextMarker: 'more' } };

test.each([
  ['AccessDeniedException', 'denied', 'Lambda: AccessDeniedException: allow lambda:InvokeFunction on the alias'],
  ['ResourceNotFoundException', 'denied', 'Lambda: ResourceNotFoundException: there is no such function or alias'],
  ['ExpiredTokenException', 'denied', 'Lambda: ExpiredTokenException'],
  ['TooManyRequestsException', 'throttled', 'Lambda: TooManyRequestsException'],
  ['ServiceException', 'unavailable', 'Lambda: ServiceException'],
])('maps %s to %s', async (error, kind, detail) => {
  await using lambda = await startLambdaThat({ error, body: { message: 'a secret thing' } });

  expect(await lambda.startRun()).toEqual({ kind, detail });
});

test('treats a missing answer as a transient fault', async () => {
  const lambda = await startLambdaThat({});
  await lambda[Symbol.asyncDispose]();

  expect(await lambda.startRun()).toEqual({ kind: 'unavailable', detail: expect.stringMatching(/^Lambda: \w+$/) });
});

test('names the missing permission for each call', async () => {
  await using lambda = await startLambdaThat({ error: 'AccessDeniedException' });
  await using afterList = await startLambdaThat(listed('RUNNING'), { error: 'AccessDeniedException' });
  await using beforeStop = await startLambdaThat(listed('RUNNING'), { error: 'AccessDeniedException' });

  const reasons = [
    await lambda.findRun(name),
    await lambda.readHistory(arn),
    await afterList.readExecution(name),
    await beforeStop.stopRun(name, 'auth0|desk'),
  ].map((failure) => ('detail' in failure ? failure.detail.split('allow ')[1] : failure.kind));

  expect(reasons).toEqual([
    'lambda:ListDurableExecutionsByFunction',
    'lambda:GetDurableExecutionHistory',
    'lambda:GetDurableExecution',
    'lambda:StopDurableExecution',
  ]);
});

test('finds a run behind empty pages', async () => {
  await using lambda = await startLambdaThat(emptyPage, pageWithoutList, listed('RUNNING'));

  expect(await lambda.findRun(name)).toEqual({
    kind: 'found',
    arn,
    status: 'RUNNING',
    startedAt: new Date(1_000),
    endedAt: undefined,
  });
  expect(lambda.calls).toHaveLength(3);
});

test('ignores another run whose name only begins the same', async () => {
  await using lambda = await startLambdaThat(listed('RUNNING', `${name}-2`));

  expect(await lambda.findRun(name)).toEqual({ kind: 'unknown-run' });
});

test('answers that a run is unknown if it was removed after it was found', async () => {
  await using lambda = await startLambdaThat(listed('SUCCEEDED'), { error: 'ResourceNotFoundException' });

  expect(await lambda.readExecution(name)).toEqual({ kind: 'unknown-run' });
});

test('reports that a run ended while it was being stopped', async () => {
  const ended = { error: 'InvalidParameterValueException' };
  await using lambda = await startLambdaThat(listed('RUNNING'), ended, listed('SUCCEEDED'));

  expect(await lambda.stopRun(name, 'auth0|desk')).toEqual({ kind: 'ended', status: 'SUCCEEDED' });
});

test('reads every page of a history', async () => {
  const page = (Name: string, NextMarker?: string) => ({
    body: {
      Events: [
        { Id: Name, Name, EventType: 'StepSucceeded', StepSucceededDetails: { Result: { Payload: '1' } } },
        { Name: 'pause' },
      ],
      NextMarker,
    },
  });
  await using lambda = await startLambdaThat(page('resolve', 'more'), page('round-1-batch-1'));

  expect(await lambda.readHistory(arn)).toEqual({
    kind: 'history',
    steps: [
      { name: 'resolve', payload: '1' },
      { name: 'round-1-batch-1', payload: '1' },
    ],
    unfinished: [],
  });
});

test('asks the caller to retry when the run of a key is not listed yet', async () => {
  const started = { error: 'DurableExecutionAlreadyStartedException' };
  await using lambda = await startLambdaThat(started, { body: { DurableExecutions: [] } });

  expect(await lambda.requestRun(name, () => request)).toEqual({
    kind: 'unavailable',
    detail: 'Lambda: the run is not listed yet',
  });
});

test('looks again for about five seconds before it reports an unknown run', async () => {
  await using lambda = await startLambdaThat({ body: { DurableExecutions: [] } });
  await using late = await startLambdaThat(
    { body: { DurableExecutions: [] } },
    { body: { DurableExecutions: [] } },
    listed('RUNNING'),
  );

  expect(await lambda.findRun(name)).toEqual({ kind: 'unknown-run' });
  expect(lambda.waits).toEqual([500, 1_000, 1_500, 2_000]);
  expect(await late.findRun(name)).toMatchObject({ kind: 'found' });
});

test.each(['PAUSED', 'PAUSING', 'DELETING', 'SOMETHING_NEW'])('stops a run that is %s', async (status) => {
  await using lambda = await startLambdaThat(listed(status), { body: { StopTimestamp: 1 } });

  expect(await lambda.stopRun(name, 'auth0|desk')).toEqual({ kind: 'stopped' });
  expect(lambda.calls.at(-1)).toMatch(/^POST .*\/stop$/);
});

test('reads the status of a paused run', async () => {
  const execution = { Status: 'PAUSED', StartTimestamp: 1, InputPayload: '{}' };
  await using lambda = await startLambdaThat(listed('PAUSED'), { body: execution });

  expect(await lambda.readExecution(name)).toMatchObject({ kind: 'execution', status: 'PAUSED' });
});

test.each(['ResourceNotFoundException', 'ConflictException', 'ValidationException'])(
  'reads the status again when a stop is refused with %s',
  async (error) => {
    await using ended = await startLambdaThat(listed('RUNNING'), { error }, listed('TIMED_OUT'));
    await using running = await startLambdaThat(listed('RUNNING'), { error }, listed('RUNNING'));

    expect(await ended.stopRun(name, 'auth0|desk')).toEqual({ kind: 'ended', status: 'TIMED_OUT' });
    expect(await running.stopRun(name, 'auth0|desk')).toMatchObject({ detail: expect.stringContaining(error) });
  },
);

test.each([
  ['is marked as cut off', { Result: { Payload: '{"kind":"resol', Truncated: true } }],
  ['has no payload', { Result: {} }],
  ['is missing', {}],
  ['is missing with all its details', undefined],
])('a history in which a result %s is reported as unavailable, not as empty', async (_, StepSucceededDetails) => {
  const event = { Id: '1', Name: 'resolve', EventType: 'StepSucceeded', StepSucceededDetails };
  await using lambda = await startLambdaThat({ body: { Events: [event] } });

  expect(await lambda.readHistory(arn)).toEqual({
    kind: 'unavailable',
    detail: 'Lambda: part of the history of the run is cut off; its evidence is complete',
  });
});

test('reports which steps are unfinished, and which retry the run waits for', async () => {
  const at = (seconds: number) => ({ EventTimestamp: 1_000 + seconds });
  const events = [
    { Id: '1', Name: 'start', EventType: 'StepSucceeded', StepSucceededDetails: { Result: { Payload: '1' } } },
    { Id: '2', Name: 'resolve', EventType: 'StepStarted', ...at(1) },
    {
      Id: '2',
      Name: 'resolve',
      EventType: 'StepFailed',
      StepFailedDetails: { RetryDetails: { NextAttemptDelaySeconds: 8 } },
      ...at(2),
    },
  ];
  await using lambda = await startLambdaThat({ body: { Events: events } });

  expect(await lambda.readHistory(arn)).toEqual({
    kind: 'history',
    steps: [{ name: 'start', payload: '1' }],
    unfinished: ['resolve'],
    waiting: { name: 'resolve', until: new Date(1_010_000) },
  });
});

const started = { Id: '1', Name: 'pause', EventType: 'WaitStarted', EventTimestamp: 1_000 };
const until = (seconds: number) => ({ name: 'pause', until: new Date(seconds * 1_000) });

test.each<[string, readonly object[], object]>([
  [
    'a wait whose end Lambda names',
    [{ ...started, WaitStartedDetails: { Duration: 60, ScheduledEndTimestamp: 1_090 } }],
    { unfinished: ['pause'], waiting: until(1_090) },
  ],
  [
    'a wait of which only the length is known',
    [{ ...started, WaitStartedDetails: { Duration: 60 } }],
    { unfinished: ['pause'], waiting: until(1_060) },
  ],
  ['a wait without details', [started], { unfinished: ['pause'], waiting: until(1_000) }],
  ['a wait that is over', [started, { ...started, EventType: 'WaitSucceeded' }], { unfinished: [] }],
  ['a wait that was cancelled', [started, { ...started, EventType: 'WaitCancelled' }], { unfinished: [] }],
  ['a step', [{ Id: '1', Name: 'start', EventType: 'StepStarted' }], { unfinished: ['start'] }],
  [
    'steps that failed for good',
    [
      { Id: '1', Name: 'start', EventType: 'StepStarted' },
      { Id: '1', Name: 'start', EventType: 'StepFailed', StepFailedDetails: {} },
      { Id: '2', Name: 'resolve', EventType: 'StepFailed' },
    ],
    { unfinished: [] },
  ],
  [
    'two steps, and the execution itself',
    [
      { EventType: 'ExecutionStarted' },
      { Name: 'round-1-batch-1', EventType: 'StepStarted' },
      { Name: 'round-1-batch-2', EventType: 'StepStarted' },
    ],
    { unfinished: ['round-1-batch-1', 'round-1-batch-2'] },
  ],
])('the history of %s', async (_, Events, open) => {
  await using lambda = await startLambdaThat({ body: { Events } });

  expect(await lambda.readHistory(arn)).toEqual({ kind: 'history', steps: [], ...open });
});

test.each([
  [
    'a history, half of which would be a wrong answer',
    'the history of the run',
    (client: LambdaClient) => createReadHistory(client)(arn),
  ],
  [
    'a list of runs, which calls no run unknown',
    'the list of runs',
    (client: LambdaClient) => createFindRunOnce({ client, functionName: 'run' })('api-1'),
  ],
])('%s, is given up after ten seconds if it does not end', async (_, what, read) => {
  jest.useFakeTimers();
  let pages = 0;
  const send = async () => {
    pages += 1;
    if (pages > 100) throw new Error('it reads on');
    jest.advanceTimersByTime(2_500);
    return { Events: [], DurableExecutions: [], NextMarker: String(pages) };
  };

  const answer = await read({ send } as unknown as LambdaClient);

  expect(answer).toEqual({ kind: 'unavailable', detail: `Lambda: ${what} was too long to read in time` });
  expect(pages).toBe(4);
});

test.each([302, 500, 503])(
  'a stop that Lambda answers with HTTP %i is not known to have done nothing',
  async (status) => {
    await using lambda = await startLambdaThat(listed('RUNNING'), { status }, listed('SUCCEEDED'));

    expect(await lambda.stopRun(name, 'auth0|desk')).toMatchObject({ kind: 'unavailable' });
    expect(lambda.calls).toHaveLength(2);
  },
);

test('a stop that Lambda never received, because the credentials are refused, is no refusal of Lambda', async () => {
  const refused = Object.assign(new Error('x'), { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403 } });
  const client = { send: () => Promise.reject(refused) } as unknown as LambdaClient;
  const found = { kind: 'found', arn, status: 'RUNNING', startedAt: new Date(0), endedAt: undefined } as const;
  const findRun = jest.fn(async () => found);

  expect(await createStopRun({ client, findRun })(name, 'auth0|desk')).toMatchObject({ kind: 'denied' });
  expect(findRun).toHaveBeenCalledTimes(1);
});

test('a run that is not found is not stopped', async () => {
  await using lambda = await startLambdaThat({ body: { DurableExecutions: [] } });

  expect(await lambda.stopRun(name, 'auth0|desk')).toEqual({ kind: 'unknown-run' });
  expect(lambda.calls.every((call) => !call.endsWith('/stop'))).toBe(true);
});

describe('a request of a run', () => {
  const requestRun = (startRun: RunStart, existing: Awaited<ReturnType<ReadExecution>>) =>
    createRequestRun({ startRun: async () => startRun, readExecution: async () => existing, now: () => new Date() })(
      name,
      () => request,
    );
  const denied = { kind: 'denied', detail: 'Lambda: AccessDeniedException' } as const;
  const throttled = { kind: 'throttled', detail: 'Lambda: TooManyRequestsException' } as const;
  const unknown = { kind: 'unknown-run' } as const;
  const otherPayload = { kind: 'other-payload', id: name } as const;
  const byHand = {
    kind: 'execution',
    arn,
    status: 'RUNNING',
    startedAt: new Date(0),
    endedAt: undefined,
    payload: '{}',
    result: undefined,
    error: undefined,
  } as const;

  test.each([
    ['whose start Lambda denies is denied', denied, unknown, denied],
    [
      'that started at once is accepted',
      { kind: 'started', id: name },
      unknown,
      { kind: 'accepted', status: 'RUNNING' },
    ],
    ['whose earlier run cannot be read is not called another one', otherPayload, throttled, throttled],
    ['whose name somebody used by hand is another one', otherPayload, byHand, { kind: 'other-request' }],
  ] as const)('%s', async (_, start, existing, answer) => {
    expect(await requestRun(start, existing)).toEqual(answer);
  });
});

test('a payload has its fields in the order of version 0.2, which Lambda compares, and its lists as they are', () => {
  expect(stableJson({ reason: 'x', at: { z: 1, b: [2, 1] } })).toBe('{"at":{"b":[2,1],"z":1},"reason":"x"}');
});
