import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startWorker } from '../../emulators/lambda/workers.ts';
import { functionNames } from '../../infra/bundling/bundling.ts';
import { distFolder } from '../../infra/bundling/dist-folder.ts';
import { variableNames } from '../../infra/constructs/function-environment.ts';

/** Calls a function as Lambda does. It rejects with what the function threw. */
export type CallFunction = (functionName: string, event: unknown) => Promise<unknown>;

type FunctionsOptions = {
  /** Called before each event: credentials may have been renewed. */
  readonly refresh: () => Promise<void>;
  /** Takes what the functions print, line by line. */
  readonly onLine: (line: string) => void;
};

const ownNames: ReadonlySet<string> = new Set([...variableNames, 'NODE_COMPILE_CACHE']);

/** The environment of a function in its own process: its settings, what the AWS SDK reads, and Node's cache. */
export const functionVariables = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && (ownNames.has(name) || name.startsWith('AWS_')) ? [[name, value]] : [],
    ),
  );

export const bundleOf = (functionName: string): string => join(distFolder, functionName, 'index.mjs');

/** Lambda's emulator has the durable functions, and there is no vault. */
const notHere = ['run', 'watch', 'evidence-vault'];

const functionTimeoutMs = 29_000;

type Outcome = Awaited<ReturnType<ReturnType<typeof startWorker>['invoke']>>;

const resultOf = (outcome: Outcome): unknown => {
  if (outcome.kind === 'answered') return outcome.payload;
  const { ErrorType: name = 'unknown error', ErrorMessage } = outcome.error;
  const message =
    name === 'Runtime.ExitError' ? 'the process of the functions ended: start the service again' : ErrorMessage;
  throw Object.assign(new Error(message), { name });
};

/**
 * Starts the functions that are not durable, in one process of their own, so that all they print passes through this one.
 *
 * @throws what a function throws when it is loaded, such as an `EnvironmentError`
 */
export const startFunctions = async ({ refresh, onLine }: FunctionsOptions) => {
  const names = functionNames.filter((name) => !notHere.includes(name));
  const bundles = Object.fromEntries(names.map((name) => [name, bundleOf(name)]));
  const worker = startWorker({ bundles, environment: functionVariables, onOutput: onLine });
  const end = async () => {
    // What it wrote is in the pipe, and is read to its end.
    worker.kill();
    await worker.exited;
  };
  await worker.loaded.then(resultOf).catch((error) => end().then(() => Promise.reject(error)));

  const call: CallFunction = async (functionName, event) => {
    await refresh();
    const outcome = await worker.invoke({
      functionName,
      invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
      awsRequestId: randomUUID(),
      deadlineAt: Date.now() + functionTimeoutMs,
      variables: functionVariables(),
      event,
    });
    return resultOf(outcome);
  };
  return { call, [Symbol.asyncDispose]: end };
};
