import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { RecordEvidence } from '../logout/evidence.ts';
import type { Environment } from './environment.ts';
import type { Log } from './log.ts';
import { metricsOf } from './metrics.ts';
import { createEventBridge, createPublishOutcome, type PublishOutcome } from './publish-outcome.ts';

const nobodyListens: PublishOutcome = async () => {};

/** One line that is record and metric, then the outcome event, if there is a bus. */
export const wireEvidence = (
  log: Log,
  { eventBus, stack }: Environment,
  client?: Pick<EventBridgeClient, 'send'>,
): RecordEvidence => {
  const publish =
    eventBus === undefined
      ? nobodyListens
      : createPublishOutcome({
          client: client ?? createEventBridge(),
          eventBus,
          reportLoss: (fields) => log('ERROR', 'outcome event not sent', fields),
        });
  return (evidence) => {
    log('INFO', 'evidence', { ...evidence, ...metricsOf(evidence, stack, new Date()) });
    return publish(evidence);
  };
};
