import type { RequestOptions } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { types } from 'node:util';
import { type Connections, createConnections } from './connections.ts';
import { type Deadline, timeUntil } from './deadline.ts';

type Server = Pick<RequestOptions, 'protocol' | 'hostname' | 'port'>;

/** Takes a URL apart for Node's client; its path goes as it is. */
export type DestinationOf = (url: string) => Server & { readonly path: string };

const parseServer = (origin: string): Server => {
  const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));
  return { protocol, hostname, port };
};

/** Parses each server only once: that takes a tenth of all that a call does in this process. */
export const createDestinationOf = (): DestinationOf => {
  const servers = new Map<string, Server>();
  return (url) => {
    const pathAt = url.indexOf('/', 'https://'.length);
    const origin = url.slice(0, pathAt);
    const server = servers.get(origin) ?? parseServer(origin);
    servers.set(origin, server);
    return { ...server, path: url.slice(pathAt) };
  };
};

/** What came back for one GET, whatever it means. The URL holds the token, so it is in no field. */
export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  /** `staleConnection`: a kept-alive connection turned out dead before the first byte of an answer. */
  | { readonly kind: 'broken'; readonly detail: string; readonly staleConnection: boolean }
  | { readonly kind: 'timed-out' };

export type ExchangeOptions = {
  readonly deadline: Deadline;
  /** Open a connection for this call alone. */
  readonly freshConnection: boolean;
  /** Called when the request has left this process. */
  readonly onSent: () => void;
};

/** One GET: no redirect is followed, nothing is retried. It never rejects. */
export type SendGet = (url: string, options: ExchangeOptions) => Promise<Exchange>;

export type SendGetOptions = {
  /** Time for one call from start to the last byte of the body, in milliseconds. */
  readonly timeoutMs: number;
  /** @default new ones */
  readonly connections?: Connections;
};

/** An answer of GREEN-API's has a few hundred bytes; an HTML error page a few thousand. */
const longestAnswerBytes = 64 * 1024;

/** Its code or name, not its message: a message may quote the URL, and the URL holds the token. */
const reasonOf = (error: unknown): string => {
  if (!types.isNativeError(error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

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
    // Loopback only: the allow-list lets no other plain http through.
    'http:': new http.Agent({ keepAlive: true, maxSockets: connections.agent.maxSockets }),
  };

  const destinationOf = createDestinationOf();

  return (url, { deadline, freshConnection, onSent }) =>
    new Promise((resolve) => {
      const secure = url.startsWith('https:');
      const agent = freshConnection ? false : agents[secure ? 'https:' : 'http:'];
      const options = { ...destinationOf(url), agent, headers: { accept: 'application/json' } };
      const request = (secure ? https : http).get(options);

      const settle = (exchange: Exchange) => {
        clearTimeout(timer);
        resolve(exchange);
        if (exchange.kind !== 'answered') request.destroy();
      };
      const limitMs = Math.min(timeoutMs, timeUntil(deadline));
      const timer = setTimeout(() => settle({ kind: 'timed-out' }), limitMs);

      let answering = false;
      const breakOff = (error: unknown) => {
        const detail = reasonOf(error);
        const waited = request.reusedSocket || connections.wasOpenedEarly(request.socket);
        settle({ kind: 'broken', detail, staleConnection: waited && !answering && deadConnection.has(detail) });
      };

      request.once('finish', onSent);
      request.on('error', breakOff);
      request.once('response', (response) => {
        answering = true;
        response.on('error', breakOff);
        receive(response, settle);
      });
    });
};
