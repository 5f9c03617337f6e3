/** Which door answers which route, by API Gateway's route keys: for the stack and the local service alike. */
export const routes = [
  { key: 'POST /instances/{idInstance}/logout', door: 'logout' },
  { key: 'GET /instances', door: 'instances' },
] as const;

export type RouteKey = (typeof routes)[number]['key'];
