import { providerRoutes, routeKeyOf } from '../../../functions/http/routes.ts';
import { matchRoute } from '../../../local/dev-server/http-event.ts';

const orders = { 'as they are': providerRoutes, 'in reverse order': providerRoutes.toReversed() };

describe.each(Object.entries(orders))('the local gateway, with the routes %s', (_, routes) => {
  test.each([
    ['GET', '/scim/v2/Users', 'GET /scim/v2/Users', {}],
    ['PATCH', '/scim/v2/Users/a%2Fb', 'PATCH /scim/v2/Users/{id}', { id: 'a/b' }],
    ['DELETE', '/scim/v2/Users', 'ANY /scim/v2/{proxy+}', { proxy: 'Users' }],
    ['PATCH', '/scim/v2/Users/x/', 'ANY /scim/v2/{proxy+}', { proxy: 'Users/x/' }],
    ['GET', '/scim/v2', 'ANY /scim/v2', {}],
    ['GET', '/scim/v2/', 'ANY /scim/v2/{proxy+}', { proxy: '' }],
    ['GET', '/scim/v2/Users/', 'ANY /scim/v2/{proxy+}', { proxy: 'Users/' }],
    ['GET', '/scim/v2//Users', 'ANY /scim/v2/{proxy+}', { proxy: '/Users' }],
    ['HEAD', '/scim/v2/Groups/x/members', 'ANY /scim/v2/{proxy+}', { proxy: 'Groups/x/members' }],
  ])('gives %s %s to %s', (method, path, routeKey, pathParameters) => {
    const matched = matchRoute(routes, method, path);

    expect(matched && routeKeyOf(matched.route)).toBe(routeKey);
    expect(matched?.pathParameters).toEqual(pathParameters);
  });

  test.each(['/scim', '/scim/', '/scim/v2x', '/offboarding/x'])('has no route for POST %s', (path) => {
    expect(matchRoute(routes, 'POST', path)).toBeUndefined();
  });
});
