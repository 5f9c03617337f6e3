import { type GreenApiEmulator, startGreenApi } from '../../emulators/green-api/emulator.ts';
import { startSecretsManager } from '../../emulators/secrets-manager/emulator.ts';
import { startJsonServer } from '../support/api-double.ts';
import { awsVariables } from '../support/aws-environment.ts';
import { runCli } from '../support/cli.ts';

const run = (status: string, loggedOut: number) => ({
  id: 'api-1',
  status,
  reason: 'phones stolen',
  requestedBy: 'local',
  startedAt: '2026-11-24T12:00:00.000Z',
  progress: { total: 2, loggedOut, failed: 0, skipped: 0, pending: 2 - loggedOut },
  outcomes: [],
});

/** A run that has come further each time somebody looks. */
const startApi = () => {
  let readings = 0;
  return startJsonServer(({ method, path }) => {
    if (method === 'POST') return { status: 202, body: { id: 'api-1', status: 'RUNNING' } };
    if (path === '/instances') return { body: { instances: [{ idInstance: '1101000001', protected: false }] } };
    readings += 1;
    return { body: readings > 1 ? run('SUCCEEDED', 2) : run('RUNNING', 1) };
  });
};

test('a terminal asks for the reason and a confirmation, and shows a progress bar', async () => {
  await using api = await startApi();

  const { code, stderr } = await runCli(['run', '--group', 'sales', '--follow', '--url', api.url], {
    answers: [
      { question: 'Reason', answer: 'phones stolen\n' },
      { question: 'Log out 1 instance at', answer: 'y\n' },
    ],
  });

  expect(code).toBe(0);
  expect(stderr).toMatch(/\u2588{8}\u2591{8} 1/);
  expect(stderr).toMatch(/1\/2 {2}1 of 2 confirmed, 1 pending/);
  expect(api.received.find(({ method }) => method === 'POST')?.body).toEqual({
    target: { group: 'sales' },
    reason: 'phones stolen',
  });
});

test('no is no: nothing is sent', async () => {
  await using api = await startApi();

  const { code, stderr } = await runCli(['logout', '1101000001', '--url', api.url], {
    answers: [{ question: 'Log out 1101000001 at', answer: 'n\n' }],
  });

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Cancelled. Nothing was done.') });
  expect(api.received).toEqual([]);
});

test('the end of input at a question is a failure: nothing is sent', async () => {
  await using api = await startApi();

  const { code, stderr } = await runCli(['logout', '1101000001', '--url', api.url], {
    answers: [{ question: 'Log out 1101000001 at', answer: undefined }],
  });

  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Log out 1101000001 at') });
  expect(api.received).toEqual([]);
});

/** Ann has two phones, one of them shared, in a fleet of many pages. Nobody is linked. */
const startFleet = () => {
  const own = { idInstance: '1', owner: 'ann@example.com 00u3m90rxKjGQ0G6L1d6', name: 'Ann Lee', protected: false };
  const shared = { idInstance: '2', owner: 'ann@example.com kim@example.com', phone: '234567', protected: true };
  const pages = [[own], [], [], [], [], [shared]];
  return startJsonServer(({ path, query }) => {
    if (path.endsWith('/state'))
      return { body: { stateInstance: 'notAuthorized', readAt: '2026-11-24T12:00:00.000Z' } };
    if (path.endsWith('/logout')) return { body: { confirmed: true } };
    if (query.owner !== undefined) return { body: { instances: [own, shared] } };
    const page = Number(query.next ?? 0);
    return { body: { instances: pages[page], ...(page + 1 < pages.length && { next: String(page + 1) }) } };
  });
};

test('a person is found over all pages, and an instance that others share is not in the command for the rest', async () => {
  await using api = await startFleet();

  const { stdout, stderr } = await runCli(['find', 'ann lee', '--url', api.url]);
  const byNumber = await runCli(['find', '4567', '--url', api.url]);

  expect(stderr).toBe('1 instance read, found Ann Lee …\n');
  expect(stdout).toContain(
    [
      'Ann Lee, ann@example.com (also 00u3m90rxKjGQ0G6L1d6), found by name',
      'Everything of this person is logged out.',
      '',
      'INSTANCE  STATE                       PHONE    GROUP',
      '1         logged out (notAuthorized)',
      '2         logged out (notAuthorized)  …234567         protected, shared with kim@example.com',
      '',
      `Log out: green-api-logout logout 1 --wait 20 --url ${api.url}`,
      `Shared, so a logout affects others too: green-api-logout logout 2 --wait 20 --url ${api.url}`,
      '',
    ].join('\n'),
  );
  expect(byNumber.stdout.match(/^.+found by .+$/gm)).toEqual([
    'Ann Lee, ann@example.com (also 00u3m90rxKjGQ0G6L1d6), found by phone number',
    'kim@example.com, found by phone number',
  ]);
});

test('a logout of a person leaves out what others share, says so, and includes it when that is asked for', async () => {
  await using api = await startFleet();
  const logOut = (...args: readonly string[]) =>
    runCli(['logout', 'ann@example.com', '--url', api.url, ...args], {
      answers: [{ question: 'Log out', answer: 'y\n' }],
    });
  const sent = () =>
    api.received
      .splice(0)
      .flatMap(({ method, path }) => (method === 'POST' ? [path] : []))
      .toSorted();

  const own = await logOut();
  const sentAtFirst = sent();
  const all = await logOut('--include-shared');

  expect([own.code, sentAtFirst]).toEqual([1, ['/instances/1/logout']]);
  expect(own.stderr).toMatch(/^2 +protected, shared with kim@example\.com, not included +logged out/m);
  expect(own.stderr).toContain(
    'Not logged out, because others share it: 2. Add --include-shared to log out everything.',
  );
  expect([all.code, sent()]).toEqual([0, ['/instances/1/logout', '/instances/2/logout']]);
  expect(all.stderr).not.toContain('not included');
  // The reading right before knew it.
  expect(all.stdout).toMatch(/^2 {2}was already logged out, confirmed/m);
});

describe('enroll', () => {
  const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';
  let greenApi: GreenApiEmulator;
  beforeAll(async () => {
    const instance = { idInstance: '1101000001', apiTokenInstance: token, logoutDelayMs: 0 };
    greenApi = await startGreenApi({ instances: [instance] });
  });
  afterAll(() => greenApi.close());

  test('asks for the token without showing it, whatever key is pressed', async () => {
    await using secrets = await startSecretsManager();
    const args = ['enroll', '1101000001', '--api-url', greenApi.apiUrl, '--allow-host', greenApi.host];

    const { code, stdout, stderr } = await runCli(args, {
      env: awsVariables({ secretsManager: secrets.url }),
      // Ctrl-T would show it in other programs.
      answers: [{ question: 'apiTokenInstance of 1101000001:', answer: `\u0014${token}\n` }],
    });

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/1101000001 +created +linked \(authorized\)/),
    });
    expect(stdout + stderr).not.toContain(token.slice(0, 8));
  });
});
