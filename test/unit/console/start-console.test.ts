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
])('%s is not forwarded', async (path) => {
  expect((await call(path, { method: 'POST' })).status).toBe(404);
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
  await using remote = await startConsoleServer(() => {}, { url: new URL('https://api.invalid/') });

  const response = await fetch(`${remote.url}/local/console`, {
    headers: { authorization: `Bearer ${remote.startToken}` },
  });

  expect(await response.json()).toEqual({ service: 'Deployment api.invalid', real: true, features: [] });
});

test('a call that cannot be signed is answered with advice, without the error message', async () => {
  const sign = async () => {
    throw Object.assign(new Error('secret text'), { name: 'ExpiredTokenException' });
  };
  await using unsigned = await startConsoleServer((_, response) => void response.end(), { sign });

  const response = await fetch(`${unsigned.url}/instances`, {
    headers: { authorization: `Bearer ${unsigned.startToken}` },
  });

  const text = await response.text();
  expect(response.status).toBe(502);
  expect(JSON.parse(text)).toMatchObject({
    code: 'not-signed',
    detail: expect.stringContaining('ExpiredTokenException'),
  });
  expect(text).not.toContain('secret text');
  expect(unsigned.received).toEqual([]);
});

test('a deployment that does not answer is reported as a problem with advice', async () => {
  await using broken = await startConsoleServer((_, response) => void response.destroy());

  const response = await fetch(`${broken.url}/instances`, {
    headers: { authorization: `Bearer ${broken.startToken}` },
  });

  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({
    code: 'deployment-unreachable',
    detail: expect.stringContaining('The call may still take effect. Check the state before you repeat it.'),
  });
});

test('the path of a stage comes before the path of the call', async () => {
  const signed: string[] = [];
  const sign = async ({ url }: { readonly url: URL }) => {
    signed.push(url.href);
    return {};
  };
  await using staged = await startConsoleServer(() => {}, { sign, url: new URL('http://127.0.0.1:1/stage/') });

  await fetch(`${staged.url}/instances?next=a%2Fb`, { headers: { authorization: `Bearer ${staged.startToken}` } });

  expect(signed).toEqual(['http://127.0.0.1:1/stage/instances?next=a%2Fb']);
});
