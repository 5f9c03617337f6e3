import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createForcedLogoutRun, type ForcedLogoutRunDependencies } from './forced-logout/forced-logout-run.ts';
import type { Summary } from './forced-logout/summary.ts';
import { wireRun } from './runtime/wire-run.ts';

export type RunHandlerDependencies = ForcedLogoutRunDependencies;

/** The name of an execution, which is the id of its run: `…:function:NAME:VERSION/durable-execution/NAME/ID`. */
const runIdOf = (executionArn: string): string =>
  executionArn.split('/durable-execution/')[1]?.split('/')[0] ?? executionArn;

/** One forced logout from its payload to its summary, as a Lambda durable function. */
export const createRunHandler = (dependencies: RunHandlerDependencies) => {
  const runForcedLogout = createForcedLogoutRun(dependencies);
  // Lambda may end an invocation for lack of time and repeat its step; middy's own limit would fail the whole run.
  return middy<unknown, Summary, Error, DurableContext>({
    executionMode: executionModeDurableContext,
    timeoutEarlyInMillis: 0,
  }).handler((event, context) =>
    runForcedLogout(event, {
      runId: runIdOf(context.executionContext.durableExecutionArn),
      durable: context,
      remainingMs: () => context.lambdaContext.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY,
    }),
  );
};

export const handler = createRunHandler(wireRun());
