import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handle, readBody } from '../../loopback/loopback-server.ts';
import type { Connection } from './read-local-service.ts';
import { sendJson } from './respond.ts';

/** What the page shows besides the API. What is left out is hidden. */
export type LocalRoutes = Connection & {
  /** Asked each time the page asks; without an answer, `service` and `real` count. */
  readonly readConnection?: (() => Promise<Connection | undefined>) | undefined;
  readonly readSchedules?: (() => readonly object[]) | undefined;
  /** Base address of the GREEN-API emulator's control plane. */
  readonly emulatorUrl?: string | undefined;
};

const longestBodyBytes = 64 * 1024;

/** The part of the control plane that the page uses. */
const emulatorPath = /^\/local(\/faults|\/instances(?:\/\d+\/(?:fault|state))?)$/;

const callEmulator = async (url: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readBody(request, longestBodyBytes);
  const { method = 'GET' } = request;
  const answer = await fetch(url, { method, ...(body && { body }) });
  const type = answer.headers.get('content-type') ?? 'application/json';
  response.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-store' }).end(await answer.text());
};

const featuresOf = ({ readSchedules, emulatorUrl }: LocalRoutes): readonly string[] => [
  ...(readSchedules ? ['schedules'] : []),
  ...(emulatorUrl === undefined ? [] : ['faults']),
];

const sendConnection = async (routes: LocalRoutes, response: ServerResponse): Promise<void> => {
  const { service, real } = (await routes.readConnection?.()) ?? routes;
  sendJson(response, 200, { service, real, features: featuresOf(routes) });
};

/** Answers `/local/…`: what serves the page, the next firings of the schedules, and the emulator's faults. */
export const createLocalRoutes = (routes: LocalRoutes): Handle => {
  const { readSchedules, emulatorUrl } = routes;
  return (request, response) => {
    const path = request.url ?? '';
    const [, emulated] = emulatorPath.exec(path) ?? [];
    if (emulatorUrl !== undefined && emulated !== undefined)
      return callEmulator(`${emulatorUrl}${emulated}`, request, response);
    if (request.method === 'GET' && path === '/local/console') return sendConnection(routes, response);
    if (request.method === 'GET' && path === '/local/schedules' && readSchedules)
      return sendJson(response, 200, { schedules: readSchedules() });
    return sendJson(response, 404, { message: 'Not Found' });
  };
};
