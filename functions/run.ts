import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createListInstances, createReadTags } from './instances/directory.ts';
import { composeGreenApi } from './logout/call-with-credential.ts';
import { composeRecordEvidence, createBus } from './logout/record-evidence.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import { readEnvironment, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { createForcedLogoutRun, type ForcedLogoutRunDependencies } from './runs/execute-run.ts';
import { composePublishOutcomes } from './runs/publish-outcomes.ts';
import type { Summary } from './runs/summary.ts';

export type RunHandlerDependencies = ForcedLogoutRunDependencies;

/** The name of an execution, which is the id of its run: `…:function:NAME:VERSION/durable-execution/NAME/ID`. */
const runIdOf = (executionArn: string): string =>
  executionArn.split('/durable-execution/')[1]?.split('/')[0] ?? executionArn;

/** One run from its payload to its summary, as a Lambda durable function. */
export const createRunHandler = (dependencies: RunHandlerDependencies) => {
  const runForcedLogout = createForcedLogoutRun(dependencies);
  // Lambda repeats the step of an invocation that ran out of time. Middy's own limit would fail the whole run instead.
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

export const composeRun = (variables: Variables, write: Write): RunHandlerDependencies => {
  const environment = readEnvironment(variables);
  const { secretPrefix } = environment;
  const client = createSecretsManager();
  const log = createLog(write);
  return {
    ...composeGreenApi(client, environment, log),
    listInstances: createListInstances({ client, secretPrefix }),
    readTags: createReadTags({ client, secretPrefix }),
    recordEvidence: composeRecordEvidence(log, environment, undefined),
    publishOutcomes: composePublishOutcomes(createBus(environment.eventBus), log),
    stack: environment.stack,
    log,
    now: () => new Date(),
    sleep,
  };
};

export const handler = createRunHandler(composeRun(process.env, writeLine));
