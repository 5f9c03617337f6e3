import * as v from 'valibot';
import type { Sign } from '../../client/call.ts';
import { parseJsonAs } from '../../functions/platform/unknown-values.ts';
import { startLoopbackServer } from '../../loopback/loopback-server.ts';
import { type Connection, createConsoleHandler, type LocalRoutes } from './console-handler.ts';
import { type ConsolePage, securityHeadersOf } from './console-page.ts';
import { isForeignToConsole, isLoopbackHost } from './foreign-request.ts';
import { createForwarder } from './forward.ts';
import { addressWithToken, createStartToken } from './start-token.ts';

export type ConsoleServerOptions = Pick<LocalRoutes, 'readSchedules'> & {
  readonly url: URL;
  /** Signs each call with the credentials of the person at the page. */
  readonly sign: Sign;
  /** From `readConsolePage`. */
  readonly page: ConsolePage;
  /** @default 0, any free port */
  readonly port?: number;
};

const connectionSchema = v.object({ service: v.string(), real: v.boolean() });

const connectionTimeoutMs = 2_000;

/**
 * Asks the local service at `base` what it is. Resolves with `undefined` for anything else: a deployment, or a tunnel to one.
 * A local service with real secrets does not answer without its start token.
 */
const readLocalService = async (base: URL): Promise<Connection | undefined> => {
  if (!isLoopbackHost(base.host)) return undefined;
  try {
    const signal = AbortSignal.timeout(connectionTimeoutMs);
    const answer = await fetch(new URL('/local/console', base), { redirect: 'error', signal });
    return parseJsonAs(connectionSchema, await answer.text());
  } catch {
    return undefined;
  }
};

/**
 * Serves the console for a deployment on 127.0.0.1 until it is disposed of. Its calls are forwarded to the deployment,
 * signed; IAM decides about each.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startConsole = async (options: ConsoleServerOptions) => {
  const { url, sign, page, port = 0, readSchedules } = options;
  const startToken = createStartToken();
  const connection = { service: `Deployment ${url.host}`, real: true, readConnection: () => readLocalService(url) };
  const handle = createConsoleHandler({ ...connection, page, startToken, readSchedules }, createForwarder(url, sign));
  const refusalHeaders = securityHeadersOf(page);
  const server = await startLoopbackServer(handle, { port, isForeign: isForeignToConsole, refusalHeaders });
  return {
    /** The address to open in a browser; it contains the start token. */
    address: addressWithToken(server.url, startToken),
    /** The same without the token. */
    url: server.url,
    [Symbol.asyncDispose]: server.close,
  };
};
