/** The process of the functions that are not durable: loads their bundles, as Lambda does, and calls them for its parent. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import type { FunctionAnswer, FunctionCall } from './functions.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const parseCall = (message: unknown) => message as FunctionCall;

const send = (answer: FunctionAnswer) => process.send?.(answer, undefined, undefined, () => {});

/** An error cannot travel between processes: its name and message can. */
const errorOf = (error: unknown) =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'unknown error', message: '' };

const load = async (name: string): Promise<readonly [string, Handler]> => [
  name,
  (await import(join(distFolder, name, 'index.mjs'))).handler,
];

/** What Lambda passes to a function besides the event. */
const lambdaContext = (functionName: string, timeoutMs: number): Context => {
  const end = performance.now() + timeoutMs;
  return {
    functionName,
    functionVersion: '1',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    awsRequestId: randomUUID(),
    logGroupName: functionName,
    logStreamName: 'local',
    memoryLimitInMB: '256',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(end - performance.now())),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
};

const answer = async (handler: Handler | undefined, { id, functionName, event, timeoutMs }: FunctionCall) => {
  try {
    if (!handler) throw new Error(`no bundle of the function ${functionName} was built`);
    send({ id, kind: 'answered', result: await handler(event, lambdaContext(functionName, timeoutMs)) });
  } catch (error) {
    send({ id, kind: 'threw', ...errorOf(error) });
  }
};

// Without its parent the answers have no receiver.
process.on('disconnect', () => process.exit());
// A terminal sends these to the whole group of processes; the parent lets the calls in progress finish first.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

try {
  const handlers = new Map(await Promise.all(process.argv.slice(2).map(load)));
  process.on('message', (message) => {
    const call = parseCall(message);
    Object.assign(process.env, call.variables);
    void answer(handlers.get(call.functionName), call);
  });
  send({ kind: 'loaded' });
} catch (error) {
  send({ kind: 'not-loaded', ...errorOf(error) });
}
