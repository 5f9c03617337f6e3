import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';
import { certificate } from '../certificate.ts';

export type BrokenHost = AsyncDisposable & {
  /** The `apiUrl` in a secret. */
  readonly apiUrl: string;
  /** How many requests it has read. */
  readonly requests?: () => number;
};

const listen = async (answer: (socket: Socket, firstBytes: string) => void): Promise<BrokenHost> => {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      requests += 1;
      answer(socket, bytes.toString('latin1'));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { apiUrl: `http://127.0.0.1:${port}`, requests: () => requests, [Symbol.asyncDispose]: close };
};

const nowhere = async () => {};

/** A port that no server of another test is given. */
const refusing = async (): Promise<BrokenHost> => ({ apiUrl: 'http://127.0.0.1:1', [Symbol.asyncDispose]: nowhere });

const selfSigned = async (): Promise<BrokenHost> => {
  let requests = 0;
  const server = await startLoopbackServer(
    (_, response) => {
      requests += 1;
      response.end('{"isLogout":true}');
    },
    { tls: certificate },
  );
  return { apiUrl: server.url, requests: () => requests, [Symbol.asyncDispose]: server.close };
};

const withoutTls = async (): Promise<BrokenHost> => {
  const host = await listen((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  return { ...host, apiUrl: host.apiUrl.replace('http:', 'https:') };
};

/** The first line of a request, which holds the token. */
const pathIn = (request: string) => request.split(' ')[1] ?? '';

/** An answer that tells the caller's own path, and with it the token, wherever an answer can tell something. */
const echoing = (status: number) => () =>
  listen((socket, request) => {
    const path = pathIn(request);
    const page = `<html><body>Cannot GET ${path}</body></html>`;
    socket.end(
      `HTTP/1.1 ${status} ${path}\r\nlocation: ${path}\r\nx-path: ${path}\r\nconnection: close\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
    );
  });

/** No label of a name may be as long, so every resolver says no at once and asks nobody. */
const unknownName = `https://${'x'.repeat(64)}.green-api.invalid`;

/** Hosts that break what goes on beneath and around GREEN-API's own answers. */
export const brokenHosts = {
  'connection refused': refusing,
  'name not found': async () => ({ apiUrl: unknownName, [Symbol.asyncDispose]: nowhere }),
  'self-signed certificate': selfSigned,
  'no TLS where TLS should be': withoutTls,
  'hangs up without an answer': () => listen((socket) => void socket.end()),
  'hangs up in the middle of the body': () =>
    listen((socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{"isLog')),
  'speaks no HTTP': () => listen((socket, request) => void socket.end(`220 mail.example.com ESMTP ${request}\r\n`)),
  'an endless header': () =>
    listen((socket, request) => {
      const header = `x-path: ${pathIn(request)}\r\n`.repeat(1_000);
      socket.write(`HTTP/1.1 200 OK\r\n${header}`);
    }),
  'echoes the path with 200': echoing(200),
  'echoes the path with 302': echoing(302),
  'echoes the path with 400': echoing(400),
  'echoes the path with 404': echoing(404),
  'echoes the path with 500': echoing(500),
} as const satisfies Record<string, () => Promise<BrokenHost>>;

export type BrokenHostName = keyof typeof brokenHosts;

export const brokenHostNames = Object.keys(brokenHosts) as readonly BrokenHostName[];
