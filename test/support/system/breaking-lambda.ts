import type { IncomingMessage, ServerResponse } from 'node:http';
import { startLoopbackServer } from '../../../loopback/loopback-server.ts';

/** What Lambda does instead of answering, for good or the first time only. */
export const lambdaFaults = ['denied', 'throttled', 'internal-error', 'reset', 'hang', 'throttled-once'] as const;

export type LambdaFault = (typeof lambdaFaults)[number];

/** The calls of a function that meet a fault: `run-list-throttled` is a function whose list is throttled. */
export type BrokenCall = 'list' | 'invoke';

export const brokenFunction = (call: BrokenCall, fault: LambdaFault, column: string): string =>
  `run-${call}-${fault}-${column}`;

const error = (response: ServerResponse, status: number, type: string) =>
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message: 'planted', Type: 'User' }));

const breakWith = (fault: LambdaFault, request: IncomingMessage, response: ServerResponse): unknown => {
  switch (fault) {
    case 'denied':
      return error(response, 403, 'AccessDeniedException');
    case 'throttled':
    case 'throttled-once':
      return error(response, 429, 'TooManyRequestsException');
    case 'internal-error':
      return error(response, 500, 'ServiceException');
    case 'reset':
      return request.socket.destroy();
    case 'hang':
      return undefined;
  }
};

/** A Lambda that starts every run and lists none, except for the functions that are called after a fault. */
export const startBreakingLambda = async () => {
  const started: string[] = [];
  const calls = new Map<string, number>();
  const server = await startLoopbackServer(async (request, response) => {
    const isList = request.method === 'GET';
    const [, name = ''] = /\/functions\/([^/?]+)/.exec(decodeURIComponent(request.url ?? '')) ?? [];
    const [, call, fault] = /^run-(list|invoke)-(.+)-[a-z]+$/.exec(name.split(':')[0] ?? '') ?? [];
    request.resume();
    const key = `${name} ${isList}`;
    calls.set(key, (calls.get(key) ?? 0) + 1);
    const isBroken =
      call === (isList ? 'list' : 'invoke') && !(fault === 'throttled-once' && (calls.get(key) ?? 0) > 1);
    const planted = lambdaFaults.find((each) => each === fault);
    if (isBroken && planted !== undefined) return void breakWith(planted, request, response);
    if (isList) return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    started.push(String(request.headers['x-amz-durable-execution-name']));
    response.writeHead(202).end();
  }, {});
  return { url: server.url, started, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
};
