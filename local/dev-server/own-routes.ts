import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BusEvent, parseEvent } from '../emulators/eventbridge/event.ts';
import { type Handle, readBody } from '../emulators/loopback-server.ts';
import { parseJson } from '../emulators/parse-json.ts';
import type { Delivery } from './deliver.ts';

/** What the local service takes besides the HTTP API: events, and the hand that fires a schedule. */
export type OwnRoutes = {
  readonly deliver: (event: BusEvent) => Promise<Delivery>;
  /** Fires a schedule now; `undefined`: there is none of that name. */
  readonly fire: (schedule: string) => Promise<{ readonly run: string }> | undefined;
};

/** What EventBridge takes at the most. */
const longestEventBytes = 256 * 1024;

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const takeEvent = async (deliver: OwnRoutes['deliver'], request: IncomingMessage, response: ServerResponse) => {
  const text = await readBody(request, longestEventBytes);
  if (text === undefined) return send(response, 413, { message: 'an event has at most 256 KB' });
  const parsed = parseEvent(parseJson(text));
  if (parsed.kind === 'no-event') return send(response, 400, { message: `the event ${parsed.problem}` });
  const delivery = await deliver(parsed.event);
  send(response, delivery.problem === undefined ? 202 : 422, delivery);
};

const fireSchedule = async (fire: OwnRoutes['fire'], name: string, response: ServerResponse) => {
  const fired = fire(name);
  if (!fired)
    return send(response, 404, { message: `no schedule is named ${JSON.stringify(name)} in the configuration` });
  send(response, 202, await fired);
};

/** Takes `POST /events` and `POST /schedules/{name}`, and leaves the rest to `next`. */
export const createOwnRoutes =
  ({ deliver, fire }: OwnRoutes, next: Handle): Handle =>
  (request, response) => {
    if (request.method !== 'POST') return next(request, response);
    if (request.url === '/events') return takeEvent(deliver, request, response);
    const [, schedule] = /^\/schedules\/([\w.-]{1,64})$/.exec(request.url ?? '') ?? [];
    return schedule === undefined ? next(request, response) : fireSchedule(fire, schedule, response);
  };
