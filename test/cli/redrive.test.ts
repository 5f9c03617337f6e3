import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { redriveRun } from '../../cli/redrive/redrive-run.ts';
import type { StartRun } from '../../functions/runs/lambda/start-run.ts';
import type { RunRequest } from '../../functions/runs/request.ts';
import { callerIdentity, startAws } from '../support/aws-double.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { startHarness } from '../support/lambda/harness.ts';

const request = {
  target: { owner: 'john.doe@example.com' },
  reason: 'left the company',
  requestedBy: 'com.example.hr hr-2026-001734',
  source: 'offboarding',
  occurredAt: '2026-11-20T17:00:00Z',
  expiresAt: '2026-11-21T17:00:00Z',
  maxTargets: 50,
} as const satisfies RunRequest;

/** A Lambda that remembers what was started. */
const createStarts = () => {
  const started: { readonly name: string; readonly request: RunRequest }[] = [];
  const startRun: StartRun = async (name, request) => {
    started.push({ name, request });
    return { kind: 'started', id: name };
  };
  return {
    started,
    dependencies: { startRun, stack: 'green-api-logout', now: () => new Date('2026-11-21T12:00:00Z') },
  };
};

test.each([
  ['api', 'api'],
  ['schedule', 'schedule'],
  ['offboarding', 'event'],
] as const)('repeats a request from %s unchanged, under a new run name of the same kind', async (source, kind) => {
  const { started, dependencies } = createStarts();
  const body = JSON.stringify({ ...request, source });

  const [one, other] = [await redriveRun(body, dependencies), await redriveRun(body, dependencies)];

  expect(started.map((start) => start.request)).toEqual([
    { ...request, source },
    { ...request, source },
  ]);
  expect(one).toEqual({ kind: 'started', id: expect.stringMatching(new RegExp(`^${kind}-[0-9a-f]{40}$`)) });
  expect(other).not.toEqual(one);
});

test('starts nothing that has expired', async () => {
  const { started, dependencies } = createStarts();
  const now = () => new Date(request.expiresAt);

  expect(await redriveRun(JSON.stringify(request), { ...dependencies, now })).toEqual({
    kind: 'expired',
    expiresAt: '2026-11-21T17:00:00Z',
  });
  expect(started).toEqual([]);
});

test.each([
  ['it is not JSON', 'hello'],
  ['target is missing, or of a wrong kind', JSON.stringify({ ...request, target: undefined })],
  ['target must be exactly one of instances, owner, group, and all: true', JSON.stringify({ ...request, target: {} })],
  ['expiresAt must be an instant', JSON.stringify({ ...request, expiresAt: 5 })],
  ['wait is not a field of a request', JSON.stringify({ ...request, wait: 5 })],
])('starts nothing for a message that is no request: %s', async (problem, body) => {
  const { started, dependencies } = createStarts();

  expect(await redriveRun(body, dependencies)).toEqual({
    kind: 'not-a-request',
    problem: expect.stringContaining(problem),
  });
  expect(started).toEqual([]);
});

test('no message makes it throw, or start a run that was not requested', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (body) => {
      const { started, dependencies } = createStarts();
      await redriveRun(body, dependencies);
      return started.length === 0;
    }),
  );
});

describe('npm run redrive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redrive-'));
  afterAll(async () => {
    await identities[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const nextYear = { ...request, expiresAt: new Date(Date.now() + 365 * 24 * 60 * 60 * 1_000).toISOString() };

  let identities: Awaited<ReturnType<typeof startAws>>;
  beforeAll(async () => {
    identities = await startAws({ GetCallerIdentity: callerIdentity });
  });

  const redrive = (message: string, input: string, endpoint = 'http://127.0.0.1:9') =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...awsVariables({ lambda: endpoint }),
        AWS_ENDPOINT_URL_STS: identities.url,
        RUN_FUNCTION: 'run',
      };
      const child = execFile(
        process.execPath,
        ['cli/main.ts', 'redrive', message],
        { env, timeout: 100_000 },
        (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end(input);
    });

  test('reads a file or its input, starts the run through Lambda, and prints the id', async () => {
    // A function that has begun, and waits for something.
    const bundle = join(folder, 'index.mjs');
    writeFileSync(bundle, `export const handler = async () => ({ Status: 'PENDING' });`);
    await using lambda = await startHarness({
      functions: { run: { bundle, environment: () => ({}), executionTimeoutMs: 600_000 } },
    });
    const file = join(folder, 'message.json');
    writeFileSync(file, JSON.stringify(nextYear));

    const printed = [await redrive(file, '', lambda.url), await redrive('-', JSON.stringify(nextYear), lambda.url)];

    for (const { code, stdout, stderr } of printed) {
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: 'Its run was not found. Lambda keeps ended runs for a limited time.\n',
      });
      const started = await lambda.events.first(
        (event) => event.kind === 'history' && event.execution.name === stdout.trim(),
      );
      const { InputPayload } = await lambda.get('execution' in started ? started.execution.arn : '');
      expect(JSON.parse(InputPayload ?? '')).toEqual({
        ...nextYear,
        redrivenBy: 'arn:aws:sts::111122223333:assumed-role/Operator/john.doe',
      });
    }
  });

  test.each([
    ['an expired one', JSON.stringify(request), 'Not started: the run expired at 2026-11-21T17:00:00Z.'],
    ['no request', '{}', 'The message is not the request of a run: target is missing'],
    ['a request that Lambda refuses', JSON.stringify(nextYear), 'Not started: Lambda: '],
  ])('fails with one line for %s', async (_name, message, line) => {
    const { code, stdout, stderr } = await redrive('-', message);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^.+\n$/);
    expect(stderr).toContain(line);
  });
});
