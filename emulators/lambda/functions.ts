import type { InvocationOutcome } from './invocations.ts';
import type { FunctionOptions, LambdaOptions } from './options.ts';
import { type FunctionReference, invalidParameter, notFound } from './protocol.ts';
import type { Started } from './records.ts';
import { createWorkerPool, type WorkerPool } from './workers.ts';

export type ResolvedFunction = FunctionOptions & { readonly name: string; readonly version: string };

/** The functions there are, and their processes. */
export type Functions = {
  readonly arnOf: (name: string, qualifier: string) => string;
  /** @throws LambdaFailure when there is no such function, version or alias, or it is named without one */
  readonly resolve: (reference: FunctionReference) => ResolvedFunction;
  readonly invoke: (execution: Started, requestId: string, event: unknown) => Promise<InvocationOutcome>;
  readonly pids: () => readonly number[];
  readonly close: () => Promise<void>;
};

export const version = '1';
const defaultTimeoutMs = 15 * 60_000;
const memoryLimitInMB = '1024';

/** What Lambda sets itself (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and then the function's own. */
const environmentOf = (name: string, { environment }: FunctionOptions, region: string, url: string) => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: version,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB,
  TZ: 'UTC',
  AWS_ENDPOINT_URL_LAMBDA: url,
  ...environment(),
});

export const createFunctions = (options: LambdaOptions, urlOf: () => string): Functions => {
  const { functions, accountId = '000000000000', region = 'us-east-1', onEvent, onOutput } = options;
  const arnOf = (name: string, qualifier: string) =>
    `arn:aws:lambda:${region}:${accountId}:function:${name}:${qualifier}`;

  const poolOf = (functionName: string, definition: FunctionOptions): WorkerPool =>
    createWorkerPool({
      bundle: definition.bundle,
      environment: () => environmentOf(functionName, definition, region, urlOf()),
      timeoutMs: definition.timeoutMs ?? defaultTimeoutMs,
      onOutput,
      onStart: (pid) => onEvent?.({ kind: 'worker-started', functionName, pid }),
      onExit: (pid, exit) => onEvent?.({ kind: 'worker-exited', functionName, pid, exit }),
    });

  const pools = new Map(Object.entries(functions).map(([name, definition]) => [name, poolOf(name, definition)]));

  const resolve: Functions['resolve'] = ({ name, qualifier }) => {
    const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (definition === undefined) throw notFound(`Function not found: ${arnOf(name, qualifier ?? '$LATEST')}`);
    if (qualifier === undefined) {
      throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
    }
    const { alias = 'live' } = definition;
    if (qualifier !== alias && qualifier !== version) throw notFound(`Function not found: ${arnOf(name, qualifier)}`);
    return { ...definition, name, version };
  };

  const invoke: Functions['invoke'] = async ({ arn, functionName, at, timeScale }, awsRequestId, event) => {
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
      ...(timeScale !== undefined && { clock: { originMs: at, scale: timeScale } }),
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
