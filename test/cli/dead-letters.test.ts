import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListDurableExecutionsByFunctionCommand, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import type { RunRequest } from '../../functions/runs/request.ts';
import { callerIdentity, describeStacks, startAws } from '../support/aws-double.ts';
import { type CliOptions, runCli } from '../support/cli.ts';
import { startHarness } from '../support/lambda/harness.ts';
import { createQueue } from '../support/queue-double.ts';

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

/** Lambda with a function that fails at once and one that works on and on, and the other services of the stack. */
const setUp = async (run: keyof typeof bundles, sentAt?: Date, messages = 1) => {
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
      describeStacks({ RunFunction: run, RunDeadLetters: `${aws.url}/111122223333/dead-letters` })(),
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
    lambda,
    queue,
    aws,
    list,
    cli: (...args: readonly string[]) => answer(undefined, ...args),
    /** Runs a command that takes its streams for a terminal. */
    answer,
    [Symbol.asyncDispose]: async () => {
      await aws[Symbol.asyncDispose]();
      await lambda[Symbol.asyncDispose]();
    },
  };
};

test('a failed run is shown, started again, and only then its message is deleted', async () => {
  await using setup = await setUp('failing', new Date());
  await setup.lambda.ended(await setup.lambda.start(request, 'event-1', 'failing:live'));

  const { code, stdout, stderr } = await setup.cli('redrive', '--yes');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^event-[0-9a-f]{40}\n$/);
  expect(stderr).toMatch(
    /Message message-1, sent .+: it failed\nRun event-1: FAILED, .+ 1 of 2 not confirmed\nStarted\./,
  );
  expect((await setup.list()).map((execution) => execution.DurableExecutionName)).toContain(stdout.trim());
  expect([...setup.queue.ids(), ...setup.queue.hiddenIds()]).toEqual([]);
});

test('the new run keeps the request and who redrove it', async () => {
  await using setup = await setUp('failing', new Date());

  const { stdout } = await setup.cli('redrive', '--yes');

  const started = (await setup.list()).find((execution) => execution.DurableExecutionName === stdout.trim());
  const { InputPayload = '' } = await setup.lambda.get(started?.DurableExecutionArn ?? '');
  expect(JSON.parse(InputPayload)).toEqual({
    ...request,
    redrivenBy: 'arn:aws:sts::111122223333:assumed-role/Operator/john.doe',
  });
});

test('the same message again, because its deletion was lost, is the same new run', async () => {
  await using setup = await setUp('failing', new Date());
  const first = await setup.cli('redrive', '--yes');
  setup.queue.putBack();

  const second = await setup.cli('redrive', '--yes');

  expect(second.stdout).toBe(first.stdout);
  expect(await setup.list()).toHaveLength(1);
});

test('a run that was stopped on purpose is not started; its message goes back at once', async () => {
  await using setup = await setUp('working', new Date());
  const arn = await setup.lambda.start(request, 'event-2', 'working:live');
  await setup.lambda.client.send(new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: stoppedByPerson }));

  const refused = await setup.cli('redrive', '--yes');
  const back = setup.queue.ids();
  const started = await setup.cli('redrive', '--yes', '--even-if-stopped');

  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/Run event-2: STOPPED, .+ Stopped by SecurityDesk\nNot started: .+ The message stays/);
  expect(back).toEqual(['message-1']);
  expect({ code: started.code, ids: setup.queue.ids() }).toEqual({ code: 0, ids: [] });
  expect(await setup.list()).toHaveLength(2);
});

test('a message in a file whose run was stopped is not started, however many older runs failed', async () => {
  await using setup = await setUp('working');
  const stop = async (name: string, payload: object) => {
    const arn = await setup.lambda.start(payload, name, 'working:live');
    await setup.lambda.client.send(
      new StopDurableExecutionCommand({ DurableExecutionArn: arn, Error: stoppedByPerson }),
    );
  };
  for (let older = 1; older <= 51; older += 1) await stop(`event-${older}`, { ...request, reason: `case ${older}` });
  await stop('event-52', request);
  const file = join(folder, 'message.json');
  writeFileSync(file, body);

  const { code, stdout, stderr } = await setup.cli('redrive', file);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('Not started: the run was stopped on purpose.');
});

test('without an answer to the question nothing is started and the message goes back', async () => {
  await using setup = await setUp('failing', new Date());

  const { code, stderr } = await setup.cli('redrive');

  expect(code).toBe(2);
  expect(stderr).toContain('Add --yes');
  expect(setup.queue.ids()).toEqual(['message-1']);
  expect(await setup.list()).toEqual([]);
});

test('Ctrl-C at a message ends the command: what was started stays, and the other messages go back', async () => {
  await using setup = await setUp('working', new Date(), 3);
  const answers = [
    { question: 'Start it again', answer: 'y\n' },
    { question: 'Message message-2', answer: '\u0003' },
  ];

  const { code, stdout, stderr } = await setup.answer(answers, 'redrive');

  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^event-[0-9a-f]{40}\n$/) });
  expect(stderr).toMatch(
    /Cancelled\. Runs started before: 1\. Messages deleted: 1\. The other messages stay in the queue\.$/m,
  );
  expect(stderr).not.toContain('Message message-3');
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-2', 'message-3'], []]);
  expect(await setup.list()).toHaveLength(1);
});

test('no is about one message: the next one is asked about', async () => {
  await using setup = await setUp('working', new Date(), 2);
  const answers = [
    { question: 'Start it again', answer: 'n\n' },
    { question: 'Message message-2', answer: 'y\n' },
  ];

  const { code, stderr } = await setup.answer(answers, 'redrive');

  expect(code).toBe(1);
  expect(stderr).toContain('Not started: you answered no. The message stays in the queue.');
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-1'], []]);
});

test('a message goes back although the next one cannot be received', async () => {
  await using setup = await setUp('failing', new Date());
  setup.queue.grant('ReceiveMessage', 1);

  const { code, stderr } = await setup.cli('redrive', '--yes');

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('sqs:ReceiveMessage') });
  expect([setup.queue.ids(), setup.queue.hiddenIds()]).toEqual([['message-1'], []]);
});

test('a message whose run cannot be started stays', async () => {
  await using setup = await setUp('failing', new Date());
  await setup.lambda.close();

  const { code, stderr } = await setup.cli('redrive', '--yes');

  expect(code).toBe(1);
  expect(stderr).toContain('Not started: Lambda: ECONNREFUSED');
  expect(setup.queue.ids()).toEqual(['message-1']);
});

test('an empty queue is no failure', async () => {
  await using setup = await setUp('failing');

  expect(await setup.cli('redrive')).toMatchObject({ code: 0, stderr: expect.stringContaining('is empty') });
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
    stderr: expect.stringContaining(
      'Stop these 2 executions? Instances that they have not logged out yet stay logged in.',
    ),
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
