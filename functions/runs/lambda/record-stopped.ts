import * as v from 'valibot';
import type { RecordEvidence } from '../../logout/evidence.ts';
import type { Log } from '../../platform/log.ts';
import { parseJsonAs } from '../../platform/unknown-values.ts';
import { operationNames } from '../operation-names.ts';
import type { RunResults } from '../outcome.ts';
import { type RunRequest, runRequestSchema } from '../request.ts';
import { instancesUnderWay, linkedAgainIn, resultsAtEnd, resultsFromSteps, retriesIn } from '../results-from-steps.ts';
import { type RecordRunEnd, runEndedOf } from '../run-ended.ts';
import { evidenceOf, isDecided, type RecordedRun } from '../run-evidence.ts';
import type { RunName } from '../run-name.ts';
import { newTargetState, type TargetState } from '../target-state.ts';
import type { RunHistory } from './read-history.ts';
import type { Readers, RunExecution } from './read-run.ts';
import { stoppedByIn } from './stop-run.ts';

/**
 * Records the evidence of each instance that a stopped run sent a logout, or may have, and did not confirm in a checkpoint. It also
 * records and publishes the end of the run. It never rejects. The step that was under way confirms instances by itself, before this record or after it: a confirmed record counts.
 */
export type RecordStopped = (name: RunName, stoppedBy: string) => Promise<void>;

export type RecordStoppedDependencies = Readers & {
  readonly recordEvidence: RecordEvidence;
  readonly recordRunEnd: RecordRunEnd;
  readonly now: () => Date;
  readonly log: Log;
};

/** What a stopped run came to. A drill sends no logout, so nothing is in doubt. */
const resultsOfStopped = ({ steps, unfinished }: RunHistory, { dryRun }: RunRequest): RunResults =>
  resultsAtEnd(steps, dryRun ? new Set() : instancesUnderWay(steps, unfinished), 'the run was stopped');

/** The targets that were pending when the run was stopped, each with its last outcome. */
const unfinishedTargets = ({ steps }: RunHistory, { outcomes }: RunResults): readonly TargetState[] => {
  const wasPending = new Set(
    resultsFromSteps(steps)
      .outcomes.filter(({ kind }) => kind === 'pending')
      .map(({ idInstance }) => idInstance),
  );
  const retries = retriesIn(steps);
  const linkedAgain = linkedAgainIn(steps);
  return outcomes
    .filter(({ idInstance }) => wasPending.has(idInstance))
    .map((outcome) => {
      const { retry } = newTargetState(outcome.idInstance);
      const told = linkedAgain.has(outcome.idInstance) ? ({ linkedAgain: true } as const) : {};
      return { ...outcome, retry: { ...retry, ...retries.get(outcome.idInstance), ...told } };
    });
};

const identityOf = (
  id: RunName,
  request: RunRequest,
  { startedAt }: RunExecution,
  { steps }: RunHistory,
): RecordedRun => {
  const start = steps.find(({ name }) => name === operationNames.start);
  return { id, request, startedAt: parseJsonAs(v.string(), start?.payload) ?? startedAt.toISOString() };
};

/** The caller who stopped it, who may be another one than the caller who repeats the DELETE. */
const stopperIn = ({ error }: RunExecution): string | undefined => stoppedByIn(error?.message ?? '');

export const createRecordStopped = (dependencies: RecordStoppedDependencies): RecordStopped => {
  const { readExecution, readHistory, recordEvidence, recordRunEnd, now, log } = dependencies;
  const reportLoss = (run: RunName, failure: { readonly kind: string; readonly detail?: string }) =>
    log('ERROR', 'evidence of a stopped run not recorded: send the DELETE again', {
      run,
      detail: failure.detail ?? failure.kind,
    });

  return async (name, stoppedBy) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return reportLoss(name, execution);
    const request = parseJsonAs(runRequestSchema, execution.payload);
    // An invalid run does nothing.
    if (request === undefined) return;
    const history = await readHistory(execution.arn);
    if (history.kind !== 'history') return reportLoss(name, history);

    const run = identityOf(name, request, execution, history);
    const results = resultsOfStopped(history, request);
    const stopper = stopperIn(execution) ?? stoppedBy;
    // A drill sends no logout, so there is nothing to record of its instances.
    const unfinished = request.dryRun ? [] : unfinishedTargets(history, results).filter(isDecided);
    for (const target of unfinished) await recordEvidence(evidenceOf(target, run, stopper));
    const endedAt = (execution.endedAt ?? now()).toISOString();
    await recordRunEnd(runEndedOf(run, { ...results, stoppedBy: stopper }, endedAt));
  };
};
