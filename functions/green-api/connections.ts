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
  return { host: hostname, port: Number(port || 443), servername: isIP(hostname) === 0 ? hostname : '' };
};

const keyOf = ({ host, port }: { readonly host?: unknown; readonly port?: unknown }) => `${host}:${port}`;

/** Enough for a round of a run at once. */
const maxSockets = 256;

export const createConnections = (): Connections => {
  const agent = new https.Agent({ keepAlive: true, maxSockets });
  const connectNow = agent.createConnection.bind(agent);
  const waiting = new Map<string, TLSSocket>();
  const openedEarly = new WeakSet<Duplex>();

  // Node's own place for it: https://nodejs.org/docs/latest-v24.x/api/http.html#agentcreateconnectionoptions-callback
  agent.createConnection = (options, callback) => {
    const socket = waiting.get(keyOf(options));
    if (socket === undefined) return connectNow(options, callback);
    waiting.delete(keyOf(options));
    return socket.ref();
  };

  const openEarly = (authority: string) =>
    new Promise<void>((resolve) => {
      const address = parseAuthority(authority);
      const socket = tls.connect({ ...address, ALPNProtocols: ['http/1.1'] }, () => {
        waiting.set(keyOf(address), socket);
        resolve();
      });
      // Nobody may ever need it: it keeps no process alive, and its end is no failure.
      socket.unref().on('error', () => {});
      socket.once('close', () => {
        if (waiting.get(keyOf(address)) === socket) waiting.delete(keyOf(address));
        resolve();
      });
      openedEarly.add(socket);
    });

  return { agent, openEarly, wasOpenedEarly: (socket) => socket !== null && openedEarly.has(socket) };
};
