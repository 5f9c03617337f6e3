import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetDurableExecutionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { compileCache } from '../../test/support/compile-cache.ts';
import { buildFixture, clientOf, startHarness, temporaryFolder } from '../../test/support/lambda/harness.ts';
import { createRecorder } from '../../test/support/lambda/recorder.ts';
import type { LambdaEvent } from './options.ts';

let bundle: string;
beforeAll(async () => {
  bundle = await buildFixture('durable');
});

type Reported =
  | LambdaEvent
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'output'; readonly line: string };
const parseReported = (line: string) => JSON.parse(line) as Reported;

/** The service in a process of its own, which is killed at the first event of the type `lastEvent`. */
const startService = async (folder: string, lastEvent = 'none') => {
  const service = fork(
    join(import.meta.dirname, '..', '..', 'test', 'support', 'lambda', 'fixtures', 'service.ts'),
    [folder, bundle, lastEvent],
    {
      env: { ...process.env, ...compileCache },
      execArgv: [],
      silent: true,
    },
  );
  // The child processes share the output of the service, which closes when the last of them ends.
  const closed = once(service, 'close');
  const reported = createRecorder<Reported>();
  if (service.stdout)
    createInterface(service.stdout).on('line', (line) => line.startsWith('{') && reported.add(parseReported(line)));
  const listening = await reported.first(({ kind }) => kind === 'listening');
  const client = clientOf('url' in listening ? listening.url : '');
  const kill = async () => {
    client.destroy();
    service.kill('SIGKILL');
    await closed;
  };
  const printed = (line: string) => reported.first((one) => one.kind === 'output' && one.line === line);
  return { client, printed, closed, kill, [Symbol.asyncDispose]: kill };
};

const restart = (folder: string) =>
  startHarness({ folder, functions: { run: { bundle, environment: () => ({}), executionTimeoutMs: 600_000 } } });

const startOn = async (service: Awaited<ReturnType<typeof startService>>, payload: unknown): Promise<string> => {
  const started = await service.client.send(
    new InvokeCommand({ FunctionName: 'run:live', InvocationType: 'Event', Payload: JSON.stringify(payload) }),
  );
  return started.DurableExecutionArn ?? '';
};

test('continues after the whole service was killed during a wait, without restarting the wait', async () => {
  const folder = temporaryFolder();
  const tally = join(temporaryFolder(), 'tally');
  await using service = await startService(folder, 'WaitStarted');
  const arn = await startOn(service, { scenario: 'short wait', tally });

  await service.closed;
  await using restarted = await restart(folder);
  const run = await restarted.ended(arn);

  expect(run).toMatchObject({ Status: 'SUCCEEDED', Result: '{"before":1,"after":2}' });
  expect(restarted.events.items).toContainEqual(
    expect.objectContaining({ kind: 'execution-resumed', events: expect.any(Array) }),
  );
  const history = restarted.events.items.flatMap((event) => (event.kind === 'history' ? [event.event.EventType] : []));
  expect(history).not.toContain('WaitStarted');
});

test('executes the interrupted step again after the whole service was killed, and leaves no process behind', async () => {
  const folder = temporaryFolder();
  const tally = join(temporaryFolder(), 'tally');
  await using service = await startService(folder);
  const arn = await startOn(service, { scenario: 'interrupted step', tally });
  await service.printed('in the step');

  await service.kill();
  await using restarted = await restart(folder);
  const run = await restarted.ended(arn);

  expect(run).toMatchObject({ Status: 'SUCCEEDED', Result: '2' });
});

test('returns a finished run after a restart', async () => {
  const folder = temporaryFolder();
  const first = await restart(folder);
  const DurableExecutionArn = await first.start({ scenario: 'quick' }, 'api-1');
  const before = await first.ended(DurableExecutionArn);
  await first[Symbol.asyncDispose]();

  await using second = await restart(folder);
  const after = await second.client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));

  expect({ ...after, $metadata: {} }).toEqual({ ...before, $metadata: {} });
  expect(await second.start({ scenario: 'quick' }, 'api-1')).toBe(DurableExecutionArn);
});

test('drops an incomplete last line of the journal, and continues from the line before it', async () => {
  const folder = temporaryFolder();
  const first = await restart(folder);
  const arn = await first.start({ scenario: 'short wait', tally: join(temporaryFolder(), 'tally') });
  await first.events.first((event) => event.kind === 'history' && event.event.EventType === 'WaitStarted');
  await first[Symbol.asyncDispose]();
  const [file = ''] = readdirSync(folder);
  appendFileSync(join(folder, file), '{"kind":"ended","at":17952');

  await using second = await restart(folder);

  expect(await second.ended(arn)).toMatchObject({ Status: 'SUCCEEDED' });
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
  expect(() => lines.map((line) => JSON.parse(line))).not.toThrow();
});

test('moves a damaged journal aside, reports it, and continues the other runs', async () => {
  const folder = temporaryFolder();
  const first = await restart(folder);
  const arn = await first.start({ scenario: 'long wait' });
  await first.events.first((event) => event.kind === 'history' && event.event.EventType === 'WaitStarted');
  await first[Symbol.asyncDispose]();
  appendFileSync(join(folder, 'broken.jsonl'), '{"kind":"started"}\n{"kind":"inv{"kind":"invoked"}\n');
  appendFileSync(join(folder, 'stranger.jsonl'), 'no line of this journal');
  const whole = readFileSync(join(folder, readdirSync(folder).find((name) => name.length > 30) ?? ''), 'utf8');
  const lines = whole.split('\n').filter(Boolean);
  appendFileSync(join(folder, 'doubled.jsonl'), `${lines.join('\n')}\n${lines.at(-1)}\n`);
  appendFileSync(join(folder, 'empty-start.jsonl'), ['{"kind":"started"}', ...lines.slice(1), ''].join('\n'));

  await using second = await restart(folder);

  expect(second.problems.items).toEqual([
    expect.stringMatching(/broken\.jsonl is damaged: its run does not go on\. It is now .*broken\.jsonl\.damaged-\d+$/),
    expect.stringMatching(/doubled\.jsonl is damaged/),
    expect.stringMatching(/empty-start\.jsonl is damaged/),
    expect.stringMatching(/stranger\.jsonl is damaged/),
  ]);
  const moved = readdirSync(folder).filter((file) => file.startsWith('stranger.jsonl.damaged-'));
  expect(moved.map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(['no line of this journal']);
  expect(await second.get(arn)).toMatchObject({ Status: 'RUNNING' });
});

test('refuses a folder that another running service uses, and accepts one whose service has ended', async () => {
  const folder = temporaryFolder();
  const other = temporaryFolder();
  await using service = await startService(folder);
  await using here = await restart(other);

  await expect(restart(folder)).rejects.toThrow(/lock is held by another service \(process \d+\)/);
  await expect(restart(other)).rejects.toThrow(/lock is held by another service/);
  await service.kill();
  await using restarted = await restart(folder);

  expect([here.url, restarted.url]).toEqual([expect.any(String), expect.any(String)]);
});

test('pauses a run while its journal cannot be written, and then continues', async () => {
  const folder = temporaryFolder();
  await using runs = await restart(folder);
  const arn = await runs.start({ scenario: 'story' });
  await runs.events.first((event) => event.kind === 'history' && event.event.EventType === 'WaitStarted');
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.jsonl')) ?? '');
  // Nothing can be appended to a folder.
  renameSync(file, `${file}.kept`);
  mkdirSync(file);
  await runs.problems.first((line) => /cannot be written \(EISDIR\): runs pause, and try again/.test(line));

  rmdirSync(file);
  renameSync(`${file}.kept`, file);

  expect(await runs.ended(arn)).toMatchObject({ Status: 'SUCCEEDED' });
  expect(runs.problems.items.at(-1)).toBe('the journal can be written again: runs go on');
  expect(runs.problems.items).toHaveLength(2);
});
