import type { RecordEvidence } from '../logout/evidence.ts';
import type { Environment } from './environment.ts';
import type { Log } from './log.ts';
import { metricsOf } from './metrics.ts';
import { type Bus, createPublishOutcome, type PublishOutcome } from './publish-outcome.ts';

const nobodyListens: PublishOutcome = async () => {};

/** One line that is record and metric, then the outcome event, if there is a bus. */
export const wireEvidence = (log: Log, { stack }: Pick<Environment, 'stack'>, bus: Bus | undefined): RecordEvidence => {
  const publish = bus
    ? createPublishOutcome({ ...bus, reportLoss: (fields) => log('ERROR', 'outcome event not sent', fields) })
    : nobodyListens;
  return (evidence) => {
    log('INFO', 'evidence', { ...evidence, ...metricsOf(evidence, stack, new Date()) });
    return publish(evidence);
  };
};
