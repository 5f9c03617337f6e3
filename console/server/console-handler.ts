import type { IncomingMessage } from 'node:http';
import type { Handle } from '../../loopback/loopback-server.ts';
import { type ConsolePage, securityHeadersOf } from './console-page.ts';
import { createLocalRoutes, type LocalRoutes } from './local-routes.ts';
import { sendProblem } from './respond.ts';
import { carriesStartToken } from './start-token.ts';

export type ConsoleOptions = LocalRoutes & {
  readonly page: ConsolePage;
  /** Without one, every program of this machine may call. */
  readonly startToken?: string | undefined;
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
