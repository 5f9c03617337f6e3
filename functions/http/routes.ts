/** What a person may be allowed to do. A drill, which logs nobody out, belongs to `read`. */
export const capabilities = ['read', 'logout', 'runs'] as const;

export type Capability = (typeof capabilities)[number];

/** Which function answers which route of the HTTP API, and which capability it takes: for the stack and the local service alike. */
export const routes = [
  { method: 'POST', path: '/instances/{idInstance}/logout', function: 'logout', takes: 'logout' },
  { method: 'GET', path: '/instances', function: 'instances', takes: 'read' },
  { method: 'GET', path: '/instances/{idInstance}/state', function: 'state', takes: 'read' },
  { method: 'POST', path: '/forced-logouts', function: 'forced-logouts', takes: 'runs' },
  { method: 'GET', path: '/forced-logouts', function: 'forced-logouts', takes: 'read' },
  { method: 'GET', path: '/forced-logouts/{id}', function: 'forced-logouts', takes: 'read' },
  { method: 'DELETE', path: '/forced-logouts/{id}', function: 'forced-logouts', takes: 'runs' },
  { method: 'GET', path: '/watches/{id}', function: 'forced-logouts', takes: 'read' },
  { method: 'DELETE', path: '/watches/{id}', function: 'forced-logouts', takes: 'runs' },
] as const satisfies readonly { readonly takes: Capability; readonly [part: string]: string }[];

export type Route = (typeof routes)[number];

/** Where the page of the desk is, and what the paths of its calls begin with. */
export const deskPath = '/desk';

type DeskCall<R extends Route> = R extends R ? Omit<R, 'path'> & { readonly path: `/desk${R['path']}` } : never;

const createDeskRoutes = () =>
  [
    { method: 'GET', path: deskPath, function: 'desk' },
    { method: 'GET', path: `${deskPath}/session`, function: 'desk' },
    ...routes.map((route) => ({ ...route, path: `${deskPath}${route.path}` }) as DeskCall<Route>),
  ] as const;

/** The routes that only a deployment with a desk has. Everybody gets the page; each other route takes a token of the desk's issuer. */
export const deskRoutes = /* @__PURE__ */ createDeskRoutes();

type DeskRoute = (typeof deskRoutes)[number];

/** Of a call of the desk, which takes a token of the desk's issuer. */
export const isDeskCall = (route: { readonly path: string }): boolean => route.path.startsWith(`${deskPath}/`);

/** Of the page, which holds no data. */
export const isDeskPage = (route: { readonly path: string }): boolean => route.path === deskPath;

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

export type AnyRoute = Route | DeskRoute | ProviderRoute;

/** `GET /instances` */
type RouteKey<R extends AnyRoute> = R extends R ? `${R['method']} ${R['path']}` : never;

/** The keys of the routes that a function answers, without those of the desk. */
export type RouteKeyOf<Function extends (Route | ProviderRoute)['function']> = RouteKey<
  Extract<Route | ProviderRoute, { readonly function: Function }>
>;

/** A route as API Gateway writes it: `GET /instances`. */
export const routeKeyOf = ({ method, path }: Pick<AnyRoute, 'method' | 'path'>): string => `${method} ${path}`;
