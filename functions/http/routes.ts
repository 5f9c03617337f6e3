/** Which door answers which route of the HTTP API: for the stack and the local service alike. */
export const routes = [
  { method: 'POST', path: '/instances/{idInstance}/logout', door: 'logout' },
  { method: 'GET', path: '/instances', door: 'instances' },
  { method: 'POST', path: '/forced-logouts', door: 'forced-logouts' },
  { method: 'GET', path: '/forced-logouts/{id}', door: 'forced-logouts' },
  { method: 'DELETE', path: '/forced-logouts/{id}', door: 'forced-logouts' },
] as const;

export type Route = (typeof routes)[number];

/** A route as API Gateway writes it: `GET /instances`. */
export const routeKeyOf = ({ method, path }: Route): string => `${method} ${path}`;
