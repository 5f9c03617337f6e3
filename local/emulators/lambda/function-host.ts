import type { Started } from './execution-record.ts';
import type { FunctionReference } from './function-reference.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { FunctionOptions, LambdaOptions } from './options.ts';
import { invalidParameter, notFound } from './wire.ts';
import { createWorkerPool, type WorkerPool } from './worker-pool.ts';

export type ResolvedFunction = FunctionOptions & { readonly name: string; readonly version: string };

/** The functions there are, and their processes. */
export type FunctionHost = {
  readonly arnOf: (name: string, qualifier: string) => string;
  /** @throws LambdaFailure when there is no such function, or it is named without a version or alias */
  readonly resolve: (reference: FunctionReference) => ResolvedFunction;
  readonly invoke: (execution: Started, requestId: string, event: unknown) => Promise<InvocationOutcome>;
  readonly pids: () => readonly number[];
  readonly close: () => Promise<void>;
};

const version = '1';
const defaultTimeoutMs = 15 * 60_000;
const memoryLimitInMB = '1024';

export const createFunctionHost = (options: LambdaOptions, urlOf: () => string): FunctionHost => {
  const { functions, accountId = '000000000000', region = 'us-east-1', onEvent, onOutput } = options;
  const arnOf = (name: string, qualifier: string) =>
    `arn:aws:lambda:${region}:${accountId}:function:${name}:${qualifier}`;

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
  const environmentOf = (name: string, { environment }: FunctionOptions) => ({
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB,
    TZ: 'UTC',
    ...environment(),
    AWS_ENDPOINT_URL_LAMBDA: urlOf(),
  });

  const poolOf = (functionName: string, definition: FunctionOptions): WorkerPool =>
    createWorkerPool({
      bundle: definition.bundle,
      environment: () => environmentOf(functionName, definition),
      timeoutMs: definition.timeoutMs ?? defaultTimeoutMs,
      onOutput,
      onStart: (pid) => onEvent?.({ kind: 'worker-started', functionName, pid }),
      onExit: (pid, exit) => onEvent?.({ kind: 'worker-exited', functionName, pid, exit }),
    });

  const pools = new Map(Object.entries(functions).map(([name, definition]) => [name, poolOf(name, definition)]));

  const resolve: FunctionHost['resolve'] = ({ name, qualifier }) => {
    const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (definition === undefined) throw notFound(`Function not found: ${arnOf(name, qualifier ?? '$LATEST')}`);
    if (qualifier === undefined) {
      throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
    }
    const { alias = 'live' } = definition;
    if (qualifier !== alias && qualifier !== version) throw notFound(`Function not found: ${arnOf(name, qualifier)}`);
    return { ...definition, name, version };
  };

  const invoke: FunctionHost['invoke'] = async ({ arn, functionName }, awsRequestId, event) => {
    const pool = pools.get(functionName);
    // Left in the journal by a service that had such a function.
    if (pool === undefined) return { kind: 'failed', error: { ErrorMessage: `Function not found: ${functionName}` } };
    return pool.invoke({
      awsRequestId,
      functionName,
      functionVersion: version,
      invokedFunctionArn: arn.slice(0, arn.indexOf('/')),
      memoryLimitInMB,
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
      event,
    });
  };

  return {
    arnOf,
    resolve,
    invoke,
    pids: () => [...pools.values()].flatMap((pool) => pool.pids()),
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  };
};
