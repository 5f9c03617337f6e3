import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Backend, createBackend } from './backend.ts';
import type { LambdaOptions } from './options.ts';
import type { Answer } from './request.ts';
import { route } from './routes.ts';
import { LambdaFailure, toWire } from './wire.ts';

export type LambdaStandIn = AsyncDisposable & {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
  /** The processes the functions run in now. */
  readonly workers: () => readonly number[];
  /** Ends the server and the processes at once; what was running goes on at the next start on the same folder. */
  readonly close: () => Promise<void>;
};

/** What a checkpoint or a synchronous payload may hold, and room for its envelope, in bytes. */
const maxBodyBytes = 8 * 1024 * 1024;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new LambdaFailure(413, 'RequestTooLargeException', 'Request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** No web page may drive it: neither by a name of its own that leads here, nor from another origin. */
const checkCaller = ({ headers: { host, origin } }: IncomingMessage, port: number) => {
  const isForeign = host !== `127.0.0.1:${port}` && host !== `localhost:${port}`;
  if (isForeign || origin !== undefined) throw new LambdaFailure(403, 'AccessDeniedException', 'Forbidden');
};

const failureOf = (error: unknown): Answer => {
  // The SDK retries it, as it would with AWS.
  const { status, type, message } =
    error instanceof LambdaFailure ? error : new LambdaFailure(500, 'ServiceException', 'Internal failure');
  return { status, headers: { 'x-amzn-errortype': type }, body: { message } };
};

const answerTo = async (backend: Backend, request: IncomingMessage, port: number): Promise<Answer> => {
  try {
    checkCaller(request, port);
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const { method = '', headers } = request;
    return await route(backend, method, path, {
      query: new URLSearchParams(query),
      headers,
      body: await readBody(request),
    });
  } catch (error) {
    return failureOf(error);
  }
};

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/**
 * A Lambda that runs durable functions on this machine, in real time, for the unchanged AWS SDK on both sides. Each
 * function has processes of its own; executions are journalled, and go on after any of the processes was killed.
 */
export const startLambda = async (options: LambdaOptions): Promise<LambdaStandIn> => {
  const server = createServer();
  await once(server.listen(options.port ?? 0, '127.0.0.1'), 'listening');
  const port = portOf(server);
  const url = `http://127.0.0.1:${port}`;
  const backend = createBackend(options, url);
  server.on('request', async (request, response) => {
    const { status = 200, headers, body } = await answerTo(backend, request, port);
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
    response.end(typeof body === 'string' ? body : toWire(body));
  });
  backend.resume();

  const close = async () => {
    server.close();
    server.closeAllConnections();
    await backend.close();
  };
  return { url, workers: backend.host.pids, close, [Symbol.asyncDispose]: close };
};
