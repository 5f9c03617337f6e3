import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { certificateFile } from '../certificate-file.ts';

/** What one fresh process took; times in milliseconds. */
export type ColdStart = {
  /** From the start of the process until it requests its first invocation. */
  readonly init: number;
  readonly initCpu: number;
  /** From when it gets that until it has answered: what init left under way is in it. */
  readonly firstCall: number;
  readonly firstCallCpu: number;
  readonly rssMib: number;
};

export type ColdStartOptions = {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly event: unknown;
  /** Called between init and first call. */
  readonly onReady?: (pid: number) => void;
};

type Step = {
  readonly step: 'started' | 'ready' | 'called' | 'done' | 'failed';
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMib: number;
};

const parseStep = (line: string): Step => JSON.parse(line);

const functionVariables = {
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_LAMBDA_LOG_GROUP_NAME: 'bench',
  AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
};

const clientPath = join(import.meta.dirname, 'rapid-client.cjs');
const bootstrapPath = join(import.meta.dirname, '../node_modules/aws-lambda-ric/index.mjs');

const startRuntime = ({ folder, environment }: ColdStartOptions) =>
  spawn(process.execPath, ['--require', clientPath, bootstrapPath], {
    env: {
      ...environment,
      NODE_EXTRA_CA_CERTS: certificateFile,
      // Nobody listens there: `rapid-client.cjs` speaks to this process.
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
      ...functionVariables,
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  });

const invocationOf = (event: unknown): string =>
  JSON.stringify({
    bodyJson: JSON.stringify(event),
    headers: {
      'lambda-runtime-aws-request-id': 'bench',
      'lambda-runtime-deadline-ms': `${Date.now() + 30_000}`,
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
    },
  });

/** Runs a bundle under AWS's own runtime client, for one invocation. */
export const coldStart = async (options: ColdStartOptions): Promise<ColdStart> => {
  const child = startRuntime(options);
  const exited = once(child, 'exit');
  const [invocations, steps] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const lines = createInterface(steps)[Symbol.asyncIterator]();
  const step = async (name: Step['step']): Promise<Step> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${options.folder} died`);
    const said = parseStep(value);
    if (said.step !== name) throw new Error(`${options.folder} failed under the runtime client`);
    return said;
  };
  try {
    await step('started');
    invocations.write(invocationOf({}));
    const ready = await step('ready');
    options.onReady?.(child.pid ?? 0);
    invocations.write(invocationOf(options.event));
    const called = await step('called');
    const done = await step('done');
    return {
      init: ready.ms,
      initCpu: ready.cpuMs,
      firstCall: done.ms - called.ms,
      firstCallCpu: done.cpuMs - ready.cpuMs,
      rssMib: done.rssMib,
    };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
};
