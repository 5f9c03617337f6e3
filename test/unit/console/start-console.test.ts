import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Handle, startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { startConsoleServer } from '../../support/console-server.ts';

let server: Awaited<ReturnType<typeof startConsoleServer>>;

beforeAll(async () => {
  server = await startConsoleServer((_, response) => {
    response.writeHead(202, { 'content-type': 'application/json', 'retry-after': '5', 'x-amzn-requestid': 'r' });
    response.end('{"id":"api-1","status":"RUNNING"}');
  });
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(() => server.received.splice(0));

const call = (path: string, options: RequestInit = {}, token = server.startToken) =>
  fetch(`${server.url}${path}`, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });

/** The status of a request whose path is sent as it is written: `fetch` would normalise it. */
const statusOf = async (path: string): Promise<number | undefined> => {
  const headers = { authorization: `Bearer ${server.startToken}` };
  const sent = request(server.url, { path, method: 'POST', headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
};

test('forwards a call signed, with the headers that the API reads, and without the start token', async () => {
  const response = await call('/forced-logouts?dry=1', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k1', prefer: 'wait=20', cookie: 'c=1' },
    body: '{"reason":"phone lost"}',
  });

  expect([response.status, response.headers.get('retry-after')]).toEqual([202, '5']);
  expect(await response.json()).toEqual({ id: 'api-1', status: 'RUNNING' });
  const [received] = server.received;
  expect(received).toMatchObject({ method: 'POST', url: '/forced-logouts?dry=1', body: '{"reason":"phone lost"}' });
  expect(received?.headers).toMatchObject({ authorization: 'signed', 'idempotency-key': 'k1', prefer: 'wait=20' });
  expect(JSON.stringify(received)).not.toContain(server.startToken);
  expect(received?.headers.cookie).toBeUndefined();
});

test.each([
  ['', 'without a token'],
  ['wrong', 'with a wrong token'],
])('a call %j is refused with advice, and is not forwarded', async (token) => {
  const response = await call('/instances', {}, token);

  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({
    code: 'start-token-required',
    detail: expect.stringContaining('Open the address that the command printed'),
  });
  expect(server.received).toEqual([]);
});

test.each(['/', '/?x=1'])(
  'the page at %s needs no token, and its headers keep every other origin out',
  async (path) => {
    const response = await fetch(`${server.url}${path}`);

    const policy = response.headers.get('content-security-policy') ?? '';
    expect(response.status).toBe(200);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+'; connect-src 'self';/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  },
);

test.each([
  '/events',
  '/schedules/nightly',
  '/local/faults',
  '/local/schedules',
  '//evil.example/instances',
  '/instancesx',
  '/instances/../events',
  '/instances/%2e%2e/events',
  '/instances/1101000001/../../schedules/nightly',
  '/instances\\..\\events',
])('%s is not forwarded', async (path) => {
  expect(await statusOf(path)).toBe(404);
  expect(server.received).toEqual([]);
});

test('what is forwarded is the path that was checked', async () => {
  expect(await statusOf('/events/../instances/./1101000001/logout?x=1')).toBe(202);
  expect(server.received).toMatchObject([{ url: '/instances/1101000001/logout?x=1' }]);
});

test.each([
  ['/instances', {}],
  ['/local/console', {}],
  ['/local/unknown', {}],
  ['/nothing', {}],
  ['/instances', { headers: { origin: 'https://evil.example' } }],
])('the answer to %s with %j has the security headers of the page', async (path, options) => {
  const page = await fetch(`${server.url}/`);
  const { headers } = await call(path, options);
  const names = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'cross-origin-opener-policy'];

  for (const name of names) expect([name, headers.get(name)]).toEqual([name, page.headers.get(name)]);
});

test('a body over 1 MB is refused, and is not forwarded without it', async () => {
  const response = await call('/instances/1101000001/logout', { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) });

  expect(response.status).toBe(413);
  expect(server.received).toEqual([]);
});

test('shows its connection, and offers only what the connection supports', async () => {
  const info = await (await call('/local/console')).json();

  expect(info).toEqual({ service: expect.stringMatching(/^Deployment 127\.0\.0\.1:\d+$/), real: true, features: [] });
});

test.each([
  ['what the local service in front of it says of itself', { service: 'Local service with emulators', real: false }],
  ['a real deployment, if the answer is of something else', { service: 'a service', real: 'no' }],
])('shows %s', async (_, answer) => {
  await using local = await startConsoleServer((_, response) => void response.end(JSON.stringify(answer)));

  const response = await fetch(`${local.url}/local/console`, {
    headers: { authorization: `Bearer ${local.startToken}` },
  });

  const deployment = { service: expect.stringMatching(/^Deployment /), real: true };
  expect(await response.json()).toEqual({ ...(answer.real === false ? answer : deployment), features: [] });
  expect(local.received).toMatchObject([{ method: 'GET', url: '/local/console' }]);
});

test('asks no other machine what it is, and shows a deployment', async () => {
  let asked = 0;
  const machine = createServer((_, response) => {
    asked += 1;
    response.end('{"service":"Local service with emulators","real":false}');
  }).listen(0, '127.0.0.1');
  await once(machine, 'listening');
  const { port } = machine.address() as AddressInfo;
  // It reaches this machine, under an address that is none of its loopback names.
  await using remote = await startConsoleServer(() => {}, { url: new URL(`http://0.0.0.0:${port}/`) });

  const response = await fetch(`${remote.url}/local/console`, {
    headers: { authorization: `Bearer ${remote.startToken}` },
  });
  machine.close();

  expect(await response.json()).toEqual({ service: `Deployment 0.0.0.0:${port}`, real: true, features: [] });
  expect(asked).toBe(0);
});

test('a call that cannot be signed is answered with advice, without the error message', async () => {
  let isExpired = true;
  const sign = async () => {
    if (isExpired) throw Object.assign(new Error('secret text'), { name: 'ExpiredTokenException' });
    return {};
  };
  await using unsigned = await startConsoleServer((_, response) => void response.end(), { sign });
  const headers = { authorization: `Bearer ${unsigned.startToken}` };

  const response = await fetch(`${unsigned.url}/instances`, { headers });
  isExpired = false;
  // By the time this one has arrived, the other would have.
  await fetch(`${unsigned.url}/forced-logouts`, { headers });

  const text = await response.text();
  expect(response.status).toBe(502);
  expect(JSON.parse(text)).toMatchObject({
    code: 'not-signed',
    detail: expect.stringContaining('ExpiredTokenException'),
  });
  expect(text).not.toContain('secret text');
  expect(unsigned.received).toMatchObject([{ url: '/forced-logouts' }]);
});

const mayFollow =
  'The call may still take effect. Check the state before you repeat it. Check the network and the address.';

test.each([
  ['POST', undefined, mayFollow],
  ['GET', undefined, 'Try again in a moment. Check the network and the address.'],
  [
    'POST',
    'http://127.0.0.1:2/',
    '127.0.0.1:2: ECONNREFUSED. Try again in a moment. Check the network and the address.',
  ],
  ['POST', 'http://127.0.0.1:6000/', 'Nothing was sent: port 6000 belongs to another protocol. Check the address.'],
])('%s to a deployment that does not answer, at %s, is reported with advice', async (method, url, advice) => {
  const destroy: Handle = (_, response) => void response.destroy();
  await using broken = await startConsoleServer(destroy, url === undefined ? {} : { url: new URL(url) });

  const response = await fetch(`${broken.url}/instances`, {
    method,
    headers: { authorization: `Bearer ${broken.startToken}` },
  });

  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({
    code: 'deployment-unreachable',
    detail: expect.stringMatching(new RegExp(`${advice}$`)),
  });
});

test('the path of a stage comes before the path of the call, and the start token is not signed', async () => {
  const signed: { readonly url: URL; readonly headers: Readonly<Record<string, string>> }[] = [];
  const sign = async (request: (typeof signed)[number]) => {
    signed.push(request);
    return {};
  };
  await using staged = await startConsoleServer(() => {}, { sign, url: new URL('http://127.0.0.1:1/stage/') });

  await fetch(`${staged.url}/instances?next=a%2Fb`, { headers: { authorization: `Bearer ${staged.startToken}` } });

  expect(signed.map(({ url }) => url.href)).toEqual(['http://127.0.0.1:1/stage/instances?next=a%2Fb']);
  expect(JSON.stringify(signed)).not.toContain(staged.startToken);
});

describe('an address that redirects elsewhere', () => {
  const redirectTo = async (elsewhere: { readonly url: string }) =>
    startConsoleServer((_, response) => void response.writeHead(307, { location: elsewhere.url }).end());

  test('gets no signed call there, because a signature has a session token', async () => {
    const elsewhere = await startLoopbackServer((_, response) => void response.end('{"instances":[]}'), {});
    await using redirecting = await redirectTo(elsewhere);

    const response = await fetch(`${redirecting.url}/instances`, {
      headers: { authorization: `Bearer ${redirecting.startToken}` },
      redirect: 'manual',
    });
    await elsewhere.close();

    expect(response.status).toBe(307);
    expect(await response.text()).toBe('');
  });

  test('is shown as a deployment, whatever the other one says of itself', async () => {
    const emulator = '{"service":"Local service with emulators","real":false}';
    const elsewhere = await startLoopbackServer((_, response) => void response.end(emulator), {});
    await using redirecting = await redirectTo(elsewhere);

    const response = await fetch(`${redirecting.url}/local/console`, {
      headers: { authorization: `Bearer ${redirecting.startToken}` },
    });
    await elsewhere.close();

    expect(await response.json()).toMatchObject({ real: true });
  });
});
