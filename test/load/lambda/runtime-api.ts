import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Handle, startLoopbackServer } from '../../../loopback/loopback-server.ts';

export type RuntimeError = { readonly errorType: string; readonly errorMessage: string };

export type InvocationAnswer =
  | { readonly kind: 'response'; readonly body: unknown }
  | { readonly kind: 'error'; readonly error: RuntimeError };

type Invocation = {
  readonly id: string;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly answer: PromiseWithResolvers<InvocationAnswer>;
};

const parseError = (body: unknown) => body as RuntimeError;

const hand = (response: ServerResponse, { id, event, timeoutMs }: Invocation): void => {
  response.writeHead(200, {
    'lambda-runtime-aws-request-id': id,
    'lambda-runtime-deadline-ms': Date.now() + timeoutMs,
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:load',
  });
  response.end(JSON.stringify(event));
};

/**
 * Lambda's Runtime API for one environment: hands out one invocation at a time and takes its answer.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export const startRuntimeApi = async () => {
  const ready = Promise.withResolvers<void>();
  const initError = Promise.withResolvers<RuntimeError>();
  const waiting: Invocation[] = [];
  const handedOut = new Map<string, Invocation>();
  let idle: ServerResponse | undefined;

  const handOut = () => {
    const invocation = idle && waiting.shift();
    if (!idle || !invocation) return;
    handedOut.set(invocation.id, invocation);
    hand(idle, invocation);
    idle = undefined;
  };

  const settle = (id: string, answer: InvocationAnswer) => {
    handedOut.get(id)?.answer.resolve(answer);
    handedOut.delete(id);
  };

  const handle: Handle = async (request, response) => {
    const [, subject = '', id = '', verb] =
      /^\/2018-06-01\/runtime\/(\w+)\/([^/]+)(?:\/(\w+))?$/.exec(request.url ?? '') ?? [];
    if (id === 'next') {
      idle = response;
      ready.resolve();
      return handOut();
    }
    const body = await json(request);
    if (subject === 'init') initError.resolve(parseError(body));
    else settle(id, verb === 'response' ? { kind: 'response', body } : { kind: 'error', error: parseError(body) });
    response.writeHead(202).end();
  };
  const { host, close } = await startLoopbackServer(handle, {});

  return {
    host,
    close,
    /** Resolves when the environment requests its first invocation. */
    ready: ready.promise,
    /** Resolves when the environment reports that it cannot start. */
    initError: initError.promise,
    invoke: (event: unknown, timeoutMs: number): Promise<InvocationAnswer> => {
      const answer = Promise.withResolvers<InvocationAnswer>();
      waiting.push({ id: randomUUID(), event, timeoutMs, answer });
      handOut();
      return answer.promise;
    },
  };
};
