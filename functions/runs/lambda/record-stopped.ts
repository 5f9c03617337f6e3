import * as v from 'valibot';
import { instanceIdSchema } from '../../green-api/instance-id.ts';
import type { RecordEvidence } from '../../logout/evidence.ts';
import type { Log } from '../../platform/log.ts';
import { parseJsonAs } from '../../platform/unknown-values.ts';
import { byPlace, operationNames, placeOf } from '../operation-names.ts';
import { type RunRequest, runRequestSchema } from '../request.ts';
import {
  type FinishedStep,
  instancesUnderWay,
  linkedAgainIn,
  resultsAtEnd,
  resultsFromSteps,
} from '../results-from-steps.ts';
import { evidenceOf, isDecided, type RecordedRun } from '../run-evidence.ts';
import type { RunName } from '../run-name.ts';
import { newTargetState, type RetryState, type TargetState } from '../target-state.ts';
import type { ReadHistory, RunHistory } from './read-history.ts';
import type { ReadExecution, RunExecution } from './read-run.ts';
import { stoppedByIn } from './stop-run.ts';

/**
 * Records the evidence of each instance that a stopped run sent a logout, or may have, and did not confirm in a checkpoint. It never
 * rejects. The step that was under way confirms instances by itself, before this record or after it: a confirmed record counts.
 */
export type RecordStopped = (name: RunName, stoppedBy: string) => Promise<void>;

export type RecordStoppedDependencies = {
  readonly readExecution: ReadExecution;
  readonly readHistory: ReadHistory;
  readonly recordEvidence: RecordEvidence;
  readonly log: Log;
};

const at = v.string();
const retrySchema = v.object({
  readings: v.array(
    v.union([v.object({ at, stateInstance: v.nullable(v.string()) }), v.object({ at, failure: v.string() })]),
  ),
  isLogout: v.exactOptional(v.literal(true)),
  tags: v.exactOptional(
    v.object({ owner: v.exactOptional(v.string()), group: v.exactOptional(v.string()), protected: v.boolean() }),
  ),
});
const batchSchema = v.object({
  targetStates: v.array(v.object({ idInstance: instanceIdSchema, retry: v.exactOptional(retrySchema) })),
});

const newestRetries = (steps: readonly FinishedStep[]): ReadonlyMap<string, Partial<RetryState>> =>
  new Map(
    steps
      .flatMap(({ name, payload }) => {
        const place = placeOf(name);
        const batch = parseJsonAs(batchSchema, payload);
        return place === undefined || batch === undefined ? [] : [{ ...place, ...batch }];
      })
      .toSorted(byPlace)
      .flatMap(({ targetStates }) => targetStates.map(({ idInstance, retry = {} }) => [idInstance, retry] as const)),
  );

/** The targets that were pending when the run was stopped, each with its last outcome. */
const unfinishedTargets = ({ steps, unfinished }: RunHistory): readonly TargetState[] => {
  const wasPending = new Set(
    resultsFromSteps(steps)
      .outcomes.filter(({ kind }) => kind === 'pending')
      .map(({ idInstance }) => idInstance),
  );
  const retries = newestRetries(steps);
  const linkedAgain = linkedAgainIn(steps);
  return resultsAtEnd(steps, instancesUnderWay(steps, unfinished), 'the run was stopped')
    .outcomes.filter(({ idInstance }) => wasPending.has(idInstance))
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
  const { readExecution, readHistory, recordEvidence, log } = dependencies;
  const reportLoss = (run: RunName, failure: { readonly kind: string; readonly detail?: string }) =>
    log('ERROR', 'evidence of a stopped run not recorded: send the DELETE again', {
      run,
      detail: failure.detail ?? failure.kind,
    });

  return async (name, stoppedBy) => {
    const execution = await readExecution(name);
    if (execution.kind !== 'execution') return reportLoss(name, execution);
    const request = parseJsonAs(runRequestSchema, execution.payload);
    // A drill sends no logout, and an invalid run does nothing.
    if (request === undefined || request.dryRun) return;
    const history = await readHistory(execution.arn);
    if (history.kind !== 'history') return reportLoss(name, history);

    const run = identityOf(name, request, execution, history);
    for (const target of unfinishedTargets(history))
      if (isDecided(target)) await recordEvidence(evidenceOf(target, run, stopperIn(execution) ?? stoppedBy));
  };
};
