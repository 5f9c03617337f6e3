import type { Invocation, InvocationOutcome } from './invocation.ts';
import { startWorkerProcess, type WorkerOptions, type WorkerProcess } from './worker-process.ts';

type PoolOptions = WorkerOptions & {
  readonly onStart: (pid: number | undefined) => void;
  readonly onExit: (pid: number | undefined, exit: string) => void;
};

export type WorkerPool = {
  readonly invoke: (invocation: Omit<Invocation, 'deadlineAt'>) => Promise<InvocationOutcome>;
  readonly pids: () => readonly number[];
  readonly close: () => Promise<void>;
};

/** Processes of one function at a time. Executions wait most of the time, and a waiting one needs no process. */
const maxWorkers = 8;

/** As on Lambda, an invocation has a process to itself, and a process that has answered serves the next one. */
export const createWorkerPool = ({ onStart, onExit, ...options }: PoolOptions): WorkerPool => {
  const workers = new Set<WorkerProcess>();
  const idle = new Set<WorkerProcess>();
  const queue: (() => void)[] = [];
  let busy = 0;

  const start = () => {
    const worker = startWorkerProcess(options);
    workers.add(worker);
    onStart(worker.pid);
    void worker.exited.then((exit) => {
      workers.delete(worker);
      idle.delete(worker);
      onExit(worker.pid, exit);
    });
    return worker;
  };

  const acquire = async (): Promise<WorkerProcess> => {
    if (busy < maxWorkers) busy += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    for (const worker of idle) {
      idle.delete(worker);
      if (worker.isUsable()) return worker;
      worker.kill();
    }
    return start();
  };

  const release = (worker: WorkerProcess) => {
    if (worker.isUsable()) idle.add(worker);
    const next = queue.shift();
    if (next === undefined) busy -= 1;
    else next();
  };

  const invoke: WorkerPool['invoke'] = async (invocation) => {
    const worker = await acquire();
    return worker.invoke(invocation).finally(() => release(worker));
  };

  const close = async () => {
    queue.length = 0;
    for (const worker of workers) worker.kill();
    await Promise.all([...workers].map(({ exited }) => exited));
  };

  return { invoke, pids: () => [...workers].flatMap(({ pid }) => pid ?? []), close };
};
