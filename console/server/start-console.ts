import type { Sign } from '../../client/signed-transport.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { createConsoleHandler } from './console-handler.ts';
import { type ConsolePage, securityHeadersOf } from './console-page.ts';
import { isForeignToConsole } from './foreign-request.ts';
import { createForwarder } from './forward.ts';
import type { LocalRoutes } from './local-routes.ts';
import { readLocalService } from './read-local-service.ts';
import { addressWithToken, createStartToken } from './start-token.ts';

export type ConsoleServerOptions = Pick<LocalRoutes, 'readSchedules'> & {
  /** Base address of the deployment's API. */
  readonly url: URL;
  /** Signs each call with the credentials of the person at the page. */
  readonly sign: Sign;
  /** From `readConsolePage`. */
  readonly page: ConsolePage;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default a new one */
  readonly startToken?: string;
};

export type ConsoleServer = AsyncDisposable & {
  /** The address to open in a browser; it contains the start token. */
  readonly address: string;
  /** The same without the token. */
  readonly url: string;
};

/**
 * Serves the console for a deployment on 127.0.0.1 until it is disposed of. Its calls are forwarded to the deployment,
 * signed; IAM decides about each.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startConsole = async (options: ConsoleServerOptions): Promise<ConsoleServer> => {
  const { url, sign, page, port = 0, startToken = createStartToken(), readSchedules } = options;
  const connection = { service: `Deployment ${url.host}`, real: true, readConnection: () => readLocalService(url) };
  const handle = createConsoleHandler({ ...connection, page, startToken, readSchedules }, createForwarder(url, sign));
  const refusalHeaders = securityHeadersOf(page);
  const server = await startLoopbackServer(handle, { port, isForeign: isForeignToConsole, refusalHeaders });
  return {
    address: addressWithToken(server.url, startToken),
    url: server.url,
    [Symbol.asyncDispose]: server.close,
  };
};
