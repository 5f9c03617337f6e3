import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Invocation, InvocationOutcome, WorkerCall, WorkerReply } from './invocations.ts';

type WorkerOptions = {
  /** The bundles that export `handler`, by the names of their functions. */
  readonly bundles: Readonly<Record<string, string>>;
  /** The whole environment of the process: nothing is inherited, as on Lambda. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Takes what the function prints, line by line. @default passed through untouched */
  readonly onOutput?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
};

const failed = (ErrorType: string, ErrorMessage: string): InvocationOutcome => ({
  kind: 'failed',
  error: { ErrorType, ErrorMessage },
});

/** Resolves when the process is gone, and all that it printed is read. */
const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    child.on('error', ({ name }) => resolve(name));
  });

const parseReply = (message: unknown) => message as WorkerReply;

/** Starts a process for functions. */
export const startWorker = ({ bundles, environment, onOutput }: WorkerOptions) => {
  const output = onOutput === undefined ? 'inherit' : 'pipe';
  const env = environment();
  const { NODE_COMPILE_CACHE } = process.env;
  const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(bundles)], {
    env: { ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...env },
    execArgv: [],
    stdio: ['ignore', output, output, 'ipc'],
  });
  for (const name of ['stdout', 'stderr'] as const)
    if (child[name]) createInterface(child[name]).on('line', (line) => onOutput?.(line, name));
  const exited = exitOf(child);
  const died = exited.then((exit) => failed('Runtime.ExitError', `Runtime exited with error: ${exit}`));
  const waiting = new Map<number, (outcome: InvocationOutcome) => void>();
  child.on('message', (message) => {
    const { id, outcome } = parseReply(message);
    waiting.get(id)?.(outcome);
    waiting.delete(id);
  });
  const outcomeOf = (id: number) =>
    Promise.race([new Promise<InvocationOutcome>((resolve) => waiting.set(id, resolve)), died]);
  const loaded = outcomeOf(0);
  let hasLoaded = false;
  void loaded.then(({ kind }) => {
    hasLoaded = kind === 'answered';
  });

  let calls = 0;
  return {
    pid: child.pid,
    isUsable: () => hasLoaded && !child.killed && child.connected && isDeepStrictEqual(environment(), env),
    /** How the loading of the bundles ended: if it failed, so does every invocation. */
    loaded,
    exited,
    kill: () => void child.kill('SIGKILL'),
    invoke: (invocation: Invocation): Promise<InvocationOutcome> => {
      calls += 1;
      const call: WorkerCall = { id: calls, invocation };
      // A worker that has gone resolves `died`.
      child.send(call, () => undefined);
      return outcomeOf(calls);
    },
  };
};

type Worker = ReturnType<typeof startWorker>;

type PoolOptions = WorkerOptions & {
  /** Time allowed for one invocation, in milliseconds. */
  readonly timeoutMs: number;
  readonly onStart: (pid: number | undefined) => void;
  readonly onExit: (pid: number | undefined, exit: string) => void;
};

/** Processes of one function at a time. Executions wait most of the time, and a waiting one needs no process. */
const maxWorkers = 8;

/** As on Lambda, an invocation has a process to itself, and a process that has answered serves the next one. */
export const createWorkerPool = ({ timeoutMs, onStart, onExit, ...options }: PoolOptions) => {
  const workers = new Set<Worker>();
  const idle = new Set<Worker>();
  const queue: (() => void)[] = [];
  let busy = 0;

  const start = () => {
    const worker = startWorker(options);
    workers.add(worker);
    onStart(worker.pid);
    void worker.exited.then((exit) => {
      workers.delete(worker);
      idle.delete(worker);
      onExit(worker.pid, exit);
    });
    return worker;
  };

  const acquire = async (): Promise<Worker> => {
    if (busy < maxWorkers) busy += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    for (const worker of idle) {
      idle.delete(worker);
      if (worker.isUsable()) return worker;
      worker.kill();
    }
    return start();
  };

  const release = (worker: Worker) => {
    if (worker.isUsable()) idle.add(worker);
    else worker.kill();
    const next = queue.shift();
    if (next === undefined) busy -= 1;
    else next();
  };

  const timedOut = async (worker: Worker, signal: AbortSignal): Promise<InvocationOutcome> => {
    await sleep(timeoutMs, undefined, { signal });
    worker.kill();
    return failed('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
  };

  return {
    invoke: async (invocation: Omit<Invocation, 'deadlineAt'>): Promise<InvocationOutcome> => {
      const worker = await acquire();
      const settled = new AbortController();
      const outcome = worker.invoke({ ...invocation, deadlineAt: Date.now() + timeoutMs });
      return Promise.race([outcome, timedOut(worker, settled.signal)]).finally(() => {
        settled.abort();
        release(worker);
      });
    },
    pids: (): readonly number[] => [...workers].flatMap(({ pid }) => pid ?? []),
    close: async (): Promise<void> => {
      queue.length = 0;
      for (const worker of workers) worker.kill();
      await Promise.all([...workers].map(({ exited }) => exited));
    },
  };
};
