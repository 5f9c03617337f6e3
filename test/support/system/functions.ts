import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileCache } from '../compile-cache.ts';

export type FunctionCall = {
  readonly id: number;
  /** URL of the built bundle. */
  readonly bundle: string;
  /** Environment of this one copy of the function, besides that of the process. */
  readonly variables: Readonly<Record<string, string>>;
  readonly event: unknown;
  readonly remainingMs: number;
};

export type FunctionAnswer = { readonly id: number } & (
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'threw'; readonly error: string }
);

export type Functions = AsyncDisposable & {
  /** Calls a copy of the function; the same bundle and variables are the same copy. */
  readonly call: (
    bundle: string,
    event: unknown,
    options?: { readonly variables?: Readonly<Record<string, string>>; readonly remainingMs?: number },
  ) => Promise<FunctionAnswer>;
  /** All that the process has written to stdout and stderr so far; an answer may be here before what was written first. */
  readonly output: () => string;
  /** Ends the process: all that it has written is here then. */
  readonly end: () => Promise<void>;
};

const parseFunctionAnswer = (message: unknown) => message as FunctionAnswer;

/** Starts a process of its own for built functions, with nothing of this project in its environment but `variables`. */
export const startFunctions = (variables: Readonly<Record<string, string>>): Functions => {
  const child = fork(join(__dirname, 'function-process.ts'), {
    env: { ...compileCache, ...variables },
    execArgv: [],
    silent: true,
  });
  const closed = once(child, 'close');
  const end = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  const waiting = new Map<number, (answer: FunctionAnswer) => void>();
  let output = '';
  let calls = 0;
  const keep = (chunk: string) => {
    output += chunk;
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.on('message', (message) => {
    const answer = parseFunctionAnswer(message);
    waiting.get(answer.id)?.(answer);
  });

  return {
    call: (bundle, event, { variables: own = {}, remainingMs = 29_000 } = {}) =>
      new Promise((resolve) => {
        const id = calls++;
        waiting.set(id, resolve);
        const call: FunctionCall = { id, bundle: pathToFileURL(bundle).href, variables: own, event, remainingMs };
        child.send(call);
      }),
    output: () => output,
    end,
    [Symbol.asyncDispose]: end,
  };
};
