import { schemaUrns } from '../../functions/scim/response.ts';
import { userIdOf } from '../../functions/scim/user-id.ts';
import {
  deactivations,
  entraFilter,
  entraUnknownId,
  entraUser,
  entraUserWithNulls,
} from '../support/exchanges/entra.ts';
import { oktaDeactivation, oktaFilter, oktaScimAgent, oktaUser } from '../support/exchanges/okta.ts';
import { startProviders, tokens } from '../support/identity-providers.ts';
import { errorOf } from '../support/scim-error.ts';

const john = userIdOf('john.doe@example.com');
const deactivation = deactivations['Entra ID'];
const deactivate = { body: deactivation };

describe('the connection test of Entra ID', () => {
  test('finds nobody for a random name, and answers with an empty list', async () => {
    const answer = await startProviders().scim('GET', '/Users', { query: entraFilter });

    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/scim+json' } });
    expect(answer.body).toEqual({
      schemas: [schemaUrns.listResponse],
      totalResults: 0,
      Resources: [],
      startIndex: 1,
      itemsPerPage: 0,
    });
  });

  test('gets a SCIM error 404 for an id that was never issued', async () => {
    const answer = await startProviders().scim('GET', `/Users/${entraUnknownId}`);

    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/scim+json' } });
    expect(answer.body).toEqual(errorOf(404));
  });
});

test.each([
  ['Entra ID', entraUser],
  ['Entra ID with nulls', entraUserWithNulls],
  ['Okta', oktaUser],
])('%s creates a user who owns no instance, and gets an id back', async (_, body) => {
  const providers = startProviders();
  const { userName } = JSON.parse(body);

  const { status, headers, body: user } = await providers.scim('POST', '/Users', { body });

  const location = `https://api.example.com/scim/v2/Users/${userIdOf(userName)}`;
  expect({ status, location: headers.location }).toEqual({ status: 201, location });
  expect(user).toEqual({
    schemas: [schemaUrns.user],
    id: userIdOf(userName),
    userName,
    active: true,
    meta: { resourceType: 'User', location },
  });
  expect(providers.runs()).toEqual([]);
});

test('a user who is created inactive is not reported as failed when the owners cannot be read: the run has started', async () => {
  const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;
  const providers = startProviders({ readOwners });

  const answer = await providers.scim('POST', '/Users', { body: '{"userName":"new@example.com","active":false}' });

  expect(answer).toMatchObject({ status: 201, body: { active: false } });
  expect(providers.runs()).toHaveLength(1);
});

test('creating a user who owns an instance is a conflict', async () => {
  const answer = await startProviders().scim('POST', '/Users', { body: '{"userName":"John.Doe@example.com"}' });

  expect(answer.status).toBe(409);
  expect(answer.body).toEqual(errorOf(409, 'uniqueness'));
});

test('a user who is created inactive is deactivated', async () => {
  const providers = startProviders();

  const answer = await providers.scim('POST', '/Users', { body: '{"userName":"new@example.com","active":"False"}' });

  expect(answer).toMatchObject({ status: 201, body: { active: false } });
  expect(providers.runs()).toMatchObject([{ target: { owner: 'new@example.com' } }]);
});

test('a user who is created inactive and owns an instance is deactivated, and is a conflict all the same', async () => {
  const providers = startProviders();

  const answer = await providers.scim('POST', '/Users', { body: '{"userName":"john.doe@example.com","active":false}' });

  expect(answer).toMatchObject({ status: 409, body: errorOf(409, 'uniqueness') });
  expect(providers.runs()).toMatchObject([{ target: { owner: 'john.doe@example.com' } }]);
});

describe.each(Object.entries(deactivations))('the deactivation of %s', (_, body) => {
  test('starts a run for this person, and answers with the user as it was sent', async () => {
    const providers = startProviders();

    const answer = await providers.scim('PATCH', `/Users/${john}`, { body });

    expect(answer).toMatchObject({ status: 200, body: { id: john, userName: 'john.doe@example.com', active: false } });
    expect(providers.runs()).toEqual([
      {
        target: { owner: 'john.doe@example.com' },
        reason: 'deactivated in the identity provider',
        requestedBy: 'scim entra',
        source: 'offboarding',
        occurredAt: '2026-11-20T17:00:00.000Z',
        occurredAtIs: 'arrival',
        requestId: 'JKJaXmPLvHcESHA=',
        maxTargets: 500,
      },
    ]);
  });

  test('is accepted in base64 too', async () => {
    const providers = startProviders();

    const request = { body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
    expect(await providers.scim('PATCH', `/Users/${john}`, request)).toMatchObject({ status: 200 });
    expect(providers.runs()).toHaveLength(1);
  });
});

test('Okta deactivates by replacing the user, and every identity in it is used', async () => {
  const providers = startProviders({ owners: ['00ujl29u0le5T6Aj10h7'] });
  const { body } = await providers.scim('POST', '/Users', { body: oktaUser });
  const replaced = { ...JSON.parse(oktaDeactivation(String(body.id))), externalId: '00ujl29u0le5T6Aj10h7' };

  const answer = await providers.scim('PUT', `/Users/${body.id}`, { body: JSON.stringify(replaced) });

  expect(answer).toMatchObject({ status: 200, body: { id: body.id, active: false } });
  expect(providers.runs()).toMatchObject([{ target: { owner: 'test.user@okta.local 00ujl29u0le5T6Aj10h7' } }]);
});

test('a replacement may have its attributes under the schema of users', async () => {
  const providers = startProviders();
  const body = JSON.stringify({ [schemaUrns.user]: { userName: 'john.doe@example.com', active: false } });

  expect(await providers.scim('PUT', `/Users/${john}`, { body })).toMatchObject({
    status: 200,
    body: { active: false },
  });
  expect(providers.runs()).toHaveLength(1);
});

test('Okta’s search finds the user in a page of a list', async () => {
  const providers = startProviders({ owners: ['Test.User@okta.local'] });

  const { body } = await providers.scim('GET', '/Users', { query: oktaFilter });

  expect(body).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 1 });
  expect(body.Resources).toMatchObject([{ id: userIdOf('test.user@okta.local'), active: true }]);
});

test('deletion starts a run, and answers without a body', async () => {
  const providers = startProviders();

  expect(await providers.scim('DELETE', `/Users/${john}`)).toMatchObject({ status: 204, text: '' });
  expect(providers.runs()).toMatchObject([{ target: { owner: 'john.doe@example.com' }, requestedBy: 'scim entra' }]);
});

test.each([
  ['GET', '/Users', { query: 'filter=title+eq+%22x%22' }, 400],
  ['POST', '/Users', { body: '{"userName":"john.doe@example.com"}' }, 409],
])(
  '%s %s that is understood and refused raises no alarm, and counts as a request',
  async (method, path, request, status) => {
    const providers = startProviders();

    expect((await providers.scim(method, path, request)).status).toBe(status);
    expect(providers.lines).toMatchObject([
      { message: 'identity provider request', caller: 'entra', callerRequests: 1 },
    ]);
  },
);

test('reads never report a user as inactive, so that the next deactivation is sent', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, deactivate);

  expect(await providers.scim('GET', `/Users/${john}`)).toMatchObject({ status: 200, body: { active: true } });
  const { body } = await providers.scim('GET', '/Users', { query: 'filter=userName+eq+%22john.doe@example.com%22' });
  expect(body.Resources).toMatchObject([{ id: john, active: true }]);
});

test('a network retry of a deactivation is the same run', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, deactivate);
  providers.wait(29_999);

  expect(await providers.scim('PATCH', `/Users/${john}`, deactivate)).toMatchObject({ status: 200 });
  expect(providers.runNames()).toHaveLength(1);
});

test.each(['RUNNING', 'SUCCEEDED', 'FAILED', 'STOPPED', 'TIMED_OUT'] as const)(
  'after 30 seconds every deactivation starts a run of its own, which costs nothing of maxPerHour: the earlier one is %s',
  async (status) => {
    const providers = startProviders({ maxPerHour: 1 });
    for (const method of ['PATCH', 'DELETE', 'PATCH']) {
      const { status: answer } = await providers.scim(method, `/Users/${john}`, method === 'PATCH' ? deactivate : {});
      expect(answer).toBeLessThan(300);
      if (status !== 'RUNNING') providers.endRuns(status);
      providers.wait(30_000);
    }

    expect(providers.runNames()).toHaveLength(3);
  },
);

test('a person who is hired again can be offboarded again on the same day', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, deactivate);
  await providers.scim('PATCH', `/Users/${john}`, {
    body: '{"Operations":[{"op":"Replace","path":"active","value":"True"}]}',
  });
  providers.wait(10 * 60_000);
  await providers.scim('PATCH', `/Users/${john}`, deactivate);

  expect(providers.runNames()).toHaveLength(2);
});

describe('when the run cannot be started', () => {
  const fail = () => ({ kind: 'throttled', detail: 'Lambda: TooManyRequestsException' }) as const;

  test.each([
    ['Entra ID', 'Mozilla/5.0', 503],
    ['Okta', oktaScimAgent, 429],
  ])('%s gets an answer that makes it send again', async (_, userAgent, status) => {
    const answer = await startProviders({ fail }).scim('PATCH', `/Users/${john}`, {
      ...deactivate,
      headers: { 'user-agent': userAgent },
    });

    expect(answer).toMatchObject({ status, headers: { 'retry-after': '30' } });
    expect(answer.body).toEqual(errorOf(status));
  });

  test.each([
    ['Entra ID', 'PATCH', 'Mozilla/5.0', 500, undefined],
    ['Okta', 'PATCH', oktaScimAgent, 429, '30'],
    ['Okta', 'DELETE', oktaScimAgent, 429, '30'],
  ])('by an unexpected error, %s repeats its %s after its status', async (_, method, userAgent, status, retryAfter) => {
    const providers = startProviders({
      fail: () => {
        throw new Error('unexpected');
      },
    });

    const answer = await providers.scim(method, `/Users/${john}`, {
      ...deactivate,
      headers: { 'user-agent': userAgent },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.body).toEqual(errorOf(status));
    expect(providers.lines).toContainEqual(expect.objectContaining({ level: 'ERROR', message: 'unexpected error' }));
  });

  test('sending it again starts it', async () => {
    let isDown = true;
    const providers = startProviders({ fail: () => (isDown ? fail() : undefined) });
    await providers.scim('DELETE', `/Users/${john}`);
    isDown = false;

    expect(await providers.scim('DELETE', `/Users/${john}`)).toMatchObject({ status: 204 });
    expect(providers.runs()).toHaveLength(1);
  });
});

test('a copy without any list of owners waits 20 seconds for the first, and then counts the person', async () => {
  const waits: number[] = [];
  const providers = startProviders({
    lastOwners: async (untilMs) => {
      waits.push(untilMs - Date.parse('2026-11-20T17:00:00Z'));
      return undefined;
    },
  });

  expect(await providers.scim('PATCH', `/Users/${john}`, deactivate)).toMatchObject({ status: 200 });
  expect(waits).toEqual([20_000]);
  expect(providers.runNames()).toEqual([expect.stringMatching(/^event-entra-/)]);
});

test('people beyond maxPerHour are held back with an alarm; reads, other writes and people without an instance are not', async () => {
  const providers = startProviders({ maxPerHour: 1 });
  await providers.scim('PATCH', `/Users/${john}`, deactivate);
  const ann = userIdOf('ann@example.com');

  const heldBack = await providers.scim('PATCH', `/Users/${ann}`, deactivate);

  expect(heldBack).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
  expect(heldBack.body).toEqual({ ...errorOf(429), detail: expect.stringContaining('raise its maxPerHour') });
  expect(providers.lines).toContainEqual(
    expect.objectContaining({ message: 'leaver held back', caller: 'entra', heldBack: 1 }),
  );
  expect(await providers.scim('GET', `/Users/${ann}`)).toMatchObject({ status: 200 });
  const renamed = { body: '{"Operations":[{"op":"replace","path":"displayName","value":"Ann"}]}' };
  expect(await providers.scim('PATCH', `/Users/${ann}`, renamed)).toMatchObject({ status: 200 });
  const nobody = userIdOf('nobody@example.com');
  expect(await providers.scim('PATCH', `/Users/${nobody}`, deactivate)).toMatchObject({ status: 200 });
  providers.wait(3_600_000);
  expect(await providers.scim('PATCH', `/Users/${ann}`, deactivate)).toMatchObject({ status: 200 });
});

test('people beyond the share of a copy are held back for seconds, and the answer asks to send it again', async () => {
  const owners = Array.from({ length: 6 }, (_, person) => `person${person}@example.com`);
  const providers = startProviders({ owners, maxPerHour: 20, copies: 10, listLagMs: 2_000 });
  const answers = await Promise.all(owners.map((owner) => providers.scim('DELETE', `/Users/${userIdOf(owner)}`)));

  expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204, 429]);
  expect(answers.at(-1)).toMatchObject({
    headers: { 'retry-after': '5' },
    body: { ...errorOf(429), detail: 'too many people were deactivated within seconds: send it again' },
  });
});

describe('the token', () => {
  test.each([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer wrong' }],
    ['that of another kind of provider', { authorization: `Bearer ${tokens.hr}` }],
  ])('%s: a SCIM error 401, before the body is read', async (_, headers) => {
    const providers = startProviders();

    const answer = await providers.scim('PATCH', `/Users/${john}`, {
      body: '{',
      headers: { authorization: '', ...headers },
    });

    expect(answer).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/scim+json', 'www-authenticate': 'Bearer' },
    });
    expect(answer.body).toEqual(errorOf(401));
    expect(providers.lines).toMatchObject([
      { level: 'WARN', message: 'request refused', route: 'PATCH /scim/v2/Users/{id}' },
    ]);
    expect(JSON.stringify(providers.lines)).not.toMatch(/token-of|wrong/);
  });

  test('the former token is accepted too while both are configured', async () => {
    const headers = { authorization: `Bearer former-${tokens.entra}` };

    expect(await startProviders().scim('GET', `/Users/${john}`, { headers })).toMatchObject({ status: 200 });
  });
});

describe('ids', () => {
  test.each(['john.doe@example.com', 'JÖRG@example.com', '00uBob', '用户@例子.中国', '👩💻', 'a'.repeat(256)])(
    'the id of %.20s stands for the person, and for nobody else',
    async (userName) => {
      const providers = startProviders({ owners: [] });
      const { body } = await providers.scim('POST', '/Users', { body: JSON.stringify({ userName }) });

      expect(body.id).toMatch(/^u1\.[A-Za-z0-9_-]+$/);
      const read = await providers.scim('GET', `/Users/${body.id}`);
      expect(userIdOf(String(read.body.userName))).toBe(body.id);
    },
  );

  test('an id of an older version, which folded ASCII letters only, still stands for the person', async () => {
    const id = `u1.${Buffer.from('jÖrg@example.com').toString('base64url')}`;
    const providers = startProviders({ owners: ['jörg@example.com'] });

    expect(await providers.scim('PATCH', `/Users/${id}`, deactivate)).toMatchObject({ status: 200, body: { id } });
    expect(providers.runs()).toMatchObject([{ target: { owner: 'jörg@example.com' } }]);
    expect(providers.runNames()[0]).toMatch(/^event-entra-/);
  });

  test.each(['', 'u1.', 'u2.YQ', 'u1.YQ==', 'u1.Y', 'bulkId', 'u1.IA', `u1.${'A'.repeat(2_000)}`, '%00', '..'])(
    '%.20j was not given out: 404 for every operation',
    async (id) => {
      const providers = startProviders();
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await providers.scim(
          method,
          `/Users/${encodeURIComponent(id) || '%20'}`,
          method === 'GET' ? {} : deactivate,
        );
        expect(answer).toMatchObject({ status: 404, body: { schemas: [schemaUrns.error], status: '404' } });
      }
      // Somebody may have left, whom the provider knows by an id of another service.
      expect(providers.lines.filter(({ message }) => message === 'event not understood')).toHaveLength(3);
      expect(providers.runs()).toEqual([]);
    },
  );
});

test('no log line contains data from the provider', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, { body: '{"Operations":[{"op":"secret-word"}]}' });
  await providers.scim('GET', '/Users', { query: 'filter=secret-word' });

  expect(JSON.stringify(providers.lines)).not.toMatch(/secret-word|token-of/);
});
