import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToItsEnd, startLocalService } from '../support/local-service.ts';

let service: Awaited<ReturnType<typeof startLocalService>>;
let greenApiPort: number;
const journal = mkdtempSync(join(tmpdir(), 'green-api-logout-'));
const evidenceFile = `${journal}.evidence.jsonl`;

/** A port that no other server gets before the service has it: those of the tests get a higher one from the system. */
const findFreePort = async (): Promise<number> => {
  const port = 20_000 + randomInt(10_000);
  const free = createServer().listen(port, '127.0.0.1');
  try {
    await once(free, 'listening');
  } catch {
    return findFreePort();
  }
  await new Promise((resolve) => free.close(resolve));
  return port;
};

beforeAll(async () => {
  greenApiPort = await findFreePort();
  service = await startLocalService({ journal, args: ['--green-api-port', String(greenApiPort)] });
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  for (const path of [journal, evidenceFile]) rmSync(path, { recursive: true, force: true });
});

const logOut = (id: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(`${service.url}/instances/${id}/logout`, { method: 'POST', headers, ...(body !== undefined && { body }) });

/** `fetch` does not let a caller choose Host or Origin. */
const statusWith = async (headers: Record<string, string>): Promise<number | undefined> => {
  const sent = request(`${service.url}/instances`, { headers }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
};

test('logs a demo instance out as its first example and prints the answer', () => {
  expect(service.output()).toMatch(
    /HTTP 200 \{"idInstance":"1101000001","isLogout":true,"confirmed":true,"confirmedAt":"\S+Z","readings":1,"stateInstance":"notAuthorized"\}/,
  );
});

test('lists the demo fleet without a token', async () => {
  const text = await (await fetch(`${service.url}/instances`)).text();

  expect(JSON.parse(text).instances).toHaveLength(5);
  expect(text).not.toMatch(/[0-9a-f]{50}/);
});

test('logs out with a reason as curl sends it, and prints the evidence', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', prefer: 'wait=10' };

  const response = await logOut('1101000002', headers, '{"reason":"phone lost ☎"}');

  expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=10']);
  const [line = ''] = await service.printed(/^\{.*"idInstance":"1101000002".*$/m);
  expect(JSON.parse(line)).toMatchObject({
    message: 'evidence',
    reason: 'phone lost ☎',
    requestedBy: 'arn:aws:iam::000000000000:user/local AIDALOCAL',
  });
});

test('applies a fault that is set while it runs', async () => {
  await fetch(`${service.greenApiUrl}/emulator/instances/1101000004/fault`, {
    method: 'PUT',
    body: '{"fault":"http-403-html"}',
  });

  const response = await logOut('1101000004');

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ code: 'wrong-instance-or-host', status: 502 });
});

test.each([
  ['GET', '/', 200],
  ['GET', '/nothing', 404],
  ['GET', '/instances/1101000001/logout', 404],
  ['POST', '/instances/1101000001/logout/', 404],
  ['POST', '/instances/..%2f7103/logout', 400],
  ['POST', '/instances/9999999999/logout', 404],
  // Written like this, an id might pass a policy that denies its path.
  ['POST', '/instances/110100000%31/logout', 400],
  ['GET', '/instances/110100000%31/state', 400],
  ['GET', '/forced-logouts/%61pi-0123456789012345678901234567890123456789', 400],
])('%s %s is %i', async (method, path, status) => {
  expect((await fetch(`${service.url}${path}`, { method })).status).toBe(status);
});

test('refuses a body over the 10 MB of the gateway', async () => {
  expect((await logOut('1101000003', {}, 'x'.repeat(10 * 1024 * 1024 + 1))).status).toBe(413);
});

test.each<[Record<string, string>, number]>([
  [{ host: 'localhost:3000' }, 200],
  [{ host: 'rebind.example' }, 403],
  [{ origin: 'https://page.example' }, 403],
  [{ origin: 'null' }, 403],
  [{ host: 'localhost:3000', origin: 'http://localhost:3000' }, 200],
  [{ host: 'localhost:3000', origin: 'http://localhost:3001' }, 403],
  [{ host: 'localhost:3000', origin: 'https://localhost:3000' }, 403],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'same-origin' }, 200],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'same-site' }, 403],
  [{ host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, 403],
])('a request with %j is answered %i', async (headers, status) => {
  expect(await statusWith(headers)).toBe(status);
});

test.each<[Parameters<typeof runToItsEnd>[0], RegExp]>([
  [{ args: ['--secret', 'aws'] }, /^Unknown option '--secret'; npm start -- --help lists the options\n$/],
  [{ args: ['a. b'] }, /^Unexpected argument 'a\. b'\. This command .*; npm start -- --help lists the options\n$/],
  [{ args: ['--secrets', 'vault'] }, /^--secrets is "vault": the only choice is aws\n$/],
  [{ variables: { PORT: 'abc' } }, /^PORT is "abc": it must be a number from 0 to 65535\n$/],
  [{ args: ['--secrets', 'aws'] }, /^the AWS SDK finds no .*AWS_.*\n$/],
  [{ variables: { SECRET_PREFIX: '!x/' } }, /SECRET_PREFIX must end in/],
  [{ journal: '/dev/null/x' }, /^--journal \/dev\/null\/x cannot be used: ENOTDIR/],
  [{ args: ['--configuration', '/nope'] }, /^The configuration \/nope cannot be read: check that the file exists\.\n$/],
  [
    { args: ['--configuration', 'package.json'] },
    /^package\.json has no "green-api-logout" in its "context": nothing in it would be used\.\n$/,
  ],
  [
    { args: ['--evidence', '/dev/null/e'] },
    /^\/dev\/null\/e cannot be written \(\w+\): name another file with --evidence\n$/,
  ],
  [{ args: ['--time-scale', '0'] }, /^--time-scale is "0": it must be a number from 1 to 500\n$/],
  [{ args: ['--time-scale', '9', '--secrets', 'aws'] }, /^--time-scale works with the emulators only: leave it out\n$/],
  [{ args: ['--green-api-port', 'x'] }, /^--green-api-port is "x": it must be a number from 0 to 65535\n$/],
])('%j ends the service before it builds, with one clear line and exit code 1', async (options, line) => {
  const noAccount = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };

  const variables = { ...noAccount, ...options.variables };
  const { code, output, errors } = await runToItsEnd({ ...options, variables, build: true });

  expect(errors).toMatch(line);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(output).not.toContain('Building');
  expect(code).toBe(1);
});

test.each<[string, (port: number) => Parameters<typeof runToItsEnd>[0], (port: number) => string]>([
  ['PORT', (port) => ({ variables: { PORT: String(port) } }), (port) => `, for example PORT=${port + 1} npm start`],
  ['--green-api-port', (port) => ({ args: ['--green-api-port', String(port)] }), () => ' with --green-api-port'],
])(
  'a %s in use ends the service before it builds, with one clear line and exit code 1',
  async (_name, options, advice) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const { code, output, errors } = await runToItsEnd({ ...options(port), build: true });
    taken.close();

    expect(errors).toBe(`port ${port} is taken: choose another${advice(port)}\n`);
    expect(output).not.toContain('Building');
    expect(code).toBe(1);
  },
);

test('builds what it runs, and SIGTERM ends it with exit code 0', async () => {
  await using other = await startLocalService({ build: true });

  other.child.kill('SIGTERM');

  expect(await other.exited).toBe(0);
  expect(other.output()).toMatch(/^Building the functions .*\nLoading the functions$/m);
});

test('says at once what it does, and then each step', () => {
  const steps = service.output().split('\n').slice(0, 4);

  expect(steps).toEqual([
    'Starting the local service',
    'Starting the emulators',
    'Loading the functions',
    'Logging a demo instance out as a first example',
  ]);
});

test('prints the address of the console, the first example and what to try without a line between that is about something else', () => {
  const [, welcome = ''] = /^(Open .*?)^Ctrl-C ends it/ms.exec(service.output()) ?? [];

  expect(welcome.split('\n')[0]).toBe(`Open ${service.url}/ in a browser: the web console.`);
  expect(welcome).toContain('\nHTTP 200 {');
  expect(welcome).toContain('\nTry more, from another terminal:\n');
  expect(welcome).not.toMatch(/^(?:\{|event |run )/m);
});

test('answers an unknown route with the routes that exist', async () => {
  const response = await fetch(`${service.url}/instance/1101000001`);

  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({
    message: 'Not Found',
    routes: expect.arrayContaining(['GET /', 'POST /instances/{idInstance}/logout', 'POST /events']),
    documentation: expect.stringContaining('docs/local-development.md'),
  });
});

test('uses the configured port for the GREEN-API emulator', () => {
  expect(service.greenApiUrl).toBe(`http://127.0.0.1:${greenApiPort}`);
});

/** Begins a logout that takes three seconds, and returns when GREEN-API has been called. */
const beginLogout = async (other: typeof service) => {
  await fetch(`${other.greenApiUrl}/emulator/instances/1101000002/fault`, {
    method: 'PUT',
    body: '{"fault":"slow","method":"logout","delayMs":3000}',
  });
  const body = '{"reason":"phone lost"}';
  const answer = fetch(`${other.url}/instances/1101000002/logout`, { method: 'POST', body });
  for (;;) {
    const calls = await (await fetch(`${other.greenApiUrl}/emulator/calls`)).text();
    if (calls.includes('"method":"logout","idInstance":"1101000002"')) return { answer };
  }
};

const evidenceOf = (other: typeof service, idInstance: string) =>
  other.evidence().filter((record) => record.idInstance === idInstance);

const ends: Readonly<Record<string, (other: typeof service) => unknown>> = {
  'on SIGINT': ({ child }) => child.kill('SIGINT'),
  'on SIGTERM': ({ child }) => child.kill('SIGTERM'),
  'on SIGHUP': ({ child }) => child.kill('SIGHUP'),
  'when nobody reads its output any more': ({ child }) => child.stdout.destroy(),
};

test.concurrent.each(Object.keys(ends))(
  '%s a logout in progress is answered, its evidence is kept, and the service ends',
  async (how) => {
    const ownJournal = mkdtempSync(join(tmpdir(), 'green-api-logout-'));
    const other = await startLocalService({ journal: ownJournal });
    const { answer } = await beginLogout(other);

    ends[how]?.(other);

    expect([(await answer).status, await other.exited]).toEqual([200, 0]);
    expect(evidenceOf(other, '1101000002')).toMatchObject([{ message: 'evidence', reason: 'phone lost' }]);
    for (const path of [ownJournal, `${ownJournal}.evidence.jsonl`]) rmSync(path, { recursive: true });
  },
);

test('prints the evidence of every logout, and keeps it in a file', async () => {
  await service.printed(/^\{.*"idInstance":"1101000001"/m);

  expect(evidenceOf(service, '1101000001')).toMatchObject([{ message: 'evidence', reason: 'first example' }]);
});

test('a second service with the same journal ends with one clear line, and changes nothing', async () => {
  const { code, output, errors } = await runToItsEnd({ journal, build: true });

  expect(code).toBe(1);
  expect(output).not.toContain('Building');
  expect(errors).toMatch(
    /^--journal \S+ cannot be used: \S+lock is held by another service \(process \d+\)\. Name another folder with --journal\n$/,
  );
  expect((await fetch(`${service.url}/instances`)).status).toBe(200);
});

test('continues when evidence cannot be written to its file, and reports it once', async () => {
  renameSync(evidenceFile, `${evidenceFile}.kept`);
  mkdirSync(evidenceFile);

  const answers = [await logOut('1101000003'), await logOut('1101000005')];
  await service.printed(/"idInstance":"1101000005"/);
  rmdirSync(evidenceFile);
  renameSync(`${evidenceFile}.kept`, evidenceFile);

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(service.output().match(/cannot be written \(EISDIR\): evidence is only printed/g)).toHaveLength(1);
});
