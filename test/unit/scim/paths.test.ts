import { basePathOf, segmentsOf } from '../../../functions/scim/path.ts';
import { schemaUrns } from '../../../functions/scim/response.ts';
import { userIdOf } from '../../../functions/scim/user-id.ts';
import { startProviders } from '../../support/identity-providers.ts';
import { errorOf } from '../../support/scim-error.ts';

const john = userIdOf('john.doe@example.com');

describe('discovery', () => {
  const base = 'https://api.example.com/scim/v2';
  const description = expect.any(String);

  test('states what is supported (RFC 7643, section 5)', async () => {
    const { status, body } = await startProviders().scim('GET', '/ServiceProviderConfig');

    expect(status).toBe(200);
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      filter: { supported: true, maxResults: 200 },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      changePassword: { supported: false },
      sort: { supported: false },
      etag: { supported: false },
      authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description, primary: true }],
      meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
    });
  });

  test('has users only, without extensions (RFC 7643, section 6)', async () => {
    const { body } = await startProviders().scim('GET', '/ResourceTypes/User');

    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      description,
      endpoint: '/Users',
      schema: schemaUrns.user,
      schemaExtensions: [],
      meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
    });
  });

  test('describes the two attributes that a user has (RFC 7643, section 7)', async () => {
    const { body } = await startProviders().scim('GET', `/Schemas/${schemaUrns.user}`);

    const shared = { description, multiValued: false, mutability: 'readWrite', returned: 'default' };
    expect(body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      id: schemaUrns.user,
      name: 'User',
      description,
      attributes: [
        { name: 'userName', type: 'string', required: true, caseExact: false, uniqueness: 'server', ...shared },
        { name: 'active', type: 'boolean', required: false, ...shared },
      ],
      meta: { resourceType: 'Schema', location: `${base}/Schemas/${schemaUrns.user}` },
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
    ['POST', '', 501],
    ['PUT', '/', 501],
    ['GET', '/Bulk', 404],
    ['PATCH', `/users/${john}`, 501],
    ['PATCH', `/Users/Users/${john}`, 501],
    ['DELETE', '/Users', 501],
    ['DELETE', '/Users/.search', 404],
    ['PATCH', '/Groups/x', 501],
    ['DELETE', '/Groups/x', 501],
    ['GET', '/Groups/x', 404],
    ['GET', `/Users/${john}/emails`, 404],
  ])('%s %s: %i', async (method, path, status) => {
    const providers = startProviders();

    const answer = await providers.scim(method, path, method === 'GET' ? {} : bulk);

    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/scim+json' } });
    expect(answer.body).toEqual(errorOf(status));
    expect(providers.runs()).toEqual([]);
    // It may have been a deactivation, unless it was about a group.
    const isCounted = providers.lines.some(({ message }) => message === 'event not understood');
    expect(isCounted).toBe(method !== 'GET' && !path.startsWith('/Groups'));
  });
});

describe('a slash at the end, or a double one, makes no other path', () => {
  const body = '{"userName":"john.doe@example.com","active":false}';

  test.each([
    ['GET', '/Users/', 200],
    ['GET', '//Users', 200],
    ['GET', '//Users//', 200],
    ['GET', `/Users//${john}`, 200],
    ['GET', '/ServiceProviderConfig/', 200],
    ['GET', `/Schemas/${encodeURIComponent(schemaUrns.user)}/`, 200],
    ['GET', '', 200],
    ['GET', '/', 200],
    ['POST', '/Users/', 409],
    ['PUT', `/Users/${john}/`, 200],
    ['PUT', `//Users/${john}`, 200],
    ['DELETE', `/Users/${john}/`, 204],
    ['GET', '/Users//.search/', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const providers = startProviders();

    const answer = await providers.scim(method, path, method === 'GET' ? {} : { body });

    expect(answer.status).toBe(status);
    expect(providers.runs()).toHaveLength(method === 'GET' ? 0 : 1);
  });

  test('an answer names the address without them', async () => {
    const { body: user } = await startProviders().scim('GET', `//Users//${john}/`);

    expect(user.meta).toMatchObject({ location: `https://api.example.com/scim/v2/Users/${john}` });
  });

  test('a domain may put a prefix before the path', () => {
    expect(basePathOf('/leavers/scim/v2/Users/u1.YQ')).toBe('/leavers/scim/v2');
    expect(segmentsOf('/leavers/scim/v2/Users/u1.YQ')).toEqual(['Users', 'u1.YQ']);
  });

  test('a part with a wrong escape is taken as it is', () => {
    expect(segmentsOf('/scim/v2/Users/%zz')).toEqual(['Users', '%zz']);
  });
});
