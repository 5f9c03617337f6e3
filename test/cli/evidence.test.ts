import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startJsonServer } from '../support/api-double.ts';
import { describeStacks, startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';
import { startS3 } from '../support/s3-double.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
afterAll(() => rmSync(folder, { recursive: true }));

const runId = 'api-6367c48dd193d56ea7b0baad25b19455e529f5ee';

/** The record of a single logout: it has no tags. */
const record = (idInstance: string, requestedAt: string, more: object = {}) => ({
  timestamp: requestedAt,
  level: 'INFO',
  message: 'evidence',
  version: 1,
  idInstance,
  function: 'logout',
  requestedBy: 'arn:aws:sts::111122223333:assumed-role/Operator AROAEXAMPLE',
  session: { name: 'john.doe', setBy: 'identity-center' },
  requestedAt,
  confirmedAt: requestedAt,
  outcome: { kind: 'logged-out', confirmed: true },
  ...more,
});

const ofRun = (idInstance: string, requestedAt: string, owner: string) =>
  record(idInstance, requestedAt, {
    function: 'run',
    reason: '=cmd|calc, "lost"',
    run: { id: runId, source: 'api', tags: { owner, protected: false } },
  });

const records = [
  record('1101000001', '2026-11-20T10:00:00.000Z'),
  record('1101000002', '2026-11-20T11:00:00.000Z'),
  ofRun('1101000003', '2026-11-20T12:00:00.000Z', 'john.doe@example.com'),
  // John's today, somebody else's then.
  ofRun('1101000001', '2026-11-20T13:00:00.000Z', 'jane.roe@example.com'),
  record('1101000001', '2025-01-01T00:00:00.000Z'),
];

const file = join(folder, 'evidence.jsonl');
const lines = ['not JSON', '{"message":"logout sent"}', ...records.map((line) => JSON.stringify(line))];
writeFileSync(file, `${lines.join('\n')}\n`);

const evidence = (...args: readonly string[]) => runCli(['evidence', '--file', file, '--since', '2026-11-01', ...args]);

const idsAndTimes = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ idInstance, requestedAt }) => `${idInstance} ${requestedAt.slice(11, 16)}`);

test('shows what was logged out since then, the oldest first, and leaves other lines out', async () => {
  const { code, stdout } = await evidence('--json');

  expect(code).toBe(0);
  expect(idsAndTimes(stdout)).toEqual(['1101000001 10:00', '1101000002 11:00', '1101000003 12:00', '1101000001 13:00']);
});

test('one instance, one run', async () => {
  expect(idsAndTimes((await evidence('--json', '--instance', '1101000002')).stdout)).toEqual(['1101000002 11:00']);
  expect(idsAndTimes((await evidence('--json', '--run', runId)).stdout)).toEqual([
    '1101000003 12:00',
    '1101000001 13:00',
  ]);
  expect(idsAndTimes((await evidence('--json', '--run', runId.slice(-8))).stdout)).toHaveLength(2);
});

test('a logout that nobody waited for is not shown as logged out', async () => {
  const accepted = record('1101000009', '2026-11-20T14:00:00.000Z', {
    confirmedAt: undefined,
    outcome: { kind: 'logged-out', confirmed: false, isLogout: true },
  });
  const path = join(folder, 'accepted.jsonl');
  writeFileSync(path, `${JSON.stringify(accepted)}\n`);

  const { stdout } = await runCli(['evidence', '--file', path, '--since', '2026-11-01']);

  expect(stdout).toMatch(/ 1101000009 {2}accepted, not confirmed /);
  expect(stdout).not.toContain('logged-out');
});

test('an instance that was linked again is evidence too', async () => {
  const linkedAgain = record('1101000009', '2026-11-20T14:00:00.000Z', {
    function: 'watch',
    outcome: { kind: 'linked-again', stateInstance: 'authorized' },
  });
  const watched = join(folder, 'watched.jsonl');
  writeFileSync(watched, JSON.stringify(linkedAgain));

  const { code, stdout } = await runCli(['evidence', '--file', watched, '--since', '2026-11-01', '--csv']);

  expect(code).toBe(0);
  expect(stdout).toMatch(/1101000009,linked-again,false,,watch,/);
});

test('a person: runs by the owner of that time, single logouts by the owner of today', async () => {
  await using api = await startJsonServer(() => ({
    body: { instances: [{ idInstance: '1101000001', owner: 'john.doe@example.com', protected: false }] },
  }));

  const { stdout } = await evidence('--json', '--owner', 'John.Doe@example.com', '--url', api.url);

  expect(idsAndTimes(stdout)).toEqual(['1101000001 10:00', '1101000003 12:00']);
  expect(api.received[0]?.query).toEqual({ owner: 'John.Doe@example.com' });
});

test('CSV has a head, quotes what it must, and disarms formulas', async () => {
  const { stdout } = await evidence('--csv', '--run', runId);

  const [head, first] = stdout.split('\r\n');
  expect(head).toMatch(/^requestedAt,confirmedAt,idInstance,outcome,confirmed,/);
  expect(first).toContain(`"'=cmd|calc, ""lost"""`);
});

test('nothing found is exit code 1, and a file that is not there is wrong input and says what to do', async () => {
  const missing = await runCli(['evidence', '--file', join(folder, 'none')]);

  expect((await evidence('--instance', '7')).code).toBe(1);
  expect({ code: missing.code, stderr: missing.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('a file or a folder of evidence with --file'),
  });
});

test('a file that has no evidence in it is named as such', async () => {
  const { code, stderr } = await runCli(['evidence', '--file', 'package.json']);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^package\.json has no evidence record\. /),
  });
});

test('a deployment is read from its log group, with the filter and every page', async () => {
  const [first, ...rest] = records.slice(0, 4).map((line) => ({ message: `${JSON.stringify(line)}\n` }));
  await using aws = await startAws({
    DescribeStacks: describeStacks({ EvidenceLogGroup: 'evidence-log' }),
    FilterLogEvents: ({ nextToken }) => (nextToken ? { events: rest } : { events: [first], nextToken: 'more' }),
  });

  const args = ['evidence', '--stack', 'green-api-logout', '--since', '2026-11-01', '--json', '--run', runId];
  const { code, stdout } = await runCli(args, { env: aws.env });

  expect(code).toBe(0);
  expect(idsAndTimes(stdout)).toEqual(['1101000003 12:00', '1101000001 13:00']);
  expect(aws.calls.at(-1)?.input).toMatchObject({
    logGroupName: 'evidence-log',
    startTime: Date.parse('2026-11-01'),
    filterPattern: `{ ($.message = "evidence") && ($.run.id = "${runId}") }`,
  });
});

test.each([
  ['no such stack', [], /^There is no stack green-api-logout in this account and region\./],
  [
    'no right to read it',
    ['DescribeStacks'],
    /^CloudWatch Logs: AccessDenied\. Allow your AWS identity logs:FilterLogEvents/,
  ],
])('%s: one line that says what to do', async (_name, allowed, line) => {
  const outputs = describeStacks({ EvidenceLogGroup: 'evidence-log' });
  await using aws = await startAws(
    allowed.length > 0 ? { DescribeStacks: outputs } : { DescribeStacks: () => '<Stacks/>' },
  );

  const { code, stdout, stderr } = await runCli(['evidence', '--stack', 'green-api-logout'], { env: aws.env });

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(line);
});

test('a compressed file and a folder of files are read too, and nothing vouches for them', async () => {
  const copy = join(folder, 'copy');
  mkdirSync(join(copy, 'day=2026-11-20'), { recursive: true });
  writeFileSync(join(copy, 'day=2026-11-20', 'a.jsonl.gz'), gzipSync(`${JSON.stringify(records[0])}\r\n`));
  writeFileSync(join(copy, 'b.jsonl'), JSON.stringify(records[1]));

  const { code, stdout, stderr } = await runCli(['evidence', '--file', copy, '--since', '2026-11-01', '--json']);

  expect({ code, ids: idsAndTimes(stdout) }).toEqual({ code: 0, ids: ['1101000001 10:00', '1101000002 11:00'] });
  expect(stderr).toMatch(/nothing verifies that it is complete or unaltered/);
});

test('a file answers for a person without any deployment, by the tags in its records', async () => {
  const { code, stdout, stderr } = await evidence('--json', '--owner', 'JOHN.DOE@example.com');

  expect({ code, ids: idsAndTimes(stdout) }).toEqual({ code: 0, ids: ['1101000003 12:00'] });
  expect(stderr).toContain('only those of runs were searched');
});

test('a damaged compressed file is named', async () => {
  const damaged = join(folder, 'damaged.gz');
  writeFileSync(damaged, gzipSync(lines.join('\n')).subarray(0, 60));

  const { code, stderr } = await runCli(['evidence', '--file', damaged]);

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('damaged.gz cannot be read') });
});

const evidenceOfVault = async (vault: Awaited<ReturnType<typeof startS3>>, ...args: readonly string[]) => {
  vault.objects.set('/vault/evidence/day=2025-01-01/0.jsonl', `${JSON.stringify(records[4])}\n`);
  vault.objects.set('/vault/evidence/day=2026-11-20/1-2.jsonl', `${lines.slice(2, 4).join('\n')}\n`);
  vault.objects.set('/vault/evidence/day=2026-11-20/2-3.jsonl', `${lines.slice(3, 5).join('\n')}\n`);
  vault.objects.set('/vault/evidence/day=2026-11-20/4.jsonl', `${lines[5]}\n`);
  await using aws = await startAws({
    DescribeStacks: describeStacks({ EvidenceVault: 'vault', EvidenceVaultRetention: 'COMPLIANCE, 2562 days' }),
  });
  const env = { ...aws.env, AWS_ENDPOINT_URL_S3: vault.url };
  return await runCli(['evidence', '--since', '2026-11-01', '--json', ...args], { env });
};

test('the vault is read with every page, and a record that was delivered twice counts once', async () => {
  await using vault = await startS3();

  const { code, stdout, stderr } = await evidenceOfVault(vault, '--vault', '--stack', 'green-api-logout');

  expect({ code, ids: idsAndTimes(stdout) }).toEqual({
    code: 0,
    ids: ['1101000001 10:00', '1101000002 11:00', '1101000003 12:00', '1101000001 13:00'],
  });
  expect(stderr).toContain('Object Lock: COMPLIANCE, 2562 days by default, as the vault promises.');
  expect(stderr).not.toContain('Somebody');
});

test('a vault in which somebody has deleted and replaced objects still answers, and says so', async () => {
  await using vault = await startS3();
  vault.later.set('/vault/evidence/day=2026-11-20/1-2.jsonl', undefined);
  vault.later.set(
    '/vault/evidence/day=2026-11-20/4.jsonl',
    JSON.stringify({ ...records[5], idInstance: '1101000099' }),
  );

  const { stdout, stderr } = await evidenceOfVault(vault, '--vault', '--stack', 'green-api-logout');

  expect(idsAndTimes(stdout)).toEqual([
    ...['1101000001 10:00', '1101000002 11:00', '1101000003 12:00', '1101000001 13:00'],
  ]);
  expect(stderr).toContain(
    'Somebody has deleted or replaced objects: evidence/day=2026-11-20/1-2.jsonl, evidence/day=2026-11-20/4.jsonl.',
  );
});

test.each([
  [
    'a shorter retention',
    30,
    ['--stack', 'green-api-logout'],
    'COMPLIANCE, 30 days by default, but the vault promises COMPLIANCE, 2562 days',
  ],
  [
    'no Object Lock',
    0,
    ['--stack', 'green-api-logout'],
    'has no Object Lock with a default retention: its records can be altered',
  ],
  ['nothing to compare it with', 30, [], 'COMPLIANCE, 30 days by default. Name the stack with --stack to compare it'],
])('a vault with %s is named as such', async (_name, days, options, text) => {
  await using vault = await startS3([], days);

  const { code, stderr } = await evidenceOfVault(vault, '--vault', 'vault', ...options);

  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(text) });
});
