import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';

export type Traps = AsyncDisposable & {
  /** `host:port` of each, none of which anybody may reach. */
  readonly authorities: readonly string[];
  /** Connections that were made to them. */
  readonly caught: () => number;
};

type Address = { readonly host: string; readonly port: number };

/** Some machines have no IPv6, and some have 127.0.0.1 alone. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(String(error.code));

const listen = async ({ host, port }: Address, onConnection: () => void) => {
  const server = createServer((socket) => {
    onConnection();
    socket.destroy();
  });
  await once(server.listen(port, host), 'listening');
  return server;
};

/** Listens where nobody may call: on another port of this address, and on the same port of others. */
export const startTraps = async (port: number): Promise<Traps> => {
  let caught = 0;
  const addresses = [
    { host: '127.0.0.1', port: 0 },
    { host: '127.0.0.2', port },
    { host: '127.0.0.2', port: 0 },
    { host: '::1', port },
  ];
  const onConnection = () => {
    caught += 1;
  };
  const started = await Promise.allSettled(addresses.map((address) => listen(address, onConnection)));
  const servers = started.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    if (isMissing(result.reason)) return [];
    throw result.reason;
  });
  return {
    authorities: servers.map((server) => {
      const { address, port: at, family } = server.address() as AddressInfo;
      return family === 'IPv6' ? `[${address}]:${at}` : `${address}:${at}`;
    }),
    caught: () => caught,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.close();
        await once(server, 'close');
      }
    },
  };
};

const parseAddress = (given: unknown): string => {
  const [options] = [given].flat(2) as readonly { readonly host?: string; readonly port?: number }[];
  return `${options?.host}:${options?.port}`;
};

/** Notes where this process connects to, also where nobody listens. */
export const watchConnections = () => {
  const places = new Set<string>();
  const connect = Socket.prototype.connect;
  const watched = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...given) {
    places.add(parseAddress(given[0]));
    return Reflect.apply(connect, this, given);
  });
  return { places, [Symbol.dispose]: () => watched.mockRestore() };
};
