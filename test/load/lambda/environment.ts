import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { distFolder } from '../../../infra/bundling/dist-folder.ts';
import { parseConfiguration } from '../../../infra/configuration/configuration.ts';
import { memoryFlags } from '../memory-flags.ts';
import { type InvocationAnswer, type RuntimeError, startRuntimeApi } from './runtime-api.ts';

export type EnvironmentOptions = {
  readonly functionName: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Receives each line that the function prints. */
  readonly onLine?: (line: string) => void;
};

export type Usage = {
  /** After a garbage collection. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** The number of open outgoing connections. */
  readonly sockets: number;
};

export type Start = { readonly kind: 'ready' } | { readonly kind: 'init-error'; readonly error: RuntimeError };
/** `died`: the process ended without an answer. */
export type Answer = InvocationAnswer | { readonly kind: 'died' };

const bootstrap = join(__dirname, '..', 'node_modules', 'aws-lambda-ric', 'index.mjs');
const { memoryMb } = parseConfiguration();
const preloads = ['rapid-client.cjs', 'usage.cjs'].flatMap((file) => ['--require', join(__dirname, file)]);

const parseUsage = (message: unknown) => message as Usage;

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const lambdaVariables = (functionName: string, runtimeApi: string) => ({
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  _HANDLER: 'index.handler',
  LAMBDA_TASK_ROOT: join(distFolder, functionName),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  TZ: ':UTC',
});

/** One execution environment of Lambda for a built bundle: AWS's own runtime client in a separate process. */
export const startEnvironment = async ({ functionName, variables = {}, onLine = () => {} }: EnvironmentOptions) => {
  const api = await startRuntimeApi();
  const child = spawn(process.execPath, ['--expose-gc', ...memoryFlags(memoryMb), ...preloads, bootstrap], {
    env: { ...lambdaVariables(functionName, api.host), ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  const died = exited.then(() => ({ kind: 'died' }) as const);
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', onLine);

  const dispose = async () => {
    child.kill('SIGKILL');
    await exited;
    await api.close();
  };
  return {
    started: Promise.race<Start>([
      api.ready.then(() => ({ kind: 'ready' }) as const),
      api.initError.then((error) => ({ kind: 'init-error', error }) as const),
    ]),
    /** Resolves with the exit code when the process has ended. */
    exited: exited.then(([code]) => code),
    /** @param timeoutMs the time limit that the function is given; it is not enforced here */
    invoke: (event: unknown, timeoutMs = 29_000): Promise<Answer> => Promise.race([api.invoke(event, timeoutMs), died]),
    usage: async (): Promise<Usage> => {
      const reply = once(child, 'message');
      child.send('usage');
      const [usage] = await reply;
      return parseUsage(usage);
    },
    kill: () => void child.kill('SIGKILL'),
    [Symbol.asyncDispose]: dispose,
  };
};
