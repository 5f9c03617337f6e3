import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import tls from 'node:tls';
import { urlToHttpOptions } from 'node:url';
import { type Deadline, timeUntil } from '../platform/deadline.ts';
import { errorNameOf } from '../platform/unknown-values.ts';

/** Kept-alive connections of one process. Some are opened before there is anything to send. */
export type Connections = {
  readonly agent: https.Agent;
  /** Opens one connection for the next call to that host, e.g. `api.green-api.com`. Resolves once it is open or has failed. */
  readonly openEarly: (host: string) => Promise<void>;
  /** Whether the connection was opened early. The server may have closed it since. */
  readonly wasOpenedEarly: (socket: Duplex | null) => boolean;
};

const parseAuthority = (authority: string) => {
  const { hostname, port } = new URL(`https://${authority}`);
  // A URL has an IPv6 address in brackets; `tls.connect` wants it without.
  const host = hostname.replace(/[[\]]/g, '');
  return { host, port: Number(port || 443), servername: isIP(host) === 0 ? host : '' };
};

const keyOf = ({ host, port }: { readonly host?: unknown; readonly port?: unknown }) => `${host}:${port}`;

/**
 * Lambda allows 1,024 file descriptors (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and Node's
 * limits count per host. With few and short-lived idle sockets a run over 60 hosts stays below 700 descriptors.
 */
const agentOptions = { keepAlive: true, maxSockets: 256, maxFreeSockets: 8, timeout: 5_000 } as const;

/** How long an early connection may stay unused, in milliseconds. Later a proxy or NAT may have dropped it without notice. */
const longestIdleMs = 30_000;

type Waiting = { readonly socket: TLSSocket; readonly since: number };

/** False for an old connection, and for one on which the server has sent data (such as a 408) before closing it. */
const isUsable = ({ socket, since }: Waiting): boolean =>
  Date.now() - since < longestIdleMs && socket.writable && socket.readableLength === 0;

export const createConnections = (): Connections => {
  const agent = new https.Agent(agentOptions);
  const connectNow = agent.createConnection.bind(agent);
  const waiting = new Map<string, Waiting>();
  const openedEarly = new WeakSet<Duplex>();

  // The documented place to supply a connection: https://nodejs.org/docs/latest-v24.x/api/http.html#agentcreateconnectionoptions-callback
  agent.createConnection = (options, callback) => {
    const early = waiting.get(keyOf(options));
    waiting.delete(keyOf(options));
    if (early !== undefined && isUsable(early)) return early.socket.ref();
    early?.socket.destroy();
    return connectNow(options, callback);
  };

  const openEarly = (authority: string) =>
    new Promise<void>((resolve) => {
      const address = parseAuthority(authority);
      const options = { ...address, ALPNProtocols: ['http/1.1'], noDelay: true, keepAlive: true };
      const socket = tls.connect(options, () => {
        waiting.get(keyOf(address))?.socket.destroy();
        waiting.set(keyOf(address), { socket, since: Date.now() });
        resolve();
      });
      // It may never be used: it must not keep the process alive, and its end is no failure.
      socket.unref().on('error', () => {});
      socket.once('close', () => resolve());
      openedEarly.add(socket);
    });

  return { agent, openEarly, wasOpenedEarly: (socket) => socket !== null && openedEarly.has(socket) };
};

/** What came back for one GET. No field holds the URL, because the URL holds the token. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  /** `staleConnection`: a kept-alive connection was closed before the first byte of an answer. */
  | { readonly kind: 'broken'; readonly detail: string; readonly staleConnection: boolean }
  | { readonly kind: 'timed-out' };

type ExchangeOptions = {
  readonly deadline: Deadline;
  /** Use a new connection for this call alone. */
  readonly freshConnection: boolean;
  /** Time for this call, in milliseconds. @default that of all calls */
  readonly timeoutMs?: number;
  /** Called when the request has left this process. */
  readonly onSent: () => void;
};

/** Sends one GET. Follows no redirect, retries nothing and never rejects. */
export type SendGet = (url: string, options: ExchangeOptions) => Promise<Exchange>;

type SendGetOptions = {
  /** Time for one call from start to the last byte of the body, in milliseconds. */
  readonly timeoutMs: number;
  /** @default new ones */
  readonly connections?: Connections;
};

/** GREEN-API's answers have a few hundred bytes, HTML error pages a few thousand. */
const longestAnswerBytes = 64 * 1024;

const deadConnection = new Set(['ECONNRESET', 'EPIPE']);

const receive = (response: http.IncomingMessage, settle: (exchange: Exchange) => void): void => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > longestAnswerBytes)
      settle({ kind: 'broken', detail: 'answer longer than 64 KiB', staleConnection: false });
  });
  response.once('end', () =>
    settle({ kind: 'answered', status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
  );
};

export const createSendGet = ({ timeoutMs, connections = createConnections() }: SendGetOptions): SendGet => {
  const agents = {
    'https:': connections.agent,
    // For loopback only: the allow-list accepts no other plain http.
    'http:': new http.Agent(agentOptions),
  };

  return (url, { deadline, freshConnection, onSent, timeoutMs: ownTimeoutMs = timeoutMs }) =>
    new Promise((resolve) => {
      const secure = url.startsWith('https:');
      const agent = freshConnection ? false : agents[secure ? 'https:' : 'http:'];
      const { protocol, hostname, port, path } = urlToHttpOptions(new URL(url));
      const options = { protocol, hostname, port, path, agent, headers: { accept: 'application/json' } };
      const request = (secure ? https : http).get(options);

      const settle = (exchange: Exchange) => {
        clearTimeout(timer);
        resolve(exchange);
        if (exchange.kind !== 'answered') request.destroy();
      };
      const limitMs = Math.min(ownTimeoutMs, timeUntil(deadline));
      const timer = setTimeout(() => settle({ kind: 'timed-out' }), limitMs);

      let answering = false;
      const breakOff = (error: unknown) => {
        const detail = errorNameOf(error);
        const waited = request.reusedSocket || connections.wasOpenedEarly(request.socket);
        settle({ kind: 'broken', detail, staleConnection: waited && !answering && deadConnection.has(detail) });
      };

      // Without a listener Node would leave the request waiting.
      request.once('upgrade', () => settle({ kind: 'broken', detail: 'HTTP 101', staleConnection: false }));
      request.once('finish', onSent);
      request.on('error', breakOff);
      request.once('response', (response) => {
        answering = true;
        response.on('error', breakOff);
        receive(response, settle);
      });
    });
};
