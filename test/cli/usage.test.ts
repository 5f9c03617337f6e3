import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { cliFile } from '../../infra/bundling/bundling.ts';
import { parseConfiguration } from '../../infra/configuration/configuration.ts';
import { startJsonServer } from '../support/api-double.ts';
import { runCli } from '../support/cli.ts';

const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

test.each([
  ['no command', []],
  ['an unknown command', ['logoff']],
  ['an unknown option', ['instances', '--gruop', 'sales']],
  ['an option without its value', ['instances', '--group']],
  ['an argument too many', ['instances', 'sales']],
  ['no deployment', ['instances']],
  ['an address without https', ['--url', 'http://example.com', 'instances']],
  ['an address that is none', ['--url', 'example', 'instances']],
  ['an id that is none', ['--url', 'http://127.0.0.1:9', 'state', 'abc']],
  ['empty ids', ['--url', 'http://127.0.0.1:9', 'state', '']],
  ['empty ids to log out', ['--url', 'http://127.0.0.1:9', 'logout', '', '--yes']],
  ['empty exceptions', ['--url', 'http://127.0.0.1:9', 'run', '--all', '--except', '', '--reason', 'x', '--yes']],
  ['no target', ['run', '--reason', 'x']],
  ['two targets', ['run', '--reason', 'x', '--all', '--group', 'sales']],
  ['neither instance nor owner', ['--url', 'http://127.0.0.1:9', 'logout']],
  ['a wait over 20 seconds', ['logout', '1101000001', '--wait', '21']],
  ['a run id that is none', ['--url', 'http://127.0.0.1:9', 'show', '1']],
  ['an enrollment aimed at the local service', ['--url', 'http://127.0.0.1:9', 'enroll', '1101000001']],
  ['a configuration that is not there', ['schedules', '--configuration', 'none.json']],
  ['a question without a terminal', ['--url', 'http://127.0.0.1:9', 'logout', '1101000001']],
])('%s: exit code 2, and stderr says what to do', async (_name, args) => {
  const { code, stdout, stderr } = await runCli(args, { ownProcess: args.length === 0 });

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trim()).not.toBe('');
});

const invalid = { title: 'The request is invalid', detail: 'reason must be a string.', code: 'invalid-request' };

test.each([
  ['run', ['run', '--all', '--reason', 'x', '--yes']],
  ['logout', ['logout', '1101000001', '1101000002', '--yes']],
])('%s: a request that the API finds invalid is wrong input', async (_name, args) => {
  await using api = await startJsonServer(() => ({ status: 400, body: invalid }));

  const { code, stdout, stderr } = await runCli([...args, '--url', api.url]);

  expect(code).toBe(2);
  expect(stdout + stderr).toContain('The request is invalid. reason must be a string. [invalid-request]');
});

test('--help shows every command, --version the version', async () => {
  const help = await runCli(['--help']);
  const version = await runCli(['--version'], { ownProcess: true });

  expect({ code: help.code, stderr: help.stderr }).toEqual({ code: 0, stderr: '' });
  for (const name of ['instances', 'state', 'logout', 'run', 'runs', 'show', 'stop', 'token'])
    expect(help.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  expect(help.stdout).toMatch(/^ {2}token +Make bearer tokens/m);
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each([[['help']], [['help', 'logout']], [['token', 'help', 'new']]])('%j shows the help', async (args) => {
  const { code, stdout, stderr } = await runCli(args, { ownProcess: true });

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: green-api-logout /);
});

test.each([
  ['an argument', ['logout', token]],
  ['an unknown option', ['enroll', '1101000001', `--token-of-instance=${token}`]],
  ['an unknown command', [token]],
])('a token in the wrong place is not repeated: %s', async (_name, args) => {
  const { code, stdout, stderr } = await runCli(['--url', 'http://127.0.0.1:9', ...args]);

  expect(code).toBe(2);
  expect(stdout + stderr).not.toContain(token);
});

test.each([
  ['webhook', [], '/offboarding'],
  ['webhook', ['--kind', 'webhook'], '/offboarding'],
  ['okta-event-hook', ['--kind', 'okta-event-hook'], '/okta-event-hook'],
  ['scim', ['--kind', 'scim'], '/scim/v2'],
])('a new token for the kind %s comes with its configuration and address (%j)', async (kind, args, path) => {
  const { code, stdout, stderr } = await runCli(['token', 'new', 'entra', ...args]);

  const sha256 = createHash('sha256').update(stdout.trim()).digest('hex');
  const configuration = JSON.parse(`{${/^ *("identityProviders".*)$/m.exec(stderr)?.[1]}}`);
  expect({ code, configuration }).toEqual({
    code: 0,
    configuration: { identityProviders: { entra: { kind, tokenSha256: [sha256] } } },
  });
  expect(() => parseConfiguration(configuration)).not.toThrow();
  expect(stderr).toContain(`the output Endpoint of the stack, with ${path} after it`);
  expect(stderr).not.toContain(stdout.trim());
});

test('a new token for an unknown kind is refused with the kinds there are', async () => {
  const { code, stdout, stderr } = await runCli(['token', 'new', 'entra', '--kind', 'saml']);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/saml.*webhook, okta-event-hook, scim/);
});

test('global options may come before or after the command, and variables replace them', async () => {
  await using api = await startJsonServer(() => ({ body: { instances: [{ idInstance: '1', protected: false }] } }));
  const ways = [
    await runCli(['--url', api.url, '--json', 'instances']),
    await runCli(['instances', '--json', '--url', api.url]),
    await runCli(['instances', '--json'], { env: { GREEN_API_LOGOUT_URL: api.url } }),
    await runCli(['instances', '--json', '--url', api.url], { env: { GREEN_API_LOGOUT_URL: 'http://127.0.0.1:9' } }),
  ];

  for (const { code, stdout } of ways)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"instances":[{"idInstance":"1","protected":false}]}\n' });
});

test('a bearer token goes into the header and nowhere else', async () => {
  await using api = await startJsonServer(() => ({ status: 401, body: { message: 'Unauthorized' } }));

  const { code, stdout, stderr } = await runCli(['instances', '--url', api.url], {
    env: { GREEN_API_LOGOUT_TOKEN: 'header.payload.signature' },
  });

  expect(api.received[0]?.headers.authorization).toBe('Bearer header.payload.signature');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('HTTP 401: Unauthorized. Give a valid token with --token.\n');
});

test.each(['/', '///', '//example.com'])('an address that ends with %s stays the address', async (path) => {
  await using api = await startJsonServer(() => ({ body: { instances: [] } }));

  await runCli(['instances', '--url', `${api.url}${path}`]);

  expect(api.received).toMatchObject([{ path: expect.stringMatching(/\/instances$/) }]);
});

/** Runs the command line in a shell, as `script` redirects its output. */
const runInShell = async (script: string, args: readonly string[]) => {
  const all = ['-c', script, 'sh', process.execPath, cliFile, ...args];
  return (await promisify(execFile)('sh', all)).stderr;
};

const logOutNine = ['logout', '1', '2', '3', '4', '5', '6', '7', '8', '9', '--yes'];

test('a reader of the results that ends early ends no logout, and hides none that failed', async () => {
  await using api = await startJsonServer(({ path }) =>
    path.includes('/9/') ? { status: 503, body: {} } : { body: { confirmed: true } },
  );

  const stderr = await runInShell('{ "$@"; echo "code $?" >&2; } | true', [...logOutNine, '--url', api.url]);

  expect({ calls: api.received.length, stderr }).toEqual({ calls: 9, stderr: 'code 1\n' });
});

test('errors and progress that cannot be written end no command', async () => {
  await using api = await startJsonServer(() => ({ body: { runs: [] } }));

  const stderr = await runInShell('"$@" 2</dev/null; echo "code $?" >&2', ['runs', '--url', api.url]);

  expect(stderr).toBe('code 0\n');
});

test('results that cannot be written are no success', async () => {
  await using api = await startJsonServer(() => ({ body: { confirmed: true } }));

  const stderr = await runInShell('"$@" 1</dev/null; echo "code $?" >&2', [...logOutNine, '--url', api.url]);

  expect({ calls: api.received.length, stderr }).toEqual({
    calls: 9,
    stderr: 'The results could not be written (EBADF).\ncode 1\n',
  });
});

test('an address where nobody listens is named with what to do', async () => {
  const api = await startJsonServer(() => ({ body: {} }));
  await api[Symbol.asyncDispose]();

  const { code, stderr } = await runCli(['instances', '--url', api.url], { ownProcess: true });

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `Nothing answers at ${api.url} (ECONNREFUSED). Start the local service with npm start, or check --url or --stack.\n`,
  });
});
