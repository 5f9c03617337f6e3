import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Invocation, InvocationOutcome } from './invocation.ts';

export type WorkerOptions = {
  /** The bundle that exports `handler`. */
  readonly bundle: string;
  /** The whole environment of the process: nothing is inherited, as on Lambda. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Time allowed for one invocation, in milliseconds. */
  readonly timeoutMs: number;
  /** Takes what the function prints, line by line. @default passed through untouched */
  readonly onOutput?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
};

export type WorkerProcess = {
  readonly pid: number | undefined;
  readonly isUsable: () => boolean;
  /** Resolves when the process is gone. */
  readonly exited: Promise<string>;
  readonly invoke: (invocation: Omit<Invocation, 'deadlineAt'>) => Promise<InvocationOutcome>;
  readonly kill: () => void;
};

const failed = (ErrorType: string, ErrorMessage: string): InvocationOutcome => ({
  kind: 'failed',
  error: { ErrorType, ErrorMessage },
});

const readLines = (child: ChildProcess, onOutput: NonNullable<WorkerOptions['onOutput']>) => {
  if (child.stdout) createInterface(child.stdout).on('line', (line) => onOutput(line, 'stdout'));
  if (child.stderr) createInterface(child.stderr).on('line', (line) => onOutput(line, 'stderr'));
};

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? `exit status ${code}` : `signal: ${signal}`));
    child.on('error', ({ name }) => resolve(name));
  });

const parseOutcome = (message: unknown) => message as InvocationOutcome;

/** Starts a process of its own for a function, which handles one invocation at a time, as one environment of Lambda does. */
export const startWorkerProcess = ({ bundle, environment, timeoutMs, onOutput }: WorkerOptions): WorkerProcess => {
  const output = onOutput === undefined ? 'inherit' : 'pipe';
  const env = environment();
  const child = fork(join(import.meta.dirname, 'worker.ts'), [bundle], {
    env,
    execArgv: [],
    stdio: ['ignore', output, output, 'ipc'],
  });
  if (onOutput !== undefined) readLines(child, onOutput);
  const exited = exitOf(child);
  const kill = () => void child.kill('SIGKILL');

  const answered = () =>
    new Promise<InvocationOutcome>((resolve) => child.once('message', (message) => resolve(parseOutcome(message))));

  const timedOut = async (signal: AbortSignal): Promise<InvocationOutcome> => {
    await sleep(timeoutMs, undefined, { signal });
    kill();
    return failed('Sandbox.Timedout', `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
  };

  const died = exited.then((exit) => failed('Runtime.ExitError', `Runtime exited with error: ${exit}`));

  const invoke: WorkerProcess['invoke'] = async (invocation) => {
    const settled = new AbortController();
    const outcome = Promise.race([answered(), died, timedOut(settled.signal)]);
    // A worker that has gone says so through `died`.
    child.send({ ...invocation, deadlineAt: Date.now() + timeoutMs }, () => undefined);
    return outcome.finally(() => settled.abort());
  };

  const isUsable = () => !child.killed && child.connected && isDeepStrictEqual(environment(), env);

  return { pid: child.pid, isUsable, exited, invoke, kill };
};
