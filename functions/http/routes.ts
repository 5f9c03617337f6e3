/** Which function answers which route of the HTTP API: for the stack and the local service alike. */
export const routes = [
  { method: 'POST', path: '/instances/{idInstance}/logout', function: 'logout' },
  { method: 'GET', path: '/instances', function: 'instances' },
  { method: 'GET', path: '/instances/{idInstance}/state', function: 'state' },
  { method: 'POST', path: '/forced-logouts', function: 'forced-logouts' },
  { method: 'GET', path: '/forced-logouts', function: 'forced-logouts' },
  { method: 'GET', path: '/forced-logouts/{id}', function: 'forced-logouts' },
  { method: 'DELETE', path: '/forced-logouts/{id}', function: 'forced-logouts' },
  { method: 'GET', path: '/watches/{id}', function: 'forced-logouts' },
  { method: 'DELETE', path: '/watches/{id}', function: 'forced-logouts' },
] as const;

export type Route = (typeof routes)[number];

/**
 * The routes of identity providers, by the kind of provider whose token each of them takes. The gateway has no authorizer before them: the
 * function checks the token. A stack has those of the kinds that it is configured for.
 */
export const providerRoutes = [
  { method: 'POST', path: '/offboarding', function: 'webhook', kind: 'webhook' },
  { method: 'GET', path: '/okta-event-hook', function: 'webhook', kind: 'okta-event-hook' },
  { method: 'POST', path: '/okta-event-hook', function: 'webhook', kind: 'okta-event-hook' },
  { method: 'GET', path: '/scim/v2/Users', function: 'scim', kind: 'scim' },
  { method: 'POST', path: '/scim/v2/Users', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/Users/{id}', function: 'scim', kind: 'scim' },
  { method: 'PUT', path: '/scim/v2/Users/{id}', function: 'scim', kind: 'scim' },
  { method: 'PATCH', path: '/scim/v2/Users/{id}', function: 'scim', kind: 'scim' },
  { method: 'DELETE', path: '/scim/v2/Users/{id}', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/Groups', function: 'scim', kind: 'scim' },
  { method: 'POST', path: '/scim/v2/Groups', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/ServiceProviderConfig', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/ResourceTypes', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/ResourceTypes/{id}', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/Schemas', function: 'scim', kind: 'scim' },
  { method: 'GET', path: '/scim/v2/Schemas/{id}', function: 'scim', kind: 'scim' },
  { method: 'ANY', path: '/scim/v2', function: 'scim', kind: 'scim' },
  // All that no other route matches: the gateway's own 404 is not in SCIM's shape.
  { method: 'ANY', path: '/scim/v2/{proxy+}', function: 'scim', kind: 'scim' },
] as const;

export type ProviderRoute = (typeof providerRoutes)[number];

type AnyRoute = Route | ProviderRoute;

/** `GET /instances` */
type RouteKey<R extends AnyRoute> = R extends R ? `${R['method']} ${R['path']}` : never;

/** The keys of the routes that a function answers. */
export type RouteKeyOf<Function extends AnyRoute['function']> = RouteKey<
  Extract<AnyRoute, { readonly function: Function }>
>;

/** A route as API Gateway writes it: `GET /instances`. */
export const routeKeyOf = ({ method, path }: AnyRoute): string => `${method} ${path}`;
