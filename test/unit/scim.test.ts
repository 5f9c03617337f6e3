import { schemaUrns } from '../../functions/scim/schema-urns.ts';
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

const john = userIdOf('john.doe@example.com');
const deactivation = deactivations['Entra ID'];
const deactivate = { body: deactivation };

const errorOf = (status: number, scimType?: string) => ({
  schemas: [schemaUrns.error],
  status: String(status),
  detail: expect.any(String),
  ...(scimType && { scimType }),
});

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
        maxTargets: 50,
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

describe('a request that deactivates nobody starts no run', () => {
  test.each([
    ['PATCH', '{"Operations":[{"op":"Replace","path":"active","value":"True"}]}'],
    ['PATCH', '{"Operations":[{"op":"Add","path":"displayName","value":"False"}]}'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"name.givenName":"False","active":null}}]}'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"title"}]}'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"active","value":false},{"op":"replace","path":"active","value":true}]}',
    ],
    ['PATCH', '{"Operations":[{"op":"replace","path":"emails[type eq \\"work\\"].value","value":"x@example.com"}]}'],
    [
      'PATCH',
      '{"Operations":[{"op":"replace","path":"emails[value eq \\"active@example.com\\"].type","value":"work"}]}',
    ],
    ['PUT', '{"userName":"john.doe@example.com","active":true}'],
    ['PUT', '{"userName":"john.doe@example.com"}'],
  ])('%s %s', async (method, body) => {
    const providers = startProviders();

    expect(await providers.scim(method, `/Users/${john}`, { body })).toMatchObject({
      status: 200,
      body: { active: true },
    });
    expect(providers.runs()).toEqual([]);
  });
});

describe('every spelling of a deactivation is accepted', () => {
  test.each([
    '{"operations":[{"OP":"REPLACE","Path":"Active","VALUE":"fAlSe"}]}',
    '{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":false}]}',
    '{"Operations":[{"op":"replace","path":"title","value":null},{"op":"replace","value":{"name.givenName":"x","Active":"False"}}]}',
    '{"Operations":[{"op":"replace","path":"active","value":true},{"op":"replace","path":"active","value":false}]}',
    '{"Operations":[{"op":"replace","path":"active","value":" false "}]}',
    '{"Operations":[{"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User":{"active":false}}}]}',
    '{"Operations":[{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"active":"False"}}]}',
  ])('%s', async (body) => {
    const providers = startProviders();

    expect(await providers.scim('PATCH', `/Users/${john}`, { body })).toMatchObject({
      status: 200,
      body: { active: false },
    });
    expect(providers.runs()).toHaveLength(1);
  });
});

test('an attribute that only has "active" in its name does not keep a deactivation from its effect', async () => {
  const providers = startProviders();
  const value = { active: false, isActiveDirectoryUser: true, active_since: '2020-01-01' };

  const answer = await providers.scim('PATCH', `/Users/${john}`, {
    body: JSON.stringify({ Operations: [{ op: 'replace', value }] }),
  });

  expect(answer).toMatchObject({ status: 200, body: { active: false } });
  expect(providers.runs()).toHaveLength(1);
});

describe('an unreadable request that may be a deactivation is refused, starts no run, and raises the alarm', () => {
  test.each([
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":"no"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":0}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":[false]}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"active","value":false},{"op":"delete"}]}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"active"}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","value":false}]}', 'invalidValue'],
    ['PATCH', '{"Operations":[{"op":"replace","path":7,"value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"/active","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","path":"Active.value","value":false}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"remove","path":"/active"}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"replace","value":{"title":"x","/active":false}}]}', 'invalidPath'],
    ['PATCH', '{"Operations":[{"op":"remove"}]}', 'noTarget'],
    ['PATCH', '{"Operations":{}}', 'invalidSyntax'],
    ['PATCH', '{"Operations":[]}', 'invalidSyntax'],
    ['PATCH', '[]', 'invalidSyntax'],
    ['PATCH', '{', 'invalidSyntax'],
    ['PATCH', undefined, 'invalidSyntax'],
    ['PUT', '{"userName":"john doe","active":false}', 'invalidValue'],
    ['PUT', '"active"', 'invalidSyntax'],
  ])('%s %s', async (method, body, scimType) => {
    const providers = startProviders();

    const answer = await providers.scim(method, `/Users/${john}`, body === undefined ? {} : { body });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf(400, scimType));
    expect(providers.runs()).toEqual([]);
    expect(providers.lines).toContainEqual(expect.objectContaining({ message: 'event not understood', unreadable: 1 }));
  });
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

test('the same deactivation sent again immediately is the same run', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, deactivate);
  providers.wait(60_000);

  expect(await providers.scim('PATCH', `/Users/${john}`, deactivate)).toMatchObject({ status: 200 });
  expect(providers.runNames()).toHaveLength(1);
});

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

test('people beyond maxPerHour are held back with an alarm; reads, other writes and people without an instance are not', async () => {
  const providers = startProviders({ maxPerHour: 1 });
  await providers.scim('PATCH', `/Users/${john}`, deactivate);
  const ann = userIdOf('ann@example.com');

  const heldBack = await providers.scim('PATCH', `/Users/${ann}`, deactivate);

  expect(heldBack).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
  expect(heldBack.body).toEqual(errorOf(429));
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
    expect(providers.lines).toEqual([]);
  });

  test('the former token is accepted too while both are configured', async () => {
    const headers = { authorization: `Bearer former-${tokens.entra}` };

    expect(await startProviders().scim('GET', `/Users/${john}`, { headers })).toMatchObject({ status: 200 });
  });
});

describe('finding users', () => {
  const owners = ['Bob@example.com 00uBob', '00uOnly', 'ann@example.com', 'jörg@example.com'];
  const namesIn = async (query: string) => {
    const { body } = await startProviders({ owners }).scim('GET', '/Users', { query });
    return (body.Resources as { userName: string }[]).map(({ userName }) => userName);
  };

  test.each([
    ['userName eq "bob@EXAMPLE.com"', ['Bob@example.com']],
    ['USERNAME EQ "ann@example.com"', ['ann@example.com']],
    ['userName eq "00uonly"', ['00uOnly']],
    ['userName eq "jörg@example.com"', ['jörg@example.com']],
    ['emails.value eq "ann@example.com"', ['ann@example.com']],
    ['emails[type eq "work"].value eq "ann@example.com"', ['ann@example.com']],
    ['externalId eq "00uBob"', ['Bob@example.com']],
    ['externalId eq "00ubob"', []],
    ['externalId eq "00uBob" and userName eq "bob@example.com"', ['Bob@example.com']],
    ['externalId eq "00uBob" AND userName eq "ann@example.com"', []],
    [`id eq "${userIdOf('ann@example.com')}"`, ['ann@example.com']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann@example.com"', ['ann@example.com']],
    ['userName eq "ann@example"', []],
    ['userName eq ""', []],
    ['userName eq "a\\"b"', []],
  ])('%s', async (filter, names) => {
    expect(await namesIn(`filter=${encodeURIComponent(filter)}`)).toEqual(names);
    expect(await namesIn(`x=1&filter=${encodeURIComponent(filter).replaceAll('%20', '+')}`)).toEqual(names);
  });

  test.each([
    'userName co "ann"',
    'userName sw "ann" and active eq "true"',
    'userName pr',
    'displayName eq "Ann"',
    'userName eq "ann@example.com" or userName eq "bob@example.com"',
    'not (userName eq "ann@example.com")',
    'userName eq ann',
    'userName eq "ann" and',
    '"',
    '\\',
    'userName eq "\\x"',
    `userName eq "${'a'.repeat(5_000)}"`,
  ])('the filter %.60s is refused', async (filter) => {
    const answer = await startProviders({ owners }).scim('GET', '/Users', {
      query: `filter=${encodeURIComponent(filter)}`,
    });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf(400, 'invalidFilter'));
  });

  test.each(['filter=', 'filter', 'filter=+', 'filter=%20%20'])(
    '%s is no filter: everybody is listed',
    async (query) => {
      expect(await namesIn(query)).toHaveLength(owners.length);
    },
  );

  test('every user is listed once, by e-mail address if there is one, in stable pages', async () => {
    const pages = [
      await namesIn('startIndex=1&count=2'),
      await namesIn('startIndex=3&count=2'),
      await namesIn('startIndex=5'),
    ];

    expect(pages.map((page) => page.length)).toEqual([2, 2, 0]);
    expect(pages.flat().sort()).toEqual(['00uOnly', 'Bob@example.com', 'ann@example.com', 'jörg@example.com']);
  });

  test.each([
    ['count=0', 0],
    ['count=-1', 0],
    ['startIndex=0&count=1', 1],
    ['startIndex=-3', 4],
    ['count=', 4],
    ['count=100000', 4],
  ])('%s returns %i of 4 users', async (query, most) => {
    const { body } = await startProviders({ owners }).scim('GET', '/Users', { query });

    expect(body).toMatchObject({ totalResults: 4, itemsPerPage: most });
  });

  test.each(['count=x', 'startIndex=1.5', 'count=1e3'])('%s is refused', async (query) => {
    const answer = await startProviders().scim('GET', '/Users', { query });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf(400, 'invalidValue'));
  });

  test('an unreadable list is an error, not an empty list', async () => {
    const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;

    const answer = await startProviders({ readOwners }).scim('GET', '/Users', { query: entraFilter });

    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(answer.body).toEqual(errorOf(503));
  });

  test('a deactivation works without the list of owners', async () => {
    const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;
    const providers = startProviders({ readOwners });

    expect(await providers.scim('PATCH', `/Users/${john}`, deactivate)).toMatchObject({ status: 200 });
    expect(providers.runs()).toHaveLength(1);
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
      expect(providers.runs()).toEqual([]);
    },
  );
});

describe('discovery', () => {
  test('states what is supported', async () => {
    const { status, body } = await startProviders().scim('GET', '/ServiceProviderConfig');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true, maxResults: 200 },
      bulk: { supported: false },
      authenticationSchemes: [{ type: 'oauthbearertoken' }],
    });
  });

  test.each([
    ['/ResourceTypes', 'User'],
    ['/Schemas', schemaUrns.user],
  ])('%s lists the resources that can also be read singly', async (path, id) => {
    const providers = startProviders();

    const { body } = await providers.scim('GET', path);
    expect(body).toMatchObject({ schemas: [schemaUrns.listResponse], totalResults: 1, Resources: [{ id }] });
    const single = await providers.scim('GET', `${path}/${encodeURIComponent(id)}`);
    expect(single.body).toEqual((body.Resources as unknown[])[0]);
    expect(await providers.scim('GET', `${path}/other`)).toMatchObject({ status: 404, body: errorOf(404) });
  });

  test('there are no groups, and none can be created', async () => {
    const providers = startProviders();

    expect(await providers.scim('GET', '/Groups')).toMatchObject({
      status: 200,
      body: { totalResults: 0, Resources: [] },
    });
    expect(await providers.scim('POST', '/Groups', { body: '{"displayName":"x"}' })).toMatchObject({
      status: 501,
      body: errorOf(501),
    });
  });
});

describe('a path without a route of its own is answered in SCIM’s shape', () => {
  const bulk = { body: '{"Operations":[]}' };

  test.each([
    ['GET', '/Me', 501],
    ['POST', '/Bulk', 501],
    ['POST', '/Users/.search', 501],
    ['PATCH', `/Users/${john}/`, 501],
    ['DELETE', '/Users', 501],
    ['PATCH', '/Groups/x', 501],
    ['DELETE', '/Groups/x', 501],
    ['GET', '/Groups/x', 404],
    ['GET', '/ServiceProviderConfig/', 404],
    ['GET', `/Users/${john}/emails`, 404],
  ])('%s %s: %i', async (method, path, status) => {
    const providers = startProviders();

    const answer = await providers.scim(method, path, method === 'GET' ? {} : bulk);

    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/scim+json' } });
    expect(answer.body).toEqual(errorOf(status));
    expect(providers.runs()).toEqual([]);
  });
});

test('no log line contains data from the provider', async () => {
  const providers = startProviders();
  await providers.scim('PATCH', `/Users/${john}`, { body: '{"Operations":[{"op":"secret-word"}]}' });
  await providers.scim('GET', '/Users', { query: 'filter=secret-word' });

  expect(JSON.stringify(providers.lines)).not.toMatch(/secret-word|token-of/);
});
