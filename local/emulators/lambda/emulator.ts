import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { readBody } from '../read-body.ts';
import { type Backend, createBackend } from './backend.ts';
import type { LambdaOptions } from './options.ts';
import type { Answer } from './request.ts';
import { route } from './routes.ts';
import { LambdaFailure, toWire } from './wire.ts';

export type LambdaEmulator = AsyncDisposable & {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
  /** The ids of the processes the functions run in now. */
  readonly workers: () => readonly number[];
  /** Ends the server and the processes at once; what was running goes on at the next start on the same folder. */
  readonly close: () => Promise<void>;
};

/** What a checkpoint or a synchronous payload may hold, and room for its envelope, in bytes. */
const maxBodyBytes = 8 * 1024 * 1024;

const failureOf = (error: unknown): Answer => {
  if (!(error instanceof LambdaFailure)) throw error;
  const { status, type, message } = error;
  return { status, headers: { 'x-amzn-errortype': type }, body: { message } };
};

const answerTo = async (backend: Backend, request: IncomingMessage): Promise<Answer> => {
  try {
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) throw new LambdaFailure(413, 'RequestTooLargeException', 'Request is too large.');
    const { method = '', url = '', headers } = request;
    const [path = '', query = ''] = url.split('?', 2);
    return await route(backend, method, path, { query: new URLSearchParams(query), headers, body });
  } catch (error) {
    return failureOf(error);
  }
};

/**
 * A Lambda that runs durable functions on this machine, in real time, for the unchanged AWS SDK on both sides. Each
 * function has processes of its own; executions are journalled, and go on after any of the processes was killed.
 *
 * @throws what the port or the journal's folder meets, such as `EADDRINUSE`
 */
export const startLambda = async (options: LambdaOptions): Promise<LambdaEmulator> => {
  const backend = createBackend(options, () => server.url);
  const server: LoopbackServer = await startLoopbackServer(async (request, response) => {
    const { status = 200, headers, body } = await answerTo(backend, request);
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
    response.end(typeof body === 'string' ? body : toWire(body));
  }, options);
  backend.resume();

  const close = async () => {
    await server.close();
    await backend.close();
  };
  return { url: server.url, workers: backend.host.pids, close, [Symbol.asyncDispose]: close };
};
