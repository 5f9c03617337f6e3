import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handle, readBody } from '../../loopback/loopback-server.ts';
import { type ConsolePage, securityHeadersOf } from './console-page.ts';
import { relay, sendJson, sendProblem } from './respond.ts';
import { carriesStartToken } from './start-token.ts';

export type Connection = {
  /** What the page is connected to, in words. */
  readonly service: string;
  /** Whether a logout ends a real session. */
  readonly real: boolean;
};

/** What the page shows besides the API. What is left out is hidden. */
export type LocalRoutes = Connection & {
  /** Asked each time the page asks; without an answer, `service` and `real` count. */
  readonly readConnection?: () => Promise<Connection | undefined>;
  readonly readSchedules?: (() => readonly object[]) | undefined;
  /** Base address of the GREEN-API emulator's control plane. */
  readonly emulatorUrl?: string | undefined;
};

type ConsoleOptions = LocalRoutes & {
  readonly page: ConsolePage;
  /** Without one, every program of this machine may call. */
  readonly startToken: string | undefined;
};

const startTokenRequired = {
  status: 401,
  code: 'start-token-required',
  title: 'The start token is missing or wrong',
  detail:
    'Open the address that the command printed, with everything after the #. Each start has another token. Programs send it as "Authorization: Bearer <token>".',
};

const isPage = ({ method, url }: IncomingMessage): boolean =>
  (method === 'GET' || method === 'HEAD') && url?.split('?')[0] === '/';

const longestBodyBytes = 64 * 1024;

/** The part of the control plane that the page uses. */
const emulatorPath = /^\/local(\/faults|\/instances(?:\/\d+\/(?:fault|state))?)$/;

const callEmulator = async (url: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readBody(request, longestBodyBytes);
  const { method = 'GET' } = request;
  await relay(await fetch(url, { method, ...(body && { body }) }), response);
};

const sendConnection = async (routes: LocalRoutes, response: ServerResponse): Promise<void> => {
  const { service, real } = (await routes.readConnection?.()) ?? routes;
  const shown = { schedules: routes.readSchedules, faults: routes.emulatorUrl };
  const features = Object.entries(shown).flatMap(([feature, served]) => (served ? [feature] : []));
  sendJson(response, 200, { service, real, features });
};

/** Answers `/local/…`: what serves the page, the next firings of the schedules, and the emulator's faults. */
const createLocalRoutes = (routes: LocalRoutes): Handle => {
  const { readSchedules, emulatorUrl } = routes;
  return (request, response) => {
    const { method, url: path = '' } = request;
    const [, emulated] = emulatorPath.exec(path) ?? [];
    if (emulatorUrl && emulated) return callEmulator(`${emulatorUrl}${emulated}`, request, response);
    if (method === 'GET' && path === '/local/console') return sendConnection(routes, response);
    if (method === 'GET' && path === '/local/schedules' && readSchedules)
      return sendJson(response, 200, { schedules: readSchedules() });
    return sendJson(response, 404, { message: 'Not Found' });
  };
};

/**
 * Serves the console at `/` and its own routes under `/local/`, and leaves the API to `next`. Everything but the page
 * itself, which holds no data, needs the start token. Use it behind `isForeignToConsole`.
 */
export const createConsoleHandler = ({ page, startToken, ...routes }: ConsoleOptions, next: Handle): Handle => {
  const local = createLocalRoutes(routes);
  const securityHeaders = Object.entries(securityHeadersOf(page));
  return (request, response) => {
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    if (isPage(request)) {
      response.writeHead(200, { ...page.headers }).end(request.method === 'HEAD' ? '' : page.html);
      return;
    }
    if (startToken !== undefined && !carriesStartToken(request, startToken))
      return sendProblem(response, startTokenRequired);
    return request.url?.startsWith('/local/') ? local(request, response) : next(request, response);
  };
};
