import * as v from 'valibot';
import type { RecordEvidence } from '../../logout/evidence.ts';
import type { Log } from '../../platform/log.ts';
import { parseJsonAs } from '../../platform/unknown-values.ts';
import { operationNames } from '../operation-names.ts';
import type { RunResults } from '../outcome.ts';
import { runRequestSchema } from '../request.ts';
import { instancesUnderWay, resultsAtEnd, resultsFromSteps, retriesIn } from '../results-from-steps.ts';
import { type RecordRunEnd, runEndedOf } from '../run-ended.ts';
import { evidenceOf, isDecided } from '../run-evidence.ts';
import type { RunName } from '../run-name.ts';
import { newTargetState, type TargetState } from '../target-state.ts';
import type { RunHistory } from './read-history.ts';
import type { Readers } from './read-run.ts';
import { stoppedByIn } from './stop-run.ts';

/**
 * Records the evidence of each instance that a stopped run sent a logout, or may have, and did not confirm in a checkpoint. It also
 * records and publishes the end of the run. It never rejects. The step that was under way confirms instances by itself, before this
 * record or after it: a confirmed record counts.
 */
export type RecordStopped = (name: RunName, stoppedBy: string) => Promise<void>;

type RecordStoppedDependencies = Readers & {
  readonly recordEvidence: RecordEvidence;
  readonly recordRunEnd: RecordRunEnd;
  readonly now: () => Date;
  readonly log: Log;
};

/** The targets that were pending when the run was stopped, each with its last outcome. */
const unfinishedTargets = ({ steps }: RunHistory, { outcomes }: RunResults): readonly TargetState[] => {
  const pending = resultsFromSteps(steps).outcomes.filter(({ kind }) => kind === 'pending');
  const wasPending = new Set(pending.map(({ idInstance }) => idInstance));
  const retries = retriesIn(steps);
  return outcomes
    .filter(({ idInstance }) => wasPending.has(idInstance))
    .map((outcome) => {
      const { retry } = newTargetState(outcome.idInstance);
      return { ...outcome, retry: { ...retry, ...retries.get(outcome.idInstance) } };
    });
};

const lost = 'evidence of a stopped run not recorded: send the DELETE again';

export const createRecordStopped = (dependencies: RecordStoppedDependencies): RecordStopped => {
  const { readExecution, readHistory, recordEvidence, recordRunEnd, now, log } = dependencies;
  const reportLoss = (run: RunName, failure: { readonly kind: string; readonly detail?: string }) =>
    log('ERROR', lost, { run, detail: failure.detail ?? failure.kind });

  return async (name, stoppedBy) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return reportLoss(name, execution);
    const request = parseJsonAs(runRequestSchema, execution.payload);
    // An invalid run does nothing.
    if (request === undefined) return;
    const history = await readHistory(execution.arn);
    if (history.kind !== 'history') return reportLoss(name, history);

    const { steps, unfinished } = history;
    const start = steps.find(({ name: step }) => step === operationNames.start);
    const startedAt = parseJsonAs(v.string(), start?.payload) ?? execution.startedAt.toISOString();
    const run = { id: name, request, startedAt };
    // A drill sends no logout, so nothing is in doubt, and there is nothing to record of its instances.
    const underWay = request.dryRun ? new Set<never>() : instancesUnderWay(steps, unfinished);
    const results = resultsAtEnd(steps, underWay, 'the run was stopped');
    const targets = request.dryRun ? [] : unfinishedTargets(history, results).filter(isDecided);
    // Whoever stopped it may be another caller than the one who repeats the DELETE.
    const stopper = stoppedByIn(execution.error?.message) ?? stoppedBy;
    for (const target of targets) await recordEvidence(evidenceOf(target, run, stopper));
    const endedAt = (execution.endedAt ?? now()).toISOString();
    await recordRunEnd(runEndedOf(run, { ...results, stoppedBy: stopper }, endedAt));
  };
};
