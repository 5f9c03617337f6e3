import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { variableNames } from '../../infra/constructs/function-environment.ts';

export type FunctionCall = {
  readonly id: number;
  readonly functionName: string;
  readonly event: unknown;
  readonly timeoutMs: number;
  /** Variables of the environment that may have changed since the last call. */
  readonly variables: Readonly<Record<string, string>>;
};

export type FunctionAnswer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'not-loaded'; readonly name: string; readonly message: string }
  | { readonly id: number; readonly kind: 'answered'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'threw'; readonly name: string; readonly message: string };

/** Calls a function as Lambda does. It rejects with what the function threw. */
export type CallFunction = (functionName: string, event: unknown) => Promise<unknown>;

type FunctionsOptions = {
  /** Called before each event: credentials may have been renewed. */
  readonly refresh: () => Promise<void>;
  /** Takes what the functions print, line by line. */
  readonly onLine: (line: string) => void;
};

const ownNames: ReadonlySet<string> = new Set([...variableNames, 'NODE_COMPILE_CACHE']);

/** The environment of a function in its own process: its settings, what the AWS SDK reads, and Node's cache. */
export const functionVariables = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && (ownNames.has(name) || name.startsWith('AWS_')) ? [[name, value]] : [],
    ),
  );

/** Lambda's emulator has the durable functions, and there is no vault. */
const notHere = ['run', 'watch', 'evidence-vault'];

const parseAnswer = (message: unknown) => message as FunctionAnswer;

const errorFrom = ({ name, message }: { readonly name: string; readonly message: string }): Error =>
  Object.assign(new Error(message), { name });

type Waiting = PromiseWithResolvers<unknown>;

const settle = (waiting: Map<number, Waiting>, answer: Extract<FunctionAnswer, { readonly id: number }>) => {
  const call = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (answer.kind === 'answered') call?.resolve(answer.result);
  else call?.reject(errorFrom(answer));
};

const startProcess = (onLine: FunctionsOptions['onLine']): ChildProcess => {
  const names = functionNames.filter((name) => !notHere.includes(name));
  const child = fork(join(import.meta.dirname, 'function-process.ts'), names, {
    env: functionVariables(),
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', onLine);
  return child;
};

const ended = { name: 'Runtime.ExitError', message: 'the process of the functions ended: start the service again' };

/** Resolves `loaded`, and settles the calls that wait, by what the process sends. */
const receiveAnswers = (child: ChildProcess, closed: Promise<unknown>, waiting: Map<number, Waiting>) => {
  const loaded = Promise.withResolvers<void>();
  child.on('message', (message) => {
    const answer = parseAnswer(message);
    if (answer.kind === 'loaded') loaded.resolve();
    else if (answer.kind === 'not-loaded') loaded.reject(errorFrom(answer));
    else settle(waiting, answer);
  });
  void closed.then(() => {
    loaded.reject(errorFrom(ended));
    for (const { reject } of waiting.values()) reject(errorFrom(ended));
  });
  return loaded.promise;
};

const functionTimeoutMs = 29_000;

/**
 * Starts the functions that are not durable, in one process of their own, so that all they print passes through this one.
 *
 * @throws what a function throws when it is loaded, such as an `EnvironmentError`
 */
export const startFunctions = async ({ refresh, onLine }: FunctionsOptions) => {
  const child = startProcess(onLine);
  const closed = once(child, 'close');
  const waiting = new Map<number, Waiting>();
  const end = async () => {
    // What it wrote is in the pipe, and is read to its end.
    child.kill('SIGKILL');
    await closed;
  };
  await receiveAnswers(child, closed, waiting).catch((error) => end().then(() => Promise.reject(error)));

  let calls = 0;
  const call: CallFunction = async (functionName, event) => {
    await refresh();
    const id = calls++;
    const answered = Promise.withResolvers<unknown>();
    waiting.set(id, answered);
    const variables = functionVariables();
    const sent: FunctionCall = { id, functionName, event, timeoutMs: functionTimeoutMs, variables };
    child.send(sent, (error) => error && answered.reject(error));
    return answered.promise;
  };
  return { call, [Symbol.asyncDispose]: end };
};
