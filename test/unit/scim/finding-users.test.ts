import { schemaUrns } from '../../../functions/scim/response.ts';
import { userIdOf } from '../../../functions/scim/user-id.ts';
import { deactivations, entraFilter } from '../../support/exchanges/entra.ts';
import { startProviders } from '../../support/identity-providers.ts';
import { errorOf } from '../../support/scim-error.ts';

const john = userIdOf('john.doe@example.com');
const deactivate = { body: deactivations['Entra ID'] };

describe('finding users', () => {
  const owners = ['00uBob Bob@example.com', '00uOnly', 'ann@example.com', 'jörg@example.com'];
  const namesIn = async (query: string) => {
    const { body } = await startProviders({ owners }).scim('GET', '/Users', { query });
    return (body.Resources as { userName: string }[]).map(({ userName }) => userName);
  };

  test.each([
    ['userName eq "bob@EXAMPLE.com"', ['Bob@example.com']],
    ['USERNAME EQ "ann@example.com"', ['ann@example.com']],
    ['userName eq "00uonly"', ['00uOnly']],
    ['userName eq "00ubob"', ['00uBob']],
    ['userName eq "ann@example.com" ', ['ann@example.com']],
    ['emails eq "ann@example.com"', ['ann@example.com']],
    [`${'('.repeat(16)}userName eq "ann@example.com"${')'.repeat(16)}`, ['ann@example.com']],
    ['id eq "ann@example.com"', []],
    [`userName eq "${'a'.repeat(4_096 - 'userName eq ""'.length)}"`, []],
    ['userName eq "jörg@example.com"', ['jörg@example.com']],
    ['emails.value eq "ann@example.com"', ['ann@example.com']],
    ['emails[type eq "work"].value eq "ann@example.com"', ['ann@example.com']],
    ['externalId eq "00uBob"', ['Bob@example.com']],
    ['externalId eq "00ubob"', []],
    ['externalId eq "00uBob" and userName eq "bob@example.com"', ['Bob@example.com']],
    ['externalId eq "00uBob" AND userName eq "ann@example.com"', []],
    [`id eq "${userIdOf('ann@example.com')}"`, ['ann@example.com']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann@example.com"', ['ann@example.com']],
    ['(userName eq "ann@example.com")', ['ann@example.com']],
    ['((externalId eq "00uBob") and (userName eq "bob@example.com"))', ['Bob@example.com']],
    ['emails[value eq "ann@example.com"]', ['ann@example.com']],
    ['emails[type eq "work" and value eq "ann@example.com"]', ['ann@example.com']],
    ['emails [ primary eq true and ( value eq "ann@example.com" ) ]', ['ann@example.com']],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:Emails[Type eq "work"].Value eq "ann@example.com"',
      ['ann@example.com'],
    ],
    // RFC 7644, section 3.4.2.2: each name in a value filter is an attrPath, which may have a URI before it.
    ['emails[urn:ietf:params:scim:schemas:core:2.0:User:value eq "ann@example.com"]', ['ann@example.com']],
    ['emails[value eq "ann@example.com"] and userName eq "bob@example.com"', []],
    ['userName eq "BOB@example.com"', ['Bob@example.com']],
    ['userName eq "JÖRG@example.com"', ['jörg@example.com']],
    ['userName eq "jo\u0308rg@example.com"', ['jörg@example.com']],
    ['userName eq "ann@example"', []],
    ['userName eq ""', []],
    ['userName eq "a\\"b"', []],
  ])('%.100s', async (filter, names) => {
    expect(await namesIn(`filter=${encodeURIComponent(filter)}`)).toEqual(names);
    expect(await namesIn(`x=1&filter=${encodeURIComponent(filter).replaceAll('%20', '+')}`)).toEqual(names);
  });

  test.each([
    'userName co "ann"',
    'userName sw "ann" and active eq "true"',
    'userName pr',
    'displayName eq "Ann"',
    'userName eq "ann@example.com" and displayName eq "Ann"',
    'userName eq "ann@example.com" and externalId eq true',
    'userName eq "ann@example.com" or userName eq "bob@example.com"',
    'not (userName eq "ann@example.com")',
    'userName eq ann',
    'userName eq 5',
    'emails[type eq work and value eq "ann@example.com"]',
    'emails[primary eq xtrue and value eq "ann@example.com"]',
    'emails[primary eq truex and value eq "ann@example.com"]',
    `${'('.repeat(17)}userName eq "ann@example.com"${')'.repeat(17)}`,
    '(userName eq "ann"',
    'userName eq "ann")',
    '()',
    'emails[value eq "ann@example.com"',
    'emails[]',
    'emails[type eq "work"]',
    'emails[value co "ann"]',
    'emails[urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:value eq "ann@example.com"]',
    'emails.urn:ietf:params:scim:schemas:core:2.0:User:value eq "ann@example.com"',
    'emails[emails.value eq "ann@example.com"]',
    'emails[emails[value eq "ann@example.com"]]',
    'name[value eq "ann"]',
    'constructor eq "x"',
    'userName[value eq "ann"]',
    '('.repeat(2_000),
    'userName eq "ann" and',
    '"',
    '\\',
    'userName eq "\\x"',
    `userName eq "${'a'.repeat(4_097 - 'userName eq ""'.length)}"`,
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

  test.each([
    ['externalId eq "00uBob"', { userName: 'Bob@example.com', externalId: '00uBob' }],
    ['userName eq "bob@example.com" and externalId eq "00uBob"', { userName: 'Bob@example.com', externalId: '00uBob' }],
    ['externalId eq "00uBob" and userName eq "bob@example.com"', { userName: 'Bob@example.com', externalId: '00uBob' }],
    ['userName eq "bob@example.com"', { userName: 'Bob@example.com' }],
  ])('%s returns %j: externalId only where it was asked for', async (filter, names) => {
    const query = `filter=${encodeURIComponent(filter)}&excludedAttributes=active,meta`;
    const { body } = await startProviders({ owners }).scim('GET', '/Users', { query });

    expect(body.Resources).toEqual([{ schemas: [schemaUrns.user], id: userIdOf('bob@example.com'), ...names }]);
  });

  test('every user is listed once, by e-mail address if there is one, in the order of their ids', async () => {
    const pages = [
      await namesIn('startIndex=1&count=2'),
      await namesIn('startIndex=3&count=2'),
      await namesIn('startIndex=5'),
    ];

    expect(pages).toEqual([['00uOnly', 'ann@example.com'], ['Bob@example.com', 'jörg@example.com'], []]);
  });

  test.each([
    ['count=0', 0],
    ['count=-1', 0],
    ['startIndex=0&count=1', 1],
    ['startIndex=-3', 4],
    ['count=', 4],
    ['count=100000', 4],
    [`count=${'9'.repeat(300)}`, 4],
    [`startIndex=${'9'.repeat(300)}`, 0],
    [`startIndex=-${'9'.repeat(300)}&count=%201`, 1],
  ])('%s returns %i of 4 users', async (query, most) => {
    const { body } = await startProviders({ owners }).scim('GET', '/Users', { query });

    expect(body).toMatchObject({ totalResults: 4, itemsPerPage: most });
  });

  test.each(['count=x', 'startIndex=1.5', 'count=1e3'])('%s is refused', async (query) => {
    const answer = await startProviders().scim('GET', '/Users', { query });

    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(errorOf(400, 'invalidValue'));
  });

  test.each([
    ['attributes=userName', ['schemas', 'id', 'userName']],
    [
      'attributes=USERNAME,%20urn:ietf:params:scim:schemas:core:2.0:User:active',
      ['schemas', 'id', 'userName', 'active'],
    ],
    ['attributes=displayName', ['schemas', 'id']],
    ['attributes=', ['schemas', 'id', 'userName', 'active', 'meta']],
    ['excludedAttributes=meta,id,schemas', ['schemas', 'id', 'userName', 'active']],
    ['attributes=id&attributes=active&excludedAttributes=active', ['schemas', 'id', 'active']],
  ])('%s returns %j', async (query, names) => {
    const providers = startProviders({ owners: ['ann@example.com'] });
    const { body } = await providers.scim('GET', '/Users', { query });
    const [user] = body.Resources as readonly { readonly id: string }[];

    expect(Object.keys(user ?? {})).toEqual(names);
    const path = `/Users/${user?.id}`;
    expect(Object.keys((await providers.scim('GET', path, { query })).body)).toEqual(names);
    const patch = { query, body: deactivate.body };
    expect(Object.keys((await providers.scim('PATCH', path, patch)).body)).toEqual(names);
    expect(providers.runs()).toHaveLength(1);
  });

  test('a sub-attribute is returned, or left out, by itself', async () => {
    const metaIn = async (query: string) => (await startProviders().scim('GET', `/Users/${john}`, { query })).body.meta;

    expect(await metaIn('attributes=meta.resourceType')).toEqual({ resourceType: 'User' });
    expect(await metaIn('excludedAttributes=meta.resourceType')).toEqual({ location: expect.any(String) });
  });

  test.each(['/Users/.search', '/.search'])('POST %s finds what the same query finds', async (path) => {
    const search = { filter: 'userName eq "bob@example.com"', startIndex: 1, count: 10, attributes: ['userName'] };
    const providers = startProviders({ owners });

    const { status, body } = await providers.scim('POST', path, { body: JSON.stringify(search) });
    const query = `filter=${encodeURIComponent(search.filter)}&startIndex=1&count=10&attributes=userName`;

    expect({ status, body }).toEqual({ status: 200, body: (await providers.scim('GET', '/Users', { query })).body });
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ userName: 'Bob@example.com' }] });
    expect(await providers.scim('POST', path, { body: '{"filter":"x"}' })).toMatchObject({
      status: 400,
      body: errorOf(400, 'invalidFilter'),
    });
    expect(providers.lines).not.toContainEqual(expect.objectContaining({ message: 'event not understood' }));
  });

  test('a search whose body is no object is refused', async () => {
    const answer = await startProviders().scim('POST', '/Users/.search', { body: '[]' });

    expect(answer).toMatchObject({ status: 400, body: errorOf(400, 'invalidSyntax') });
  });

  test('an unreadable list is an error, not an empty list', async () => {
    const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;

    const providers = startProviders({ readOwners });
    const answer = await providers.scim('GET', '/Users', { query: entraFilter });
    const created = await providers.scim('POST', '/Users', { body: '{"userName":"new@example.com"}' });

    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(answer.body).toEqual(errorOf(503));
    expect(created).toMatchObject({ status: 503, body: errorOf(503) });
  });

  test('a deactivation works without the list of owners', async () => {
    const readOwners = async () => ({ kind: 'unavailable', detail: 'Secrets Manager: ThrottlingException' }) as const;
    const providers = startProviders({ readOwners });

    expect(await providers.scim('PATCH', `/Users/${john}`, deactivate)).toMatchObject({ status: 200 });
    expect(providers.runs()).toHaveLength(1);
  });
});
