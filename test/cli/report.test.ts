import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startJsonServer } from '../support/api-double.ts';
import { describeStacks, startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';
import { startS3 } from '../support/s3-double.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = 'offboarding-6367c48dd193d56ea7b0baad25b19455e529f5ee';

const record = (idInstance: string, owner: string, confirmedAt: string, more: object = {}) =>
  JSON.stringify({
    message: 'evidence',
    version: 1,
    idInstance,
    function: 'run',
    requestedBy: 'com.example.hr hr-2026-001734',
    requestedAt: '2026-11-20T17:00:02.000Z',
    confirmedAt,
    outcome: { kind: 'logged-out', confirmed: true },
    run: { id: run, source: 'offboarding', tags: { owner, protected: false } },
    stack: 'green-api-logout',
    ...more,
  });

const lines = [
  record('1101000001', 'john.doe@example.com', '2026-11-20T17:00:05.000Z'),
  record('1101000002', 'john.doe@example.com', '2026-11-20T18:30:00.000Z'),
  record('1101000003', 'jane.roe@example.com', '2026-11-23T17:00:00.000Z'),
];
const evidence = join(folder, 'evidence.jsonl.gz');
writeFileSync(evidence, gzipSync(lines.join('\n')));

const leaversFile = (name: string, ...rows: readonly string[]): string => {
  const file = join(folder, name);
  writeFileSync(file, ['email;left at', ...rows].join('\r\n'));
  return file;
};
const john = leaversFile('john.csv', 'John.Doe@example.com;2026-11-20T17:00:00Z');
const all = leaversFile(
  'all.csv',
  'john.doe@example.com;2026-11-20T17:00:00Z',
  'jane.roe@example.com;2026-11-20T17:00:00Z',
  'ann.lee@example.com;2026-11-20T17:00:00Z',
);

const report = (...args: readonly string[]) => runCli(['report', ...args, '--file', evidence]);

test('everybody is in time: a table with the record that proves it, and exit code 0', async () => {
  const { code, stdout, stderr } = await report(john, '--within', '24h');

  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['LEAVER', 'VERDICT', 'LEFT AT', 'REPORTED AT', 'LAST CONFIRMED AT', 'HOURS', 'INSTANCES', 'RECORD'],
    [
      'John.Doe@example.com',
      'in time',
      '2026-11-20T17:00:00.000Z',
      '2026-11-20T17:00:02.000Z',
      '2026-11-20T18:30:00.000Z',
      '1.5',
      '1101000001 1101000002',
      run,
    ],
    [''],
  ]);
  expect(stderr).toMatch(/nothing verifies that it is complete or unaltered/);
});

test('one late, and one of whom nothing is known: CSV, JSON, and exit code 1', async () => {
  const csv = await report(all, '--csv');
  const json = await report(all, '--json');

  expect({ csv: csv.code, json: json.code }).toEqual({ csv: 1, json: 1 });
  const [head, ...rows] = csv.stdout.trim().split('\r\n');
  expect(head).toBe('leaver,verdict,leftAt,reportedAt,lastConfirmedAt,hours,instances,record,detail,incompleteRuns');
  expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([
    ['john.doe@example.com', 'in time'],
    ['jane.roe@example.com', 'late'],
    ['ann.lee@example.com', 'not known'],
  ]);
  const documents = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(documents[1]).toMatchObject({
    line: 3,
    identity: 'jane.roe@example.com',
    verdict: 'late',
    hours: 72,
    instances: [
      { idInstance: '1101000003', verdict: 'late', record: { run, confirmedAt: '2026-11-23T17:00:00.000Z' } },
    ],
  });
});

test('the limit is the one of the command', async () => {
  expect((await report(john, '--within', '1h')).code).toBe(1);
  expect((await report(john, '--within', '90m')).code).toBe(0);
});

test.each([
  ['a limit that is no time span', [john, '--within', 'soon'], /It must be a time span such as 30m, 24h or 7d/],
  [
    'an unknown time zone',
    [john, '--time-zone', 'Berlin'],
    /It must be the name of a time zone, such as Europe\/Berlin/,
  ],
  ['a file that is not there', [join(folder, 'none.csv')], /none\.csv cannot be read/],
  ['a column that is not there', [john, '--column', 'mail'], /has no column mail\. It has: email, left at\./],
])('%s is wrong input', async (_name, args, message) => {
  const { code, stdout, stderr } = await report(...args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('records of several deployments are not mixed', async () => {
  const mixed = join(folder, 'mixed.jsonl');
  const other = record('1101000001', 'ann.lee@example.com', '2026-11-20T17:00:05.000Z', { stack: 'logout-test' });
  writeFileSync(mixed, [...lines, other].join('\n'));

  const refused = await runCli(['report', all, '--file', mixed]);
  const chosen = await runCli(['report', all, '--file', mixed, '--deployment', 'green-api-logout', '--json']);

  expect({ code: refused.code, stderr: refused.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('several deployments (green-api-logout, logout-test)'),
  });
  expect(JSON.parse(chosen.stdout.trim().split('\n')[2] ?? '')).toMatchObject({ verdict: 'not known' });
});

test('a line of evidence that cannot be read leaves no verdict', async () => {
  const damaged = join(folder, 'damaged.jsonl');
  writeFileSync(damaged, [...lines, lines[0]?.slice(0, 80)].join('\n'));

  const { code, stdout, stderr } = await runCli(['report', john, '--file', damaged]);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('1 line of evidence cannot be read, so no verdict would be certain');
});

test('the vault: a record that was delivered twice counts once, and Object Lock is compared with its promise', async () => {
  await using vault = await startS3();
  for (const [day, key, some] of [
    ['2026-11-19', '1', lines.slice(2)],
    ['2026-11-20', '1-2', lines.slice(0, 2)],
    ['2026-11-20', '2', lines.slice(0, 1)],
  ] as const)
    vault.objects.set(`/vault/evidence/day=${day}/${key}.jsonl`, `${some.join('\n')}\n`);
  await using aws = await startAws({
    DescribeStacks: describeStacks({ EvidenceVault: 'vault', EvidenceVaultRetention: 'COMPLIANCE, 2562 days' }),
  });
  const env = { ...aws.env, AWS_ENDPOINT_URL_S3: vault.url };

  const own = await runCli(['report', all, '--vault', 'vault', '--csv'], { env });
  const named = await runCli(['report', john, '--vault', '--stack', 'green-api-logout', '--json'], { env });

  expect(own.stdout.split('\r\n').map((row) => row.split(',')[1])).toEqual([
    ...['verdict', 'in time', 'late', 'not known', undefined],
  ]);
  expect({ code: own.code, stderr: own.stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining('Name the stack with --stack to compare it with what the vault promises.'),
  });
  expect(JSON.parse(named.stdout)).toMatchObject({ verdict: 'in time', hours: 1.5 });
  expect(named.stderr).toContain('Object Lock: COMPLIANCE, 2562 days by default, as the vault promises.');
  expect(named.code).toBe(0);
});

test('a run whose records are incomplete is named on stderr, and in JSON and CSV beside its leaver', async () => {
  const lacking = join(folder, 'lacking.jsonl');
  const sent = { message: 'logout sent', run, idInstance: '1101000009', timestamp: '2026-11-20T17:00:01Z' };
  writeFileSync(lacking, [...lines, JSON.stringify({ ...sent, stack: 'green-api-logout' })].join('\n'));

  const [table, csv, json] = await Promise.all(
    [[], ['--csv'], ['--json']].map((form) => runCli(['report', all, '--file', lacking, ...form])),
  );

  const why = `The records of the run ${run} are incomplete: it sent a logout to 1101000009, and no record followed.`;
  for (const result of [table, csv, json]) expect(result?.stderr).toContain(why);
  expect(csv?.stdout.split('\r\n').map((row) => row.split(',').at(-1))).toEqual(['incompleteRuns', run, run, '', '']);
  const rows = json?.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).incompleteRuns);
  expect(rows).toEqual([[run], [run], undefined]);
});

test('a deployment: its log group, and the instances that the leaver has today', async () => {
  await using api = await startJsonServer(() => ({
    body: { instances: [{ idInstance: '1101000009', owner: 'john.doe@example.com', protected: false }] },
  }));
  await using aws = await startAws({
    DescribeStacks: describeStacks({ EvidenceLogGroup: 'evidence-log', Endpoint: api.url }),
    FilterLogEvents: () => ({ events: lines.map((message) => ({ message })) }),
  });

  const { code, stdout, stderr } = await runCli(['report', john, '--stack', 'green-api-logout', '--json'], {
    env: aws.env,
  });

  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'not proved',
    detail: '1101000009: has this owner today, and no record since the leaving',
  });
  expect(aws.calls.find(({ operation }) => operation === 'FilterLogEvents')?.input).toMatchObject({
    startTime: Date.parse('2026-11-19T17:00:00Z'),
    filterPattern: expect.stringContaining('$.message = "evidence" || $.message = "run"'),
  });
});
