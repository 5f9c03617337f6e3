/** Which function answers which route of the HTTP API: for the stack and the local service alike. */
export const routes = [
  { method: 'POST', path: '/instances/{idInstance}/logout', function: 'logout' },
  { method: 'GET', path: '/instances', function: 'instances' },
  { method: 'POST', path: '/forced-logouts', function: 'forced-logouts' },
  { method: 'GET', path: '/forced-logouts/{id}', function: 'forced-logouts' },
  { method: 'DELETE', path: '/forced-logouts/{id}', function: 'forced-logouts' },
] as const;

export type Route = (typeof routes)[number];

/** A route as API Gateway writes it: `GET /instances`. */
export const routeKeyOf = ({ method, path }: Route): string => `${method} ${path}`;
