import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startLoopbackServer } from '../../../infra/local/loopback-server.ts';
import { certificateFile } from '../certificate-file.ts';

/** What one fresh process took; times in milliseconds. */
export type ColdStart = {
  /** From the start of the process until it asks for its first invocation. */
  readonly init: number;
  readonly initCpu: number;
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

const functionVariables = {
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_VERSION: '1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_LAMBDA_LOG_GROUP_NAME: 'bench',
  AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
};

const clientPath = join(import.meta.dirname, 'rapid-client.cjs');
const bootstrapPath = join(import.meta.dirname, '../node_modules/aws-lambda-ric/index.mjs');

const startRuntime = ({ folder, environment }: ColdStartOptions, runtimeApi: string) =>
  spawn(process.execPath, ['--require', clientPath, bootstrapPath], {
    env: {
      ...environment,
      NODE_EXTRA_CA_CERTS: certificateFile,
      AWS_LAMBDA_RUNTIME_API: runtimeApi,
      ...functionVariables,
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** Runs a bundle under AWS's own runtime client against a Runtime API of this process, for one invocation. */
export const coldStart = async (options: ColdStartOptions): Promise<ColdStart> => {
  const measured = Promise.withResolvers<ColdStart>();
  let init: Pick<ColdStart, 'init' | 'initCpu'> | undefined;

  await using api = await startLoopbackServer((request, response) => {
    const said = (name: string) => Number(request.headers[name]);
    if (request.url?.endsWith('/next') && init === undefined) {
      init = { init: said('x-at-ms'), initCpu: said('x-cpu-ms') };
      options.onReady?.(child.pid ?? 0);
      response.writeHead(200, {
        'lambda-runtime-aws-request-id': 'bench',
        'lambda-runtime-deadline-ms': `${Date.now() + 30_000}`,
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:bench',
      });
      response.end(JSON.stringify(options.event));
    } else if (request.url?.endsWith('/response') && init !== undefined) {
      const [firstCall, firstCallCpu, rssMib] = [said('x-wall-ms'), said('x-used-cpu-ms'), said('x-rss-mib')];
      measured.resolve({ ...init, firstCall, firstCallCpu, rssMib });
    } else if (request.url?.endsWith('/error')) {
      measured.reject(new Error(`${options.folder} failed under the runtime client`));
    }
  }, {});

  const child = startRuntime(options, api.host);
  const exited = once(child, 'exit');
  try {
    return await Promise.race([
      measured.promise,
      exited.then(() => Promise.reject(new Error(`${options.folder} died`))),
    ]);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
};
