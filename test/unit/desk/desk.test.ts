import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiscover } from '../../../functions/desk/discover.ts';
import { composeDesk, createDeskHandler, type DeskHandlerDependencies } from '../../../functions/desk.ts';
import { contextOf, httpEventOf, parseAnswer } from '../../support/http-event.ts';

const issuer = 'https://login.example.com/tenant/v2.0';
const document = {
  issuer,
  authorization_endpoint: 'https://login.example.com/authorize',
  token_endpoint: 'https://token.example.com/token',
  jwks_uri: 'https://login.example.com/keys',
};

const answering = (body: unknown, status = 200) => {
  const asked: string[] = [];
  const answers: unknown[] = [body].flat();
  const fetch = async (url: unknown, init?: RequestInit) => {
    // It would lead to another issuer.
    if (init?.redirect !== 'error') throw new Error('it would follow a redirect');
    asked.push(String(url));
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer), { status });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
};

describe('the discovery document', () => {
  test('is read at its address, and again after an hour', async () => {
    let nowMs = 0;
    const { asked, fetch } = answering(document);
    const discover = createDiscover({ issuer, fetch, nowMs: () => nowMs });

    expect(await discover()).toMatchObject({ kind: 'found', endpoints: { token_endpoint: document.token_endpoint } });
    nowMs = 3_599_999;
    await discover();
    expect(asked).toEqual(['https://login.example.com/tenant/v2.0/.well-known/openid-configuration']);
    nowMs = 3_600_000;
    await discover();
    expect(asked).toHaveLength(2);
  });

  test('counts for as long as the issuer cannot be reached afterwards', async () => {
    let nowMs = 0;
    const { fetch } = answering([document, new TypeError('fetch failed')]);
    const discover = createDiscover({ issuer, fetch, nowMs: () => nowMs });
    await discover();
    nowMs = 10_000_000;

    expect(await discover()).toMatchObject({ kind: 'found' });
  });

  test.each([
    ['another issuer', { ...document, issuer: 'https://evil.example.com/' }, 'wrong: issuer'],
    ['an endpoint without TLS', { ...document, token_endpoint: 'http://token.example.com/' }, 'wrong: token_endpoint'],
    ['a script for an endpoint', { ...document, authorization_endpoint: 'javascript:alert(1)' }, 'wrong: auth'],
    ['no endpoint', { issuer }, 'wrong: authorization_endpoint'],
    ['a list', [[]], 'wrong: '],
    ['no answer', new TypeError('fetch failed'), 'TypeError'],
  ])('is refused: %s', async (_, answer, detail) => {
    const discover = createDiscover({ issuer, fetch: answering(answer).fetch, nowMs: () => 0 });

    expect(await discover()).toEqual({ kind: 'unavailable', detail: expect.stringContaining(detail) });
  });
});

const page = {
  html: '<script type="application/json" id="desk">null</script>',
  headers: { 'content-type': 'text/html', 'content-security-policy': "default-src 'none'; connect-src 'self'" },
};

const answerTo = async (routeKey: string, dependencies: Partial<DeskHandlerDependencies> = {}, claims = {}) => {
  const token = Buffer.from(JSON.stringify(claims)).toString('base64url');
  const handler = createDeskHandler({
    desk: { issuer, clientId: '</script><script>', scopes: ['openid'] },
    stack: 'green-api-logout',
    allow: { read: 'everybody', logout: { claim: 'roles', anyOf: ['whatsapp-logout'] } },
    discover: createDiscover({ issuer, fetch: answering(document).fetch, nowMs: () => 0 }),
    readPage: () => page,
    log: () => {},
    ...dependencies,
  });
  const event = httpEventOf({
    routeKey,
    authorizer: { jwt: { claims, scopes: null } },
    headers: { authorization: `Bearer a.${token}.c` },
  });
  return handler(event, contextOf());
};

test('the page has its settings as data that cannot end the element, and may call the token endpoint', async () => {
  const { statusCode, headers, body = '' } = await answerTo('GET /desk');

  expect(statusCode).toBe(200);
  expect(headers?.['content-security-policy']).toBe("default-src 'none'; connect-src 'self' https://token.example.com");
  const [, json = ''] = /^<script type="application\/json" id="desk">([^<]*)<\/script>$/.exec(body) ?? [];
  expect(JSON.parse(json)).toMatchObject({
    issuer,
    clientId: '</script><script>',
    token_endpoint: document.token_endpoint,
  });
});

test('without the issuer there is no page, and the log says why', async () => {
  const lines: unknown[] = [];
  const answer = await answerTo('GET /desk', {
    discover: async () => ({ kind: 'unavailable', detail: 'HTTP status 500' }),
    log: (...line) => void lines.push(line),
  });

  expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([503, '30']);
  expect(answer.body).toContain('sign-in cannot be reached');
  expect(lines).toEqual([['ERROR', 'issuer unavailable', { issuer, detail: 'HTTP status 500' }]]);
});

test('the session says who it is, what is allowed, and what is missing for the rest', async () => {
  const claims = { iss: issuer, sub: 'a1', name: 'Ann Lee', roles: ['whatsapp-logout'] };
  const { status, body } = parseAnswer(await answerTo('GET /desk/session', {}, claims));

  expect(status).toBe(200);
  expect(body).toEqual({
    service: 'green-api-logout',
    real: true,
    features: [],
    person: { subject: 'a1', name: 'Ann Lee' },
    allowed: ['read', 'logout'],
    missing: ['Start and stop runs: this deployment allows it to nobody.'],
  });
});

test('a page of another build is not served', async () => {
  const answer = await answerTo('GET /desk', { readPage: () => ({ ...page, html: '' }) });

  expect(answer.statusCode).toBe(500);
});

test('the session of a demo says that its logouts are not real', async () => {
  const desk = { issuer, clientId: 'desk', scopes: ['openid'], demo: true as const };

  const { body } = parseAnswer(await answerTo('GET /desk/session', { desk }, { iss: issuer, sub: 'a1' }));

  expect(body).toMatchObject({ service: 'Demo desk with emulators', real: false });
});

test('without a token that can be read, the session is of nobody, who may do nothing', async () => {
  const { status, body } = parseAnswer(await answerTo('GET /desk/session', {}, {}));

  expect([status, body.person, body.allowed]).toEqual([200, { subject: 'unidentified' }, []]);
});

test('without a desk, the page is missing and the session is real', async () => {
  const lines: unknown[] = [];
  const none: Partial<DeskHandlerDependencies> = {
    desk: undefined,
    discover: async () => ({ kind: 'unavailable', detail: 'TypeError' }),
    log: (...line) => void lines.push(line),
  };

  const { body } = parseAnswer(await answerTo('GET /desk/session', none, { iss: issuer, sub: 'a1' }));

  expect((await answerTo('GET /desk', none)).statusCode).toBe(503);
  expect(body).toMatchObject({ service: 'green-api-logout', real: true });
  expect(lines).toEqual([['ERROR', 'issuer unavailable', { issuer: undefined, detail: 'TypeError' }]]);
});

describe('the function as it is deployed', () => {
  afterEach(() => void jest.restoreAllMocks());

  const desk = { issuer, clientId: 'desk', scopes: ['openid'] };
  const compose = (variables: Readonly<Record<string, string>>, folder = '') =>
    composeDesk(variables, () => {}, folder);

  test('has the rules of the deployment; without any, nothing is allowed', () => {
    const deskAllow = { read: 'everybody' };

    expect(compose({ DESK_ALLOW: JSON.stringify(deskAllow) }).allow).toEqual(deskAllow);
    expect(compose({}).allow).toEqual({});
  });

  test('asks its own issuer, once an hour', async () => {
    const { asked, fetch } = answering(document);
    jest.spyOn(globalThis, 'fetch').mockImplementation(fetch);
    const { discover } = compose({ DESK: JSON.stringify(desk) });

    await discover();

    expect(await discover()).toMatchObject({ kind: 'found' });
    expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
  });

  test('asks no real issuer without a desk', async () => {
    const { asked, fetch } = answering(document);
    jest.spyOn(globalThis, 'fetch').mockImplementation(fetch);

    expect(await compose({}).discover()).toMatchObject({ kind: 'unavailable' });
    expect(asked).toEqual(['https://invalid/.well-known/openid-configuration']);
  });

  test('serves the page in its folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-'));
    writeFileSync(join(folder, 'index.html'), page.html);
    writeFileSync(join(folder, 'headers.json'), JSON.stringify(page.headers));

    const read = compose({}, folder).readPage();
    rmSync(folder, { recursive: true });

    expect(read).toEqual(page);
  });
});
