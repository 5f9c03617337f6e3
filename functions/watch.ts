import { composeGreenApi, type Waits } from './instances/call-with-credential.ts';
import { createReadTags } from './instances/directory.ts';
import { evidenceMessage } from './logout/evidence.ts';
import { createBus, createPublishEvents } from './logout/record-evidence.ts';
import { createSecretsManager } from './platform/aws-clients.ts';
import type { Variables } from './platform/environment.ts';
import { createLog, type Write, writeLine } from './platform/log.ts';
import { stackMetrics } from './platform/metrics.ts';
import { readEnvironment } from './platform/settings.ts';
import { createDurableHandler } from './runs/durable-operations.ts';
import { createWatch } from './watch/execute-watch.ts';
import type { PollDependencies } from './watch/poll.ts';
import { type LinkedAgainEvidence, linkedAgainEventOf, linkedAgainMetric } from './watch/watch-evidence.ts';

/** Watches the instances that a run logged out, in case somebody links one again, as a Lambda durable function. */
export const createWatchHandler = (dependencies: PollDependencies) => createDurableHandler(createWatch(dependencies));

export const composeWatch = (
  variables: Variables,
  write: Write,
  waits: Pick<Waits, 'rateLimiter'> = {},
): PollDependencies => {
  const environment = readEnvironment(variables);
  const client = createSecretsManager();
  const log = createLog(write);
  const now = () => new Date();
  const publishEvents = createPublishEvents(createBus(environment.eventBus), log);
  return {
    // A credential is good until GREEN-API refuses it, and then the secret is read again.
    ...composeGreenApi(client, { ...environment, credentialTtlMs: Number.POSITIVE_INFINITY }, log, waits),
    readTags: createReadTags({ client, secretPrefix: environment.secretPrefix }),
    recordLinkedAgain: (evidence) =>
      log('WARN', evidenceMessage, {
        ...evidence,
        ...stackMetrics({ [linkedAgainMetric]: 1 }, environment.stack, now()),
      }),
    publishLinkedAgain: (evidence: readonly LinkedAgainEvidence[]) => publishEvents(evidence.map(linkedAgainEventOf)),
    stack: environment.stack,
    log,
    now,
  };
};

export const handler = createWatchHandler(composeWatch(process.env, writeLine));
