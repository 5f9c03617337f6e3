import type { InvocationOutcome } from './invocations.ts';
import type { FunctionOptions, LambdaOptions } from './options.ts';
import { type FunctionReference, invalidParameter, notFound } from './protocol.ts';
import type { Started } from './records.ts';
import { createWorkerPool } from './workers.ts';

export const version = '1';
const alias = 'live';
const defaultTimeoutMs = 15 * 60_000;

/** What Lambda sets itself (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), and then the function's own. */
const environmentOf = (name: string, { environment }: FunctionOptions, region: string, url: string) => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: version,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
  TZ: 'UTC',
  AWS_ENDPOINT_URL_LAMBDA: url,
  ...environment(),
});

export type Functions = ReturnType<typeof createFunctions>;

/** The functions there are, and their processes. */
export const createFunctions = (options: LambdaOptions, urlOf: () => string) => {
  const { functions, region = 'us-east-1', onEvent, onOutput } = options;
  const arnOf = (name: string, qualifier: string) =>
    `arn:aws:lambda:${region}:000000000000:function:${name}:${qualifier}`;

  const poolOf = (functionName: string, definition: FunctionOptions) =>
    createWorkerPool({
      bundles: { [functionName]: definition.bundle },
      environment: () => environmentOf(functionName, definition, region, urlOf()),
      timeoutMs: definition.timeoutMs ?? defaultTimeoutMs,
      onOutput,
      onStart: (pid) => onEvent?.({ kind: 'worker-started', functionName, pid }),
      onExit: (pid, exit) => onEvent?.({ kind: 'worker-exited', functionName, pid, exit }),
    });

  const pools = new Map(Object.entries(functions).map(([name, definition]) => [name, poolOf(name, definition)]));

  return {
    arnOf,
    /** @throws AwsError when there is no such function, version or alias, or it is named without one */
    resolve: ({ name, qualifier }: FunctionReference): FunctionOptions & { readonly name: string } => {
      const definition = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (definition === undefined) throw notFound(`Function not found: ${arnOf(name, qualifier ?? '$LATEST')}`);
      if (qualifier === undefined)
        throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
      if (qualifier !== alias && qualifier !== version) throw notFound(`Function not found: ${arnOf(name, qualifier)}`);
      return { ...definition, name };
    },
    invoke: async (
      { arn, functionName, at, timeScale }: Started,
      awsRequestId: string,
      event: unknown,
    ): Promise<InvocationOutcome> => {
      const pool = pools.get(functionName);
      // Left in the journal by a service that had such a function.
      if (pool === undefined) return { kind: 'failed', error: { ErrorMessage: `Function not found: ${functionName}` } };
      return pool.invoke({
        awsRequestId,
        functionName,
        invokedFunctionArn: arn.slice(0, arn.indexOf('/')),
        ...(timeScale !== undefined && { clock: { originMs: at, scale: timeScale } }),
        event,
      });
    },
    pids: (): readonly number[] => [...pools.values()].flatMap((pool) => pool.pids()),
    close: async (): Promise<void> => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  };
};
