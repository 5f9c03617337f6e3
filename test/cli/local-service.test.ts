import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cliFile } from '../../infra/bundling/bundling.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { startAws } from '../support/aws-double.ts';
import { runCli } from '../support/cli.ts';
import { compileCache } from '../support/compile-cache.ts';
import { startLocalService } from '../support/local-service.ts';
import { fencesOf, sectionOf } from '../support/markdown.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));

let service: Awaited<ReturnType<typeof startLocalService>>;
beforeAll(async () => {
  // A logout that hangs does so for a while, so that there is time to interrupt it.
  const variables = { GREEN_API_TIMEOUT_MS: '20000' };
  service = await startLocalService({ journal: join(folder, 'runs'), variables });
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const cli = (...args: readonly string[]) => runCli([...args, '--url', service.url]);

const runIdIn = (text: string): string => /api-[0-9a-f]{40}/.exec(text)?.[0] ?? '';

/** Makes an instance linked again, as a person with the phone would; or gives it another state, which may survive a logout. */
const link = (idInstance: string, stateInstance = 'authorized', survivesLogout = false) =>
  fetch(`${service.greenApiUrl}/emulator/instances/${idInstance}/state`, {
    method: 'PUT',
    body: JSON.stringify({ stateInstance, survivesLogout }),
  });

const setFault = (idInstance: string, fault: string | undefined, times?: number) =>
  fetch(`${service.greenApiUrl}/emulator/instances/${idInstance}/fault`, {
    method: fault === undefined ? 'DELETE' : 'PUT',
    ...(fault !== undefined && { body: JSON.stringify({ fault, times }) }),
  });

test('lists the instances as a table', async () => {
  const { code, stdout } = await cli('instances', '--group', 'support');
  const searched = await cli('instances', '--query', '…4567', '--json');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^INSTANCE +OWNER +GROUP\n1101000003 +john\.doe@example\.com \S+ +support\n/);
  expect(stdout).toMatch(/^1101000005 +desk@example\.com +support +protected$/m);
  expect(JSON.parse(searched.stdout).instances).toMatchObject([{ idInstance: '1101000003', phone: '234567' }]);
});

test('finds a person by the last digits of a number, and the command that it prints logs them out, confirmed', async () => {
  for (const id of ['1101000003', '1101000004']) await link(id);
  const { code, stdout } = await cli('find', '+49', '(0)', '170', '…4567');
  const [, command = ''] = /^Log out: green-api-logout (.+)$/m.exec(stdout) ?? [];
  const loggedOut = await runCli([...command.split(' '), '--yes']);
  const again = await cli('find', 'john doe');

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^John Doe, john\.doe@example\.com \(also 00u3m90rxKjGQ0G6L1d6, 6d321996-\S+\), found by phone number\n2 of 2 instances are not logged out\.\n\n/,
  );
  expect(stdout).toMatch(/^1101000003 +linked \(authorized\) +…234567 +support$/m);
  expect(command).toBe(`logout 1101000003 1101000004 --wait 20 --url ${service.url}`);
  expect(loggedOut.code).toBe(0);
  expect(loggedOut.stdout.match(/logged out, confirmed at /g)).toHaveLength(2);
  expect(again.stdout).toMatch(/^Everything of this person is logged out\.$/m);
});

test('a search for programs has the people, their instances and states', async () => {
  const { stdout } = await cli('find', 'desk', '--json');

  expect(JSON.parse(stdout)).toEqual({
    found: 1,
    people: [
      {
        identity: 'desk@example.com',
        names: ['Support desk'],
        alsoKnownAs: [],
        matchedBy: ['owner', 'name'],
        instances: [
          {
            idInstance: '1101000005',
            owner: 'desk@example.com',
            group: 'support',
            name: 'Support desk',
            protected: true,
            sharedWith: [],
            stateInstance: 'authorized',
            readAt: expect.stringMatching(/^\d{4}-/),
          },
        ],
      },
    ],
  });
});

test.each([
  ['jon do', 'Nearest:\n  John Doe, john.doe@example.com, …234567\n'],
  ['5467', 'Nearest:\n  John Doe, john.doe@example.com, …234567\n'],
  ['4568', 'Nearest:\n  John Doe, john.doe@example.com, …234567\n'],
  ['8888', 'Not enrolled?'],
])('a search for %s that finds nobody says what was searched, and who is near', async (query, text) => {
  const { code, stdout, stderr } = await cli('find', query);

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(
    `Nobody found for ${query}. Searched: id, owner and name of 5 instances; 4 of them have a phone number.\n`,
  );
  expect(stderr).toContain(text);
});

test('a search for two characters is refused', async () => {
  expect(await cli('find', ' 4 ', '5 ')).toMatchObject({ code: 0 });
  expect(await cli('find', 'jo')).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 3 characters') });
});

test('logs out a person by the address, and from a clone prints commands that can be pasted there', async () => {
  const env = { npm_lifecycle_event: 'cli' };
  const found = await runCli(['find', 'ann lee', '--url', service.url], { env });
  const { code, stdout } = await cli('logout', 'ANN@example.com', '--yes');
  for (const id of ['1101000001', '1101000002']) await link(id);

  expect(found.stdout).toContain(
    `\nLog out: npm run cli -- logout 1101000001 1101000002 --wait 20 --url ${service.url}\n`,
  );
  expect(code).toBe(0);
  expect(stdout.match(/^110100000[12] {2}logged out, confirmed at /gm)).toHaveLength(2);
});

test('logs out each given instance, one line each, and fails if one is not confirmed', async () => {
  const { code, stdout } = await cli('logout', '1101000002', '99', '--reason', 'phone lost', '--yes');

  expect(code).toBe(1);
  expect(stdout).toMatch(/^1101000002 {2}logged out, confirmed at \d{4}-\d\d-\d\dT\S+Z, by 2 readings in a row$/m);
  expect(stdout).toMatch(/^99 {2}not confirmed: There is no secret for this instance\. .+ \[unknown-instance\]$/m);
});

test('a logout that a run may confirm names the run', async () => {
  await setFault('1101000002', 'http-500', 20);
  const { code, stderr } = await cli(
    'logout',
    '1101000002',
    '--reason',
    "phone's gone",
    '--clear-queue',
    '--wait',
    '1',
    '--yes',
  );
  await setFault('1101000002', undefined);

  expect(code).toBe(1);
  expect(stderr).toBe(
    `Start a run, which retries until the logout is confirmed: green-api-logout run --instances 1101000002 --reason 'phone'\\''s gone' --clear-queue --follow --url ${service.url}\n`,
  );
});

test('the evidence of single logouts is found by the person who has the instance', async () => {
  const [, file = ''] = /^Evidence is in (\/.+)$/m.exec(service.output()) ?? [];

  const { code, stdout } = await cli('evidence', '--file', file, '--owner', 'ann@example.com', '--since', '1h');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^\S+Z {2}1101000002 +logged-out +\S+Z .+ phone lost$/m);
  expect(stdout).not.toMatch(/ 110100000[345] /);
});

test('--json prints what the API answered, and wait=0 is not confirmed', async () => {
  await link('1101000002');
  const { code, stdout } = await cli('logout', '1101000002', '--wait', '0', '--yes', '--json');

  expect({ code, answer: JSON.parse(stdout) }).toEqual({
    code: 1,
    answer: { idInstance: '1101000002', isLogout: true, confirmed: false },
  });
});

test('starts a run, follows it to its end and shows each outcome', async () => {
  const target = ['--instances', '1101000004', '1101000005'];
  const { code, stdout, stderr } = await cli('run', ...target, '--reason', 'team closed', '--follow', '--yes');

  expect(code).toBe(0);
  expect(stderr).toMatch(/^Run api-[0-9a-f]{40}\n(?:\d of \d confirmed.*\n)+$/);
  expect(stdout).toMatch(/^status +SUCCEEDED$/m);
  expect(stdout).toMatch(/^progress +1 of 2 confirmed, 1 skipped$/m);
  expect(stdout).toMatch(/^1101000004 +logged-out +\d{4}-/m);
  expect(stdout).toMatch(/^1101000005 +skipped +desk@example\.com +protected$/m);
});

test('a failed run says what to do and the command that tries again what is not confirmed', async () => {
  for (const id of ['1101000001', '1101000002']) await link(id);
  await setFault('1101000002', 'http-401-json');
  const target = ['--instances', '1101000001', '1101000002'];
  const failed = await cli('run', ...target, '--reason', 'phones lost', '--follow', '--yes');
  const [, command = ''] = /^Try again: green-api-logout (.+)$/m.exec(failed.stdout) ?? [];
  const drill = await runCli([...command.split(' '), '--dry-run', '--follow']);
  await setFault('1101000002', undefined);
  const retried = await runCli([...command.split(' '), '--yes', '--follow']);
  const [, file = ''] = /^Evidence is in (\/.+)$/m.exec(service.output()) ?? [];
  const evidence = await cli('evidence', '--file', file, '--run', runIdIn(retried.stdout).slice(-8), '--json');
  const again = await cli('retry', runIdIn(retried.stdout), '--yes');
  const runs = await cli('runs', '--limit', '1');

  const id = runIdIn(failed.stdout);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^ {2}credential-rejected: Put the current apiTokenInstance .+\.$/m);
  expect(command).toBe(`retry ${id.slice(-8)} --url ${service.url}`);
  expect(drill).toMatchObject({ code: 1, stdout: expect.stringMatching(/^status +FAILED \(drill\)$/m) });
  expect(retried.code).toBe(0);
  expect(retried.stderr).toMatch(/^1101000002 +credential-rejected/m);
  expect(retried.stdout).toMatch(/^progress +1 of 1 confirmed/m);
  expect(retried.stdout).toContain(`retry of      ${id}`);
  expect(JSON.parse(evidence.stdout)).toMatchObject({ idInstance: '1101000002', run: { retryOf: id } });
  expect(runs.stdout).toContain(`phones lost (retry of ${id.slice(-8)})`);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Every instance of this run is confirmed.') });
});

test('a run for an instant in the past is refused with how long ago it was, before anybody is asked', async () => {
  const at = new Date(Date.now() - 6 * 3_600_000 - 30_000).toISOString();
  const { code, stderr } = await cli('run', '--group', 'sales', '--reason', 'phones lost', '--at', at, '--yes');

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/--at is 6 h 0 min ago, and the run would/),
  });
});

test('a run that finds no instance is a failure', async () => {
  const { code, stdout, stderr } = await cli('run', '--group', 'nobody', '--reason', 'x', '--yes', '--follow');
  const asked = await cli('run', '--owner', 'jon.doe@example.com', '--reason', 'x');

  expect(code).toBe(1);
  expect(stderr).toMatch(/^No instance has the group nobody\.\nRun api-/);
  expect(asked).toMatchObject({ code: 1, stdout: '' });
  expect(asked.stderr).toBe(
    'No instance has the owner jon.doe@example.com.\nNearest:\n  John Doe, john.doe@example.com\nNothing was started. To start it all the same, add --yes.\n',
  );
  const runs = await cli('runs', '--limit', '1');

  expect(stdout).toMatch(/^status +SUCCEEDED \(found nobody\)\n(?:.*\n)*progress +0 of 0 confirmed/m);
  expect(runs.stdout).toMatch(/ SUCCEEDED \(found nobody\) .+ group nobody +no instance was found +x +local$/m);
});

test('the same idempotency key is the same run', async () => {
  // It meets nobody, so it leaves no logout behind.
  const start = () => cli('run', '--group', 'nobody', '--reason', 'x', '--idempotency-key', 'INC-1', '--yes', '--json');
  const [first, second] = [await start(), await start()];

  expect(first.code).toBe(0);
  expect(JSON.parse(second.stdout).id).toBe(JSON.parse(first.stdout).id);
});

test('Ctrl-C while following leaves the run as it is and says how to go on; stop ends it', async () => {
  await link('1101000001');
  await setFault('1101000001', 'http-500');
  const args = ['run', '--instances', '1101000001', '--reason', 'x', '--follow', '--yes', '--url', service.url];
  const child = spawn(process.execPath, [cliFile, ...args], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  const isFollowing = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
      if (stderr.includes('1 pending')) resolve();
    });
  });
  await isFollowing;
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  const id = runIdIn(stderr);

  const running = await cli('show', id, '--json');
  const stopped = await cli('stop', id, '--yes');
  const ended = await cli('show', id);
  await setFault('1101000001', undefined);
  const refused = await cli('retry', id, '--yes');
  const retried = await cli('retry', id, '--even-if-stopped', '--yes', '--follow');

  expect(code).toBe(1);
  expect(stderr).toContain(
    `The run goes on.\nFollow it: green-api-logout show ${id} --follow --url ${service.url}\nStop it: green-api-logout stop ${id} --url ${service.url}\n`,
  );
  expect(JSON.parse(running.stdout)).toMatchObject({ status: 'RUNNING' });
  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^STOPPED/) });
  expect(ended).toMatchObject({ code: 1, stdout: expect.stringMatching(/^status +STOPPED$/m) });
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(/^Stopped by \S+local \S+, at 2\S+Z\.$/m);
  expect(refused.stderr).toMatch(
    / Try 1 instance of this run again although it was stopped\? Add --even-if-stopped\.$/m,
  );
  expect(retried).toMatchObject({ code: 0, stdout: expect.stringMatching(/^status +SUCCEEDED$/m) });
});

test('state prints what GREEN-API reports', async () => {
  await link('1101000002');

  const { code, stdout } = await cli('state', '1101000002', '--json');

  expect({ code, state: JSON.parse(stdout) }).toEqual({
    code: 0,
    state: {
      idInstance: '1101000002',
      stateInstance: 'authorized',
      stateClass: 'linked',
      readAt: expect.stringMatching(/^\d{4}-/),
    },
  });
});

test('a state is read again when GREEN-API allows no reading for the moment, and not for ever', async () => {
  await link('1101000002');
  await setFault('1101000002', 'http-429', 1);
  const read = await cli('state', '1101000002');
  await setFault('1101000002', 'http-429');
  const refused = await cli('state', '1101000002');
  await setFault('1101000002', undefined);

  expect(read).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1101000002 +linked \(authorized\) /m) });
  expect(refused).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^1101000002 +not read .+\[rate-limited\]/m),
  });
});

test('a drill says who could be logged out, and the list of runs has it', async () => {
  await link('1101000003');
  await link('1101000004', 'notAuthorized');
  const args = ['run', '--owner', 'john.doe@example.com', '--reason', 'drill', '--dry-run', '--follow'];
  const { code, stdout } = await cli(...args);
  const runs = await cli('runs', '--status', 'succeeded', '--limit', '1');
  const end = runIdIn(stdout).slice(-8);
  const [shown, unknown] = [await cli('show', end), await cli('show', '00000000')];

  expect(code).toBe(0);
  expect(stdout).toMatch(/^progress +1 of 2 ready, 1 already logged out$/m);
  expect(stdout).toMatch(/^1101000003 +ready +john\.doe@example\.com/m);
  expect(stdout).toMatch(/^status +SUCCEEDED \(drill\)$/m);
  expect(runs.stdout).toMatch(
    new RegExp(
      `^RUN +SOURCE .+\n${end} +api +SUCCEEDED \\(drill\\) +\\d{4}-\\S+ +owner john\\.doe@example\\.com +1 of 2 ready, 1 already logged out +drill +local`,
    ),
  );
  expect(shown.stdout).toBe(stdout);
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/runs ends in 00000000\. Give the whole id/),
  });
});

test('a list of runs without any says so', async () => {
  const { code, stderr } = await cli('runs', '--status', 'timed_out');

  expect({ code, stderr }).toEqual({ code: 0, stderr: 'There is no run in the status TIMED_OUT.\n' });
});

test('an unknown run is named as the API names it', async () => {
  const { code, stderr } = await cli('show', `api-${'0'.repeat(40)}`);

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('[unknown-run]') });
});

test('compares owners with a roster and prints the command for those who left', async () => {
  const roster = 'email;oktaId\nANN@example.com;\ndesk@example.com;\nx@example.com;00u3m90rxKjGQ0G6L1d6\n';
  const reconcile = (...args: readonly string[]) =>
    runCli(['reconcile', '-', ...args, '--url', service.url], { input: roster });
  const byMail = await reconcile();
  const byBoth = await reconcile('--column', 'email,oktaId', '--json');

  expect(byMail.code).toBe(1);
  expect(byMail.stdout).toMatch(/^2 with an owner who is not on the roster:\n\nINSTANCE +OWNER +GROUP\n1101000003 /);
  const command = 'run --reason "not on the roster" --dry-run --follow --instances 1101000003 1101000004 --url http';
  expect(byMail.stdout).toContain(command);
  expect(byMail.stdout.indexOf(command)).toBeLessThan(byMail.stdout.indexOf('--max-targets 2 --follow'));
  expect(JSON.parse(byBoth.stdout).leavers.map(({ idInstance }: { idInstance: string }) => idInstance)).toEqual([
    '1101000004',
  ]);
});

test.each([
  [
    'in another column',
    'Name\tEmail\nAnn Lee\tann@example.com\n',
    ['--column', 'Name'],
    'the column Name, separator: tab',
  ],
  ['of somebody else', 'x@example.com\n', [], 'a list without a header'],
  ['that lacks most people', 'email\nann@example.com\n', [], 'the column email, separator: comma'],
])('a roster %s calls nobody a leaver and prints no command', async (_name, roster, options, readAs) => {
  const args = ['reconcile', '-', ...options, '--url', service.url];
  const { code, stdout, stderr } = await runCli(args, { input: roster });

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^(?:None|Only 1) of the 4 owners of instances (?:are|is) in -, read as /);
  expect(stderr).toContain(readAs);
});

test('a roster without an identity is refused, because every owner would look like a leaver', async () => {
  const { code, stderr } = await runCli(['reconcile', '-', '--url', service.url], {
    input: 'email\n',
    ownProcess: true,
  });

  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('contains no identity') });
});

test('send-event hands an event to the rules', async () => {
  const sample = JSON.parse(readFileSync('functions/offboarding/samples/custom.json', 'utf8'));
  // Somebody without an instance: a run that is stopped may still be sending its logouts.
  const event = { ...sample, detail: { ...sample.detail, email: 'nobody@example.com' } };
  const file = join(folder, 'event.json');
  writeFileSync(file, JSON.stringify(event));

  const { code, stdout } = await cli('send-event', file, '--now');
  const { runs } = JSON.parse(stdout);
  const stopped = await cli('stop', runs[0], '--yes');

  expect([code, runs]).toEqual([0, [expect.stringMatching(/^event-/)]]);
  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^STOPPED/) });
});

/** The logouts that GREEN-API's emulator has seen so far. */
const logoutsSeen = async (): Promise<number> => {
  const answer = await fetch(`${service.greenApiUrl}/emulator/calls`);
  const { byMethod } = (await answer.json()) as { readonly byMethod: Readonly<Record<string, number>> };
  return byMethod.logout ?? 0;
};

test('smoke without a test instance logs nobody out', async () => {
  await link('1101000001');
  const before = await logoutsSeen();

  const { code, stdout } = await cli('smoke');

  expect(stdout).toMatch(
    /== drill over every instance\nexpected: .*\nseen: {5}run api-.*: SUCCEEDED, \d of 5 ready.*\n-- ok\n/,
  );
  expect(stdout).toMatch(/event smoke-\S+ started run event-\S+, which is SUCCEEDED\n-- ok/);
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
    0,
    expect.stringMatching(/^Everything that was tried worked\. Not tried: logout of the test instance, /),
  ]);
  expect(await logoutsSeen()).toBe(before);
});

/** The tokens of the demo identity providers. */
const tokens = () =>
  [...service.output().matchAll(/-H 'Authorization: (?:Bearer )?([\w-]{43})'/g)].map(([, token = '']) => token);

test('smoke asks, logs the test instance out twice, and tries each identity provider with its token', async () => {
  await link('1101000001');
  const [hr = '', okta = '', scim = ''] = tokens();
  const args = ['smoke', '--instance', '1101000001', '--file', join(folder, 'runs.evidence.jsonl'), '--json'];
  const answers = [
    { question: 'Log out 1101000001 (ann@example.com)', answer: 'y\n' },
    { question: 'Token of the identity provider demo-hr', answer: `${hr}\n` },
    { question: 'Token of the identity provider demo-okta', answer: `${okta}wrong\n` },
    { question: 'Token of the identity provider demo-scim', answer: `${scim}\n` },
  ];

  const { code, stdout } = await runCli([...args, '--url', service.url], { answers });

  const results = stdout
    .trim()
    .split('\n')
    .map((line): { step?: string; result: string; seen?: string } => JSON.parse(line));
  expect(code).toBe(1);
  expect(results.at(-1)).toMatchObject({
    result: 'failed',
    failed: ['identity provider demo-okta (okta-event-hook)'],
    notTried: ['targets of the schedules', 'what a schedule calls', 'evidence vault', 'clean up'],
  });
  expect(results.find(({ step }) => step === 'identity provider demo-scim (scim)')?.seen).toBe(
    '0 users found; without the token 401',
  );
  expect(stdout).not.toContain(hr);
});

test('smoke names what failed', async () => {
  await setFault('1101000001', 'http-401-text');

  const { code, stdout } = await cli('smoke', '--configuration', join(folder, 'missing.json'));

  await setFault('1101000001', undefined);
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([
    1,
    expect.stringMatching(/^Failed: doctor, drill over every instance\. Not tried: /),
  ]);
});

const everybodyNow = fencesOf(sectionOf('docs/operations.md', 'Everybody, now')).map(({ text }) => text);

/** Carries out commands of a page in a shell that finds the command line. */
const shell = async (commands: string): Promise<string> => {
  const command = `#!/bin/sh\nexec "${process.execPath}" "${cliFile}" "$@"\n`;
  writeFileSync(join(folder, 'green-api-logout'), command, { mode: 0o755 });
  const script = commands.replaceAll('--stack green-api-logout', `--url ${service.url}`);
  const env = { ...process.env, ...compileCache, PATH: `${folder}:${process.env.PATH}` };
  return (await promisify(execFile)('sh', ['-e', '-c', script], { cwd: folder, env })).stdout;
};

test.each([
  ['one run over all', everybodyNow[0] ?? '', 1],
  ['a run for each group', everybodyNow[1]?.replace('call-centre field sales support', 'sales support') ?? '', 2],
  // Lists of two, because there are five instances.
  ['runs over lists of ids', everybodyNow[2]?.replace('split -l 3000', 'split -l 2') ?? '', 3],
])(
  'everybody is logged out by the commands for %s, and the protected instance is not',
  async (_name, commands, count) => {
    const everybody = ['1101000001', '1101000002', '1101000003', '1101000004'];
    for (const id of everybody) await link(id);

    const started = await shell(commands);
    const runs = [...new Set(started.match(/api-[0-9a-f]{40}/g))];
    const shown = await Promise.all(runs.map((run) => cli('show', run, '--follow')));

    expect(runs).toHaveLength(count);
    const loggedOut = shown.flatMap(({ stdout }) =>
      [...stdout.matchAll(/^(\d{10}) +logged-out /gm)].map(([, id]) => id),
    );
    expect(loggedOut.sort()).toEqual(everybody);
    expect(await cli('state', '1101000005')).toMatchObject({ stdout: expect.stringContaining('linked (authorized)') });
  },
);

// From here on there are six instances.
test('practises enrolling: a file of a spreadsheet, and no token or address of the real GREEN-API', async () => {
  const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';
  const enroll = (line: string) =>
    runCli(['enroll', '--csv', '-', '--yes', '--url', service.url], {
      input: `idInstance;owner;group;apiUrl;apiTokenInstance\r\n${line}\r\n`,
    });
  const enrolled = await enroll(`410012345678;o'brien@example.com;new;;${token}`);
  const foreign = await enroll(`1101000006;ann@example.com;new;https://api.green-api.com;${token}`);
  const real = await enroll(`1101000006;ann@example.com;new;;${'f'.repeat(50)}`);
  const listed = await cli('instances', '--group', 'new', '--json');

  expect(enrolled).toMatchObject({ code: 0, stdout: expect.stringMatching(/^410012345678 +created +linked/m) });
  expect(foreign).toMatchObject({ code: 2, stderr: expect.stringContaining('line 2: leave apiUrl out') });
  expect(real).toMatchObject({ code: 1, stdout: expect.stringContaining('GREEN-API rejects the token') });
  expect(JSON.parse(listed.stdout).instances).toMatchObject([
    { idInstance: '410012345678', owner: "o'brien@example.com" },
  ]);
});

describe('probe', () => {
  const out = join(folder, 'probe.json');
  const probe = (options: Parameters<typeof runCli>[1], ...more: readonly string[]) =>
    runCli(['probe', '1101000001', '--out', out, '--url', service.url, ...more], options);
  beforeEach(() => link('1101000001'));

  test.each([
    ['a protected instance', ['1101000005'], 1, 'The instance is protected'],
    [
      'an instance that is not enrolled',
      ['1101000006'],
      1,
      'There is no secret green-api/1101000006 in the local service',
    ],
    [
      'a token that it would have to keep, and cannot',
      ['1101000001', '--rotate-token', '--ask-token'],
      2,
      'leave out --ask-token',
    ],
    ['a file that exists', ['1101000001', '--out', cliFile], 2, 'exists already'],
  ])('refuses %s, and logs nobody out', async (_name, args, code, message) => {
    const before = await logoutsSeen();
    const refused = await runCli(['probe', '--yes', '--url', service.url, ...args]);

    expect(refused).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(await logoutsSeen()).toBe(before);
  });

  test('refuses an instance that is not linked', async () => {
    await link('1101000001', 'notAuthorized');

    const refused = await probe({}, '--yes');

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('The probe needs a linked instance') });
    expect(existsSync(out)).toBe(false);
  });

  test('proves the right to write the secret before it logs anybody out', async () => {
    const apiUrl = service.greenApiUrl;
    const secret = { apiUrl, apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345' };
    await using aws = await startAws({
      DescribeSecret: () => ({}),
      GetSecretValue: () => ({ SecretString: JSON.stringify(secret) }),
    });
    const emulators = { secretsManager: aws.url, greenApi: apiUrl, secretPrefix: 'green-api/' };
    await using local = await startLoopbackServer((_, response) => void response.end(JSON.stringify(emulators)), {});
    await link('1101000006');
    const before = await logoutsSeen();

    const args = ['1101000006', '--rotate-token', '--yes', '--out', out, '--url', local.url];
    const refused = await runCli(['probe', ...args]);

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('secretsmanager:PutSecretValue') });
    expect(await logoutsSeen()).toBe(before);
    expect(existsSync(out)).toBe(false);
  });

  test('wants the words typed, and takes nothing else for them', async () => {
    const question = 'Type "log out 1101000001" to go on:';
    const wrong = await probe({ answers: [{ question, answer: 'yes\r' }] });
    const unasked = await probe({});

    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('You typed something else. Nothing was done.'),
    });
    expect(wrong.stderr).toContain('The probe logs out this instance only.');
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('Consent is needed') });
    expect(existsSync(out)).toBe(false);
  });

  test('Ctrl-C keeps what is measured so far, and says what is pending', async () => {
    // However late the key is pressed, the instance is not out.
    await link('1101000001', 'authorized', true);
    const question = 'Type "log out 1101000001" to go on:';
    const { code, stdout, stderr } = await probe({
      answers: [{ question, answer: 'log out 1101000001\r' }],
      interruptAt: 'Logging out, and reading',
    });

    const file = readFileSync(out, 'utf8');
    expect(code).toBe(1);
    expect(stderr).toContain(`Interrupted: 1101000001 is not confirmed as logged out`);
    expect(stderr).toContain(`state 1101000001 --url ${service.url}`);
    expect(stdout).toMatch(/^What does a logout answer\? +isLogout: true/m);
    expect(JSON.parse(file)).toMatchObject({ version: 1, messenger: 'whatsapp', isInterrupted: true });
    expect(file).not.toMatch(/[0-9a-f]{50}|1101000001|ann@example/);
  });
});

// Last: the logout that hangs goes on behind the next tests. Its readings would take the one a second that GREEN-API allows.
test('Ctrl-C at a logout says which logouts are pending', async () => {
  await setFault('1101000002', 'logged-out-but-hang');
  // The one without a secret is answered at once.
  const interrupted = await runCli(['logout', '99', '1101000002', '--yes', '--url', service.url], {
    interruptAt: '99  not confirmed',
  });
  await setFault('1101000002', undefined);

  expect(interrupted.code).toBe(1);
  expect(interrupted.stderr).toBe(
    `Interrupted. 1 of 2 instances answered.\nSent, and may still take effect: 1101000002\nCheck whether they are logged out: green-api-logout state 1101000002 --url ${service.url}\n`,
  );
});
