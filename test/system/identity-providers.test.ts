import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newProviderToken } from '../../functions/identity-providers/identity-providers.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import { deactivations } from '../support/exchanges/entra.ts';
import { oktaDelivery } from '../support/exchanges/okta.ts';
import { untilRecorded } from '../support/local-runs.ts';
import { startLocalService } from '../support/local-service.ts';
import { oktaEvent } from '../support/offboarding-events.ts';

let service: Awaited<ReturnType<typeof startLocalService>>;
let tokens: Readonly<Record<'hr' | 'okta' | 'scim', string>>;

/** A person of the demo fleet, and the phones of theirs. */
const john = { email: 'john.doe@example.com', phones: ['1101000003', '1101000004'] };
const ann = { email: 'ann@example.com', phones: ['1101000001', '1101000002'] };

beforeAll(async () => {
  service = await startLocalService();
  const tokenIn = async (pattern: RegExp) => (await service.printed(pattern))[1] ?? '';
  tokens = {
    hr: await tokenIn(/\/offboarding -H 'Authorization: Bearer (\S{43})'/),
    okta: await tokenIn(/\/okta-event-hook -H 'Authorization: (\S{43})'/),
    scim: await tokenIn(/\/scim\/v2\/Users -H 'Authorization: Bearer (\S{43})'/),
  };
});

afterAll(() => service[Symbol.asyncDispose]());

const link = async ({ phones }: typeof john) => {
  for (const phone of phones)
    await fetch(`${service.greenApiUrl}/emulator/instances/${phone}/state`, {
      method: 'PUT',
      body: '{"stateInstance":"authorized"}',
    });
};

const call = (method: string, path: string, token: string, body?: string) =>
  fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    ...(body !== undefined && { body }),
  });

/** The evidence of each phone's logout names who reported the leaver. */
const loggedOut = async ({ phones }: typeof john, requestedBy: string) => {
  for (const phone of phones) {
    const [line = ''] = await service.printed(
      new RegExp(`^\\{.*"message":"evidence".*"idInstance":"${phone}".*"requestedBy":"${requestedBy}.*$`, 'm'),
    );
    expect(JSON.parse(line)).toMatchObject({ outcome: { confirmed: true } });
  }
};

test('a webhook logs every phone of the person out', async () => {
  await link(john);

  const response = await call('POST', '/offboarding', tokens.hr, JSON.stringify({ id: 'hr-1', email: john.email }));

  expect([response.status, response.headers.get('location')]).toEqual([
    202,
    expect.stringMatching(/^\/forced-logouts\/event-demo-hr-[0-9a-f]{40}$/),
  ]);
  await loggedOut(john, 'webhook demo-hr hr-1');
  const run = await fetch(`${service.url}${response.headers.get('location')}`);
  expect(await run.json()).toMatchObject({ requestedBy: 'webhook demo-hr hr-1' });
});

test('an event hook of Okta logs every phone of the person out', async () => {
  await link(john);
  // The sample is years old: a late report logs out all the same.
  const hook = { ...oktaDelivery, data: { events: [oktaEvent.detail] } };

  const response = await call('POST', '/okta-event-hook', tokens.okta, JSON.stringify(hook));

  expect(response.status).toBe(204);
  await loggedOut(john, 'okta-event-hook demo-okta');
});

test('a SCIM client finds a person with a filter and deactivates them, and every phone is logged out', async () => {
  await link(ann);
  const found = await call('GET', `/scim/v2/Users?filter=userName+eq+%22${ann.email}%22`, tokens.scim);
  const { Resources } = (await found.json()) as { readonly Resources: readonly Record<string, unknown>[] };

  const response = await call('PATCH', `/scim/v2/Users/${Resources[0]?.id}`, tokens.scim, deactivations['Entra ID']);

  expect(Resources).toMatchObject([
    {
      id: userIdOf(ann.email),
      active: true,
      meta: { location: `${service.url}/scim/v2/Users/${userIdOf(ann.email)}` },
    },
  ]);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/scim+json');
  expect(await response.json()).toMatchObject({ active: false });
  await loggedOut(ann, 'scim demo-scim');
});

test.each(['/scim/v2', '/scim/v2/', '/scim/v2//Users', '/scim/v2/Users/', '/scim/v2/ServiceProviderConfig/'])(
  'SCIM answers at %s, as a base address that ends in a slash gives it',
  async (path) => {
    const response = await call('GET', path, tokens.scim);

    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/scim+json']);
    expect((await call('GET', path, 'wrong')).status).toBe(401);
  },
);

test.each(['POST /offboarding', 'GET /okta-event-hook', 'GET /scim/v2/Users', 'PATCH /scim/v2/Groups/x'])(
  '%s refuses the token of another kind of provider',
  async (routeKey) => {
    const [method = '', path = ''] = routeKey.split(' ');
    const others = Object.entries(tokens).filter(([name]) => !path.includes(name === 'hr' ? 'offboarding' : name));

    for (const [, token] of others) expect((await call(method, path, token)).status).toBe(401);
  },
);

test.each([
  ['hr', 'POST', '/offboarding', '{"id":"hr-1"}', 400],
  ['okta', 'POST', '/okta-event-hook', '{"data":{"events":[{"eventType":"user.lifecycle.deactivate"}]}}', 204],
  ['scim', 'PATCH', `/scim/v2/Users/${userIdOf(john.email)}`, '{"Operations":[{"op":"replace","path":"active"}]}', 400],
] as const)(
  'a report of %s that cannot be read, and one with a wrong token, are counted',
  async (name, method, path, body, status) => {
    const route = name === 'scim' ? 'PATCH /scim/v2/Users/{id}' : `${method} ${path}`;

    const answers = [await call(method, path, tokens[name], body), await call(method, path, 'x'.repeat(43), body)];

    expect(answers.map((answer) => answer.status)).toEqual([status, 401]);
    const unread = await untilRecorded(service, 'event not understood', ({ caller }) => caller === `demo-${name}`);
    expect(unread).toMatchObject([{ unreadable: 1 }]);
    const refused = await untilRecorded(
      service,
      'request refused',
      (record) => record.route === route && record.reason === 'unknown token',
    );
    expect(refused).toMatchObject([{ reportsRefused: 1 }]);
  },
);

test('a person without an instance is accepted, and not counted', async () => {
  const statuses: number[] = [];
  // Their owner tags do not exist, so they are not counted.
  for (let person = 0; person < 3; person += 1) {
    const body = JSON.stringify({ id: `nobody-${person}`, email: `nobody${person}@example.com` });
    const response = await call('POST', '/offboarding', tokens.hr, body);
    statuses.push(response.status);
    expect(response.headers.get('location')).toMatch(/^\/forced-logouts\/event-[0-9a-f]{40}$/);
  }

  expect(statuses).toEqual([202, 202, 202]);
});

test('a leaving day that was cancelled stays cancelled, however often it is reported again', async () => {
  const effectiveAt = new Date(Date.now() + 48 * 3_600_000).toISOString();
  const report = () =>
    call('POST', '/offboarding', tokens.hr, JSON.stringify({ id: 'hr-4711', email: john.email, effectiveAt }));
  const first = await report();
  const location = String(first.headers.get('location'));
  await fetch(`${service.url}${location}`, { method: 'DELETE' });

  const again = await report();

  expect(location).toMatch(/^\/forced-logouts\/event-demo-hr_[0-9a-f]{40}$/);
  expect([first.status, again.status]).toEqual([202, 202]);
  expect(await first.json()).toMatchObject({ status: 'RUNNING', startedAt: expect.any(String) });
  expect(await again.json()).toEqual({
    id: location.split('/').at(-1),
    status: 'STOPPED',
    startedAt: expect.any(String),
    endedAt: expect.any(String),
    note: expect.stringMatching(/^This id started nothing now: its run ended as STOPPED at /),
  });
});

test('a wrong token leaves a line with the route and the reason, and is counted if it looks like one of this service', async () => {
  const stranger = newProviderToken().token;
  await call('GET', '/okta-event-hook', stranger);

  const refused = await untilRecorded(
    service,
    'request refused',
    ({ route, reason }) => route === 'GET /okta-event-hook' && reason === 'unknown token',
  );
  expect(refused).toMatchObject([{ status: '401', reportsRefused: 1 }]);
  expect(service.output()).not.toContain(stranger);
});

test('a token of an identity provider is printed only in the commands to try', () => {
  const lines = service
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));

  for (const token of Object.values(tokens)) expect(lines.join('\n')).not.toContain(token);
});

test('the hourly limit survives a restart, because it counts the runs that Lambda lists', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'providers-'));
  const configuration = join(folder, 'cdk.json');
  const { token, sha256 } = newProviderToken();
  const identityProviders = { hr: { kind: 'webhook', tokenSha256: [sha256], maxPerHour: 1 } };
  writeFileSync(configuration, JSON.stringify({ context: { 'green-api-logout': { identityProviders } } }));
  const options = { journal: join(folder, 'runs'), args: ['--configuration', configuration] };
  const report = async (id: string, { email }: typeof john) => {
    await using own = await startLocalService(options);
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify({ id, email });
    const statusOf = async (path: string) =>
      (await fetch(`${own.url}${path}`, { method: 'POST', headers, body })).status;
    expect(own.output()).not.toContain('Report a leaver as an identity provider does');
    return [await statusOf('/offboarding'), await statusOf('/scim/v2/Users')];
  };

  const first = await report('hr-1', john);
  const again = await report('hr-1', john);
  const second = await report('hr-2', ann);
  rmSync(folder, { recursive: true });

  // No SCIM provider is configured, so there is no SCIM route.
  expect([first, again, second]).toEqual([
    [202, 404],
    [202, 404],
    [429, 404],
  ]);
});
