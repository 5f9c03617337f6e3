import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type TLSSocket } from 'node:tls';

/** Connections of one process, kept alive; some may be opened before there is anything to send. */
export type Connections = {
  readonly agent: https.Agent;
  /** Opens one connection for the next call to that host, e.g. `api.green-api.com`. Resolves when it is there, or is not. */
  readonly openEarly: (host: string) => Promise<void>;
  /** Whether it was opened early: the other side may have hung up since. */
  readonly wasOpenedEarly: (socket: Duplex | null) => boolean;
};

const parseAuthority = (authority: string) => {
  const { hostname, port } = new URL(`https://${authority}`);
  // An IPv6 address stands in brackets here, and nowhere else.
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(port || 443), servername: isIP(host) === 0 ? host : '' };
};

const keyOf = ({ host, port }: { readonly host?: unknown; readonly port?: unknown }) => `${host}:${port}`;

/** Enough for a round of a run at once. */
const maxSockets = 256;

/** How long a connection may wait to be used, in milliseconds: what lies between may forget it without a word. */
const longestIdleMs = 30_000;

type Waiting = { readonly socket: TLSSocket; readonly since: number };

/** Not one that is old, or over which the other side has said something unasked, such as 408, and is about to hang up. */
const isUsable = ({ socket, since }: Waiting): boolean =>
  Date.now() - since < longestIdleMs && socket.writable && socket.readableLength === 0;

export const createConnections = (): Connections => {
  const agent = new https.Agent({ keepAlive: true, maxSockets });
  const connectNow = agent.createConnection.bind(agent);
  const waiting = new Map<string, Waiting>();
  const openedEarly = new WeakSet<Duplex>();

  // Node's own place for it: https://nodejs.org/docs/latest-v24.x/api/http.html#agentcreateconnectionoptions-callback
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
      // Nobody may ever need it: it keeps no process alive, and its end is no failure.
      socket.unref().on('error', () => {});
      socket.once('close', () => {
        if (waiting.get(keyOf(address))?.socket === socket) waiting.delete(keyOf(address));
        resolve();
      });
      openedEarly.add(socket);
    });

  return { agent, openEarly, wasOpenedEarly: (socket) => socket !== null && openedEarly.has(socket) };
};
