import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../../console/server/respond.ts';
import { type BusEvent, parseEvent } from '../../emulators/eventbridge/event.ts';
import { parseJson } from '../../emulators/parse-json.ts';
import { type AnyRoute, routeKeyOf } from '../../functions/http/routes.ts';
import { type Handle, readBody } from '../../loopback/loopback-server.ts';
import { matchRoute } from './http-event.ts';
import type { Delivery } from './rules.ts';

/** What the local service has besides the HTTP API: `POST /events`, a way to fire a schedule by hand, and where the emulators are. */
export type OwnRoutes = {
  readonly deliver: (event: BusEvent) => Promise<Delivery>;
  /** Fires a schedule now, or as a drill; `undefined`: there is none of that name. */
  readonly fire: (schedule: string, asDrill: boolean) => Promise<{ readonly run: string }> | undefined;
  /** Where a program that practises finds the emulators; `undefined`: the secrets are real. */
  readonly emulators: object | undefined;
  /** The routes of the HTTP API. */
  readonly routes: readonly AnyRoute[];
};

/** What EventBridge takes at the most. */
const longestEventBytes = 256 * 1024;

const takeEvent = async (deliver: OwnRoutes['deliver'], request: IncomingMessage, response: ServerResponse) => {
  const text = await readBody(request, longestEventBytes);
  if (text === undefined) return sendJson(response, 413, { message: 'an event has at most 256 KB' });
  const parsed = parseEvent(parseJson(text));
  if (parsed.kind === 'no-event') return sendJson(response, 400, { message: `the event ${parsed.problem}` });
  const delivery = await deliver(parsed.event);
  sendJson(response, delivery.problem === undefined ? 202 : 422, delivery);
};

const fireSchedule = async (fire: OwnRoutes['fire'], name: string, asDrill: boolean, response: ServerResponse) => {
  const fired = await fire(name, asDrill);
  const unknown = { message: `no schedule is named ${JSON.stringify(name)} in the configuration` };
  sendJson(response, fired ? 202 : 404, fired ?? unknown);
};

const help = (routes: OwnRoutes['routes']) => ({
  message: 'Not Found',
  routes: ['GET /', ...routes.map(routeKeyOf), 'POST /events', 'POST /schedules/{name}', 'GET /emulators'],
  documentation: 'docs/local-development.md and openapi.yaml',
});

/** Answers `POST /events`, `POST /schedules/{name}` and `GET /emulators`, leaves the routes of the API to `next`, and lists them for any other. */
export const createOwnRoutes =
  ({ deliver, fire, emulators, routes }: OwnRoutes, next: Handle): Handle =>
  (request, response) => {
    const { method = '', url = '' } = request;
    if (emulators && method === 'GET' && url === '/emulators') return sendJson(response, 200, emulators);
    if (method === 'POST' && url === '/events') return takeEvent(deliver, request, response);
    const [, schedule, drill] = (method === 'POST' && /^\/schedules\/([\w.-]{1,64})(\?dryRun=true)?$/.exec(url)) || [];
    if (schedule !== undefined) return fireSchedule(fire, schedule, drill !== undefined, response);
    if (matchRoute(routes, method, url.split('?')[0] ?? '/')) return next(request, response);
    request.resume();
    sendJson(response, 404, help(routes));
  };
