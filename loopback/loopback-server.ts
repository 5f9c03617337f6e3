import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export type LoopbackOptions = {
  /** @default 0, any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** Speak HTTPS with this certificate. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Requests to refuse. @default those with a foreign `Host` or any `Origin` */
  readonly isForeign?: (request: IncomingMessage) => boolean;
  /** Headers of the answer to such a request. */
  readonly refusalHeaders?: Readonly<Record<string, string>>;
};

export type LoopbackServer = AsyncDisposable & {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Stops listening and cuts every connection, also the idle and the hanging ones. */
  readonly close: () => Promise<void>;
};

/**
 * Listens for programs of this machine, and for no web page: a foreign `Host` or any `Origin` is answered 403.
 * A throw in `handle` becomes a 500 with its name only.
 *
 * @throws what `listen` meets, such as `EADDRINUSE`
 */
export const startLoopbackServer = async (handle: Handle, options: LoopbackOptions): Promise<LoopbackServer> => {
  const { port: wantedPort = 0, host: hostname = '127.0.0.1', tls, isForeign = isForeignTo(hostname) } = options;
  const listener = guarded(handle, isForeign, options.refusalHeaders);
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.keepAliveTimeout = 65_000;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  await once(server.listen(wantedPort, hostname), 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `${hostname}:${port}`;
  const close = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { url: `${tls ? 'https' : 'http'}://${host}`, host, close, [Symbol.asyncDispose]: close };
};

const guarded =
  (handle: Handle, isForeign: (request: IncomingMessage) => boolean, refusalHeaders = {}): Handle =>
  async (request, response) => {
    request.on('error', ignoreBrokenConnection);
    response.on('error', ignoreBrokenConnection);
    try {
      if (isForeign(request)) refuse(response, 403, 'only programs on this machine may call', refusalHeaders);
      else await handle(request, response);
    } catch (error) {
      refuse(response, 500, error instanceof Error ? error.name : 'unknown error');
    }
  };

const isForeignTo = (hostname: string) => {
  const allowed = new Set([hostname, '127.0.0.1', 'localhost', '[::1]']);
  return ({ headers }: IncomingMessage): boolean =>
    headers.origin !== undefined || !allowed.has((headers.host ?? '').replace(/:\d+$/, '').toLowerCase());
};

const refuse = (response: ServerResponse, status: number, message: string, headers = {}) => {
  if (response.headersSent) response.destroy();
  else
    response
      .writeHead(status, { ...headers, 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
      .end(JSON.stringify({ message }));
};

/** The client sees a broken connection itself. Without a listener the error would end the process. */
const ignoreBrokenConnection = () => {};

/** The whole body, or `undefined` when it is longer than `maxBytes`; it is read to its end in any case. */
export const readBytes = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  return length <= maxBytes ? Buffer.concat(chunks) : undefined;
};

/** The same as text. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | undefined> =>
  (await readBytes(request, maxBytes))?.toString();
