import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type Execution,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import type { Executions } from '../../cli/aws/executions.ts';
import { findRunOf } from '../../cli/failed-events/hand-over.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { startJsonServer } from '../support/api-double.ts';
import { type AwsAnswers, callerIdentity, describeStacks, startAws } from '../support/aws-double.ts';
import { type CliOptions, runCli } from '../support/cli.ts';
import { startHarness } from '../support/lambda/harness.ts';
import { createQueue, type QueuedMessage } from '../support/queue-double.ts';

const folder = mkdtempSync(join(tmpdir(), 'dead-letters-'));
afterAll(() => rmSync(folder, { recursive: true }));

const request = {
  target: { owner: 'john.doe@example.com' },
  reason: 'left the company',
  requestedBy: 'com.example.hr hr-2026-001734',
  source: 'offboarding',
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  maxTargets: 50,
} as const satisfies RunRequest;

const body = JSON.stringify(request);

const writeBundle = (name: string, answer: string): string => {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, `export const handler = async () => ${answer};`);
  return file;
};

const bundles = {
  failing: writeBundle('failing', `({ Status: 'FAILED', Error: { ErrorMessage: '1 of 2 not confirmed' } })`),
  working: writeBundle('working', 'new Promise((resolve) => setTimeout(resolve, 600_000))'),
};

const stoppedByPerson = { ErrorType: 'RunStopped', ErrorMessage: 'Stopped by SecurityDesk' };

/** The API of the deployment: each key names one run. */
const startApi = (status: number) =>
  startJsonServer(({ headers }) => ({
    status,
    body: {
      id: `api-${createHash('sha256').update(String(headers['idempotency-key'])).digest('hex').slice(0, 40)}`,
      status: 'RUNNING',
    },
  }));

/** Lambda with a function that fails at once and one that works on and on, and the other services of the stack. */
const setUp = async (run: keyof typeof bundles, sentAt?: Date, messages = 1, status = 202) => {
  const api = await startApi(status);
  const environment = () => ({});
  const lambda = await startHarness({
    functions: {
      failing: { bundle: bundles.failing, environment, executionTimeoutMs: 600_000 },
      working: { bundle: bundles.working, environment, executionTimeoutMs: 600_000 },
    },
  });
  const queue = createQueue(
    sentAt === undefined
      ? []
      : Array.from({ length: messages }, (_, at) => ({ id: `message-${at + 1}`, body, sentAt })),
  );
  const aws: Awaited<ReturnType<typeof startAws>> = await startAws({
    ...queue.answers,
    DescribeStacks: () =>
      describeStacks({
        Endpoint: api.url,
        RunFunction: run,
        RunDeadLetters: `${aws.url}/111122223333/dead-letters`,
      })(),
    GetCallerIdentity: callerIdentity,
  });
  const list = async () => {
    const command = new ListDurableExecutionsByFunctionCommand({ FunctionName: run });
    const { DurableExecutions = [] } = await lambda.client.send(command);
    return DurableExecutions;
  };
  const answer = (answers: CliOptions['answers'], ...args: readonly string[]) =>
    runCli([...args, '--stack', 'green-api-logout'], {
      env: { ...aws.env, AWS_ENDPOINT_URL_LAMBDA: lambda.url },
      ...(answers && { answers }),
    });
  return {
    api,
    lambda,
    queue,
    aws,
    list,
    cli: (...args: readonly string[]) => answer(undefined, ...args),
    /** Runs a command that takes its streams for a terminal. */
    answer,
    [Symbol.asyncDispose]: async () => {
      for (const server of [aws, lambda, api]) await server[Symbol.asyncDispose]();
    },
  };
};

/** Starts a run and waits until it has failed. */
const fail = async (setup: Awaited<ReturnType<typeof setUp>>, name = 'event-1') =>
  setup.lambda.ended(await setup.lambda.start(request, name, 'failing:live'));

const stop = async (setup: Awaited<ReturnType<typeof setUp>>, name: string) => {
  const arn = await setup.lambda.start(request, name, 'working:live');
  await setup.lambda.client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: stoppedByPerson }));
};

test('failed runs: each is shown and becomes a retry, and only then its message is deleted', async () => {
  await using setup = await setUp('failing', new Date());
  await fail(setup);

  const { code, stdout, stderr } = await setup.cli('retry', '--failed-events', '--yes');

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^api-[0-9a-f]{40}\n$/) });
  expect(stderr).toMatch(
    /^failed runs: message message-1, sent .+: it failed\nRun event-1: FAILED, .+ 1 of 2 not confirmed\nAccepted\. The message was deleted\./,
  );
  expect(setup.api.received).toMatchObject([
    {
      method: 'POST',
      path: '/forced-logouts',
      body: { retryOf: 'event-1' },
      headers: { 'idempotency-key': 'message-message-1' },
    },
  ]);
  expect([...setup.queue.ids(), ...setup.queue.hiddenIds()]).toEqual([]);
});

test('a run that was stopped on purpose is not tried again; its message goes back at once', async () => {
  await using setup = await setUp('working', new Date());
  await stop(setup, 'event-2');

  const refused = await setup.cli('retry', '--failed-events', '--yes');
  const back = setup.queue.ids();
  const started = await setup.cli('retry', '--failed-events', '--yes', '--even-if-stopped');

  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(
    /Run event-2: STOPPED, .+ Stopped by SecurityDesk\nThe run was stopped on purpose\. .+ The message stays/,
  );
  expect(back).toEqual(['message-1']);
  expect({ code: started.code, ids: setup.queue.ids() }).toEqual({ code: 0, ids: [] });
  expect(setup.api.received.map(({ body: sent }) => sent)).toEqual([{ retryOf: 'event-2', evenIfStopped: true }]);
});

test('a message whose run is not known any more stays, until it is said that it may go', async () => {
  await using setup = await setUp('working', new Date());

  const kept = await setup.cli('retry', '--failed-events', '--yes');
  const ids = setup.queue.ids();
  const deleted = await setup.cli('retry', '--failed-events', '--yes', '--delete-refused', '--json');

  expect({ code: kept.code, ids }).toEqual({ code: 1, ids: ['message-1'] });
  expect(kept.stderr).toContain('Its run was not found.');
  expect(JSON.parse(deleted.stdout)).toMatchObject({ queue: 'failed runs', kind: 'refused', isDeleted: true });
  expect(setup.queue.ids()).toEqual([]);
});

test('without an answer to the question nothing is started and the message goes back', async () => {
  await using setup = await setUp('failing', new Date());
  await fail(setup);

  const { code, stderr } = await setup.cli('retry', '--failed-events');

  expect(code).toBe(2);
  expect(stderr).toContain('Add --yes');
  expect(setup.queue.ids()).toEqual(['message-1']);
  expect(setup.api.received).toEqual([]);
});

test('Ctrl-C at a message ends the command: what was started stays, and the other messages go back', async () => {
  await using setup = await setUp('failing', new Date(), 3);
  await fail(setup);
  const answers = [
    { question: 'Try it again', answer: 'y\n' },
    { question: /message message-2.*Try it again/s, answer: '\u0003' },
  ];

  const { code, stdout, stderr } = await setup.answer(answers, 'retry', '--failed-events');

  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^api-[0-9a-f]{40}\n$/) });
  expect(stderr).toMatch(
    /Cancelled\. Accepted before: 1\. Messages deleted: 1\. The other messages stay in the queue\.$/m,
  );
  expect(stderr).not.toContain('message message-3');
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-2', 'message-3'], []]);
});

test('no is about one message: the next one is asked about', async () => {
  await using setup = await setUp('failing', new Date(), 2);
  await fail(setup);
  const answers = [
    { question: 'Try it again', answer: 'n\n' },
    { question: /message message-2.*Try it again/s, answer: 'y\n' },
  ];

  const { code, stderr } = await setup.answer(answers, 'retry', '--failed-events');

  expect(code).toBe(1);
  expect(stderr).toContain('You answered no. The message stays in the queue.');
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-1'], []]);
});

test('a message goes back although the next one cannot be received', async () => {
  await using setup = await setUp('failing', new Date());
  setup.queue.grant('ReceiveMessage', 1);

  const { code, stderr } = await setup.cli('retry', '--failed-events', '--yes');

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('sqs:ReceiveMessage') });
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-1'], []]);
});

test('a message whose retry cannot be started stays', async () => {
  await using setup = await setUp('failing', new Date());
  await fail(setup);
  await setup.api[Symbol.asyncDispose]();

  const { code, stderr } = await setup.cli('retry', '--failed-events', '--yes');

  expect(code).toBe(1);
  expect(stderr).toContain('Nothing answers at http://127.0.0.1:');
  expect(setup.queue.ids()).toEqual(['message-1']);
});

test.each([
  [409, []],
  [503, ['message-1']],
])('with --delete-refused a retry that the API answers with %i leaves %j', async (status, left) => {
  await using setup = await setUp('failing', new Date(), 1, status);
  await fail(setup);

  const { code } = await setup.cli('retry', '--failed-events', '--yes', '--delete-refused');

  expect({ code, left: setup.queue.ids() }).toEqual({ code: 1, left });
});

test('the run of a message is one that failed, though another with the same request has succeeded since', async () => {
  const sentAt = new Date('2026-11-20T17:00:00Z');
  const executionOf = (name: string, Status: 'FAILED' | 'SUCCEEDED', endedMsAgo: number): Execution => ({
    DurableExecutionArn: name,
    DurableExecutionName: name,
    FunctionArn: undefined,
    StartTimestamp: sentAt,
    Status,
    EndTimestamp: new Date(sentAt.getTime() - endedMsAgo),
  });
  const found = [executionOf('succeeded', 'SUCCEEDED', 0), executionOf('failed', 'FAILED', 5_000)];
  const executions = {
    list: async function* () {
      yield* found;
    },
    get: async (arn: string) => ({
      ...found.find(({ DurableExecutionArn }) => DurableExecutionArn === arn),
      InputPayload: body,
    }),
  } as unknown as Executions;

  expect(await findRunOf(body, sentAt, executions, 'run')).toMatchObject({ id: 'failed' });
});

test('an empty queue is no failure', async () => {
  await using setup = await setUp('failing');

  const { code, stderr } = await setup.cli('retry', '--failed-events');

  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('1 queue checked: all are empty.'),
  });
});

const event = {
  source: 'com.example.hr',
  'detail-type': 'User Deactivated',
  id: 'hr-1',
  detail: { owner: 'john.doe@example.com' },
};
const firing = {
  schedule: 'night',
  target: { group: 'sales' },
  reason: 'night shift',
  scheduledTime: '2026-11-20T17:00:00Z',
};
const evidence = { awslogs: { data: 'H4sIAAAA' } };
const responsePayload = { errorType: 'RunNotStarted', errorMessage: 'throttled: Lambda' };
const kept = (requestPayload: object): string => JSON.stringify({ version: '1.0', requestPayload, responsePayload });

type Row = {
  readonly queue: string;
  readonly handler: string;
  readonly message: Pick<QueuedMessage, 'body' | 'attributes'>;
  readonly handed: object;
  readonly answer: object;
  readonly shown: string;
};

const rows: readonly Row[] = [
  {
    queue: 'OffboardingFailed',
    handler: 'OffboardingFunction',
    message: { body: kept(event), attributes: {} },
    handed: event,
    answer: { runs: ['event-1'] },
    shown: 'throttled: Lambda\ncom.example.hr, User Deactivated, hr-1: {"owner":"john.doe@example.com"}.\n',
  },
  {
    queue: 'OffboardingUndelivered',
    handler: 'OffboardingFunction',
    message: { body: JSON.stringify(event), attributes: { ERROR_MESSAGE: 'no permission' } },
    handed: event,
    answer: { runs: ['event-1'] },
    shown: 'no permission\ncom.example.hr, User Deactivated, hr-1: ',
  },
  {
    queue: 'ScheduleFailed',
    handler: 'ScheduleFunction',
    message: { body: kept(firing), attributes: {} },
    handed: firing,
    answer: { run: 'schedule-1' },
    shown: 'schedule night of 2026-11-20T17:00:00Z. The firing is more than a day old, so its run expires at once',
  },
  {
    queue: 'ScheduleUndelivered',
    handler: 'ScheduleFunction',
    message: {
      body: JSON.stringify({
        FunctionName: 'schedule',
        Payload: JSON.stringify({ ...firing, scheduledTime: '<aws.scheduler.scheduled-time>' }),
      }),
      attributes: { SCHEDULED_TIME: '2099-11-20T17:00:00Z' },
    },
    handed: { ...firing, scheduledTime: '2099-11-20T17:00:00Z' },
    answer: { run: 'schedule-1' },
    shown: 'schedule night of 2099-11-20T17:00:00Z.\n',
  },
  {
    queue: 'EvidenceVaultFailed',
    handler: 'EvidenceVaultFunction',
    message: { body: kept(evidence), attributes: {} },
    handed: evidence,
    answer: {},
    shown: 'a batch of evidence.\n',
  },
];

/** Lambda with one function, which answers or fails. */
const startFunction = (answer: object, error?: string) => {
  const received: { readonly path: string; readonly body: unknown }[] = [];
  return startLoopbackServer(async (incoming, response) => {
    received.push({ path: incoming.url ?? '', body: JSON.parse(await text(incoming)) });
    if (error !== undefined) response.setHeader('x-amz-function-error', error);
    response.end(JSON.stringify(answer));
  }, {}).then((server) => Object.assign(server, { received }));
};

const retryQueue = async (
  key: string,
  handler: string,
  message: QueuedMessage,
  lambdaUrl: string,
  ...options: readonly string[]
) => {
  const queue = createQueue([message]);
  const answers: AwsAnswers = {
    ...queue.answers,
    DescribeStacks: () => describeStacks({ [key]: `${aws.url}/111122223333/${key}`, [handler]: 'the-function' })(),
  };
  await using aws: Awaited<ReturnType<typeof startAws>> = await startAws(answers);
  const result = await runCli(['retry', '--failed-events', '--yes', '--stack', 'green-api-logout', ...options], {
    env: { ...aws.env, AWS_ENDPOINT_URL_LAMBDA: lambdaUrl },
  });
  return { ...result, ids: [...queue.ids(), ...queue.hiddenIds()] };
};

test.each(rows)('$queue: what it holds goes to $handler again, and then its message is deleted', async (row) => {
  await using lambda = await startFunction(row.answer);
  const message = { id: 'message-1', sentAt: new Date(), ...row.message };

  const { code, stdout, stderr, ids } = await retryQueue(row.queue, row.handler, message, lambda.url);

  expect({ code, ids }).toEqual({ code: 0, ids: [] });
  expect(lambda.received).toEqual([{ path: '/2015-03-31/functions/the-function/invocations', body: row.handed }]);
  expect(stderr).toContain(row.shown);
  expect(stdout).toBe(
    Object.values(row.answer)
      .flat()
      .map((run) => `${run}\n`)
      .join(''),
  );
});

test.each([
  [responsePayload, 'RunNotStarted: throttled: Lambda. The message stays in the queue.', ['message-1']],
  [{}, 'Unhandled. The message stays in the queue.', ['message-1']],
  [{ errorType: 'InvalidEvent', errorMessage: 'no owner' }, 'no owner. The message was deleted.', []],
])('an event whose function fails is deleted only if it would be refused each time: %j', async (answer, line, left) => {
  await using lambda = await startFunction(answer, 'Unhandled');
  const message = { id: 'message-1', sentAt: new Date(), body: kept(event) };
  const retry = (...options: string[]) =>
    retryQueue('OffboardingFailed', 'OffboardingFunction', message, lambda.url, ...options);

  const { code, ids } = await retry();
  const deleting = await retry('--delete-refused');

  expect({ code, ids }).toEqual({ code: 1, ids: ['message-1'] });
  expect(deleting).toMatchObject({ code: 1, ids: left, stderr: expect.stringContaining(line) });
});

test('a message that is no event stays, and so does one whose function the stack does not name', async () => {
  const message = { id: 'message-1', sentAt: new Date(), body: '[]' };
  const lambdaUrl = 'http://127.0.0.1:9';

  const noEvent = await retryQueue('OffboardingFailed', 'OffboardingFunction', message, lambdaUrl);
  const older = await retryQueue('OffboardingFailed', 'RunFunction', { ...message, body: kept(event) }, lambdaUrl);

  expect(noEvent).toMatchObject({
    code: 1,
    ids: ['message-1'],
    stderr: expect.stringContaining('The message holds no event.'),
  });
  expect(older).toMatchObject({
    code: 1,
    ids: ['message-1'],
    stderr: expect.stringContaining('no output OffboardingFunction'),
  });
});

test('drain stops what has not ended and says who stopped it', async () => {
  await using setup = await setUp('working');
  const arns = [
    await setup.lambda.start(request, 'event-3', 'working:live'),
    await setup.lambda.start(request, 'event-4', 'working:live'),
  ];

  // Only four statuses are ends; AWS adds others.
  setup.lambda.hold(arns[1] ?? '', 'PAUSED');

  const unconfirmed = await setup.cli('drain');
  const { code, stdout, stderr } = await setup.cli('drain', '--yes');
  const again = await setup.cli('drain');

  expect(unconfirmed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Stop 2 executions? Instances that they have not logged out yet stay logged in.'),
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '2 stopped, 0 not.\n' });
  expect(stderr).toMatch(/^event-3 +RUNNING/m);
  expect(stderr).toMatch(/^event-4 +PAUSED/m);
  for (const arn of arns)
    expect(await setup.lambda.get(arn)).toMatchObject({
      Status: 'STOPPED',
      Error: { ErrorMessage: 'Stopped by arn:aws:sts::111122223333:assumed-role/Operator/john.doe' },
    });
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Every execution has ended. There is nothing to stop.'),
  });
});
