import { setTimeout as sleep } from 'node:timers/promises';
import { composeGreenApi, type Waits } from './instances/call-with-credential.ts';
import { createListInstances, createReadTags } from './instances/directory.ts';
import { composeRotation } from './instances/token-rotation/attempt.ts';
import { createTestOldToken } from './instances/token-rotation/old-token.ts';
import { createRotateToken } from './instances/token-rotation/rotate-token.ts';
import {
  composeRecordEvidence,
  createBus,
  createPublishEvents,
  createPublishOutcomes,
} from './logout/record-evidence.ts';
import { createLambda, createSecretsManager } from './platform/aws-clients.ts';
import { parseVariables, type Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { listingSettings, readEnvironment, readExecutionTimeoutMs, watchingSettings } from './platform/settings.ts';
import { createDurableHandler, nameInInvocation } from './runs/durable-operations.ts';
import { createExecuteRun, type RunDependencies } from './runs/execute-run.ts';
import { createStartExecution } from './runs/lambda/start-run.ts';
import { createRecordRunEnd } from './runs/run-ended.ts';
import { createCountFaults } from './runs/run-metrics.ts';
import type { WatchName } from './runs/start-watch.ts';

/** One run from its payload to its summary, as a Lambda durable function. */
export const createRunHandler = (dependencies: RunDependencies) => {
  const { log, stack, now } = dependencies;
  return createCountFaults(log, stack, now, nameInInvocation)(createDurableHandler(createExecuteRun(dependencies)));
};

export const composeRun = (variables: Variables, write: Write, { clock, ...waits }: Waits = {}): RunDependencies => {
  const environment = readEnvironment(variables);
  const { secretPrefix } = environment;
  const { watchFunction, watchQualifier } = parseVariables(watchingSettings, variables);
  const client = createSecretsManager();
  const log = createLog(write);
  const composed = composeGreenApi(client, environment, log, waits);
  const rotation = composeRotation(client, composed.greenApi, environment, clock);
  const publishEvents = createPublishEvents(createBus(environment.eventBus), log);
  return {
    ...composed,
    rotateToken: environment.tokenRotation ? createRotateToken(rotation) : undefined,
    testOldToken: createTestOldToken(rotation),
    listInstances: createListInstances({ client, ...parseVariables(listingSettings, variables) }),
    readTags: createReadTags({ client, secretPrefix }),
    recordEvidence: composeRecordEvidence(log, environment, undefined),
    recordRunEnd: createRecordRunEnd(log, publishEvents),
    publishOutcomes: createPublishOutcomes(publishEvents),
    startWatchExecution: createStartExecution<WatchName>({
      client: createLambda(),
      functionName: watchFunction,
      qualifier: watchQualifier,
    }),
    executionTimeoutMs: readExecutionTimeoutMs(variables),
    stack: environment.stack,
    log,
    now: () => new Date(),
    sleep,
  };
};

export const handler = createRunHandler(composeRun(process.env, writeLine));
