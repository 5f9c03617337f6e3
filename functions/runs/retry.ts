import * as v from 'valibot';
import type { InstanceId } from '../green-api/instance-id.ts';
import { mostInstances } from '../platform/settings.ts';
import type { ReadRun, Run } from './lambda/read-run.ts';
import { stoppedByIn } from './lambda/stop-run.ts';
import { isOpen } from './open-outcome.ts';
import type { Outcome } from './outcome.ts';
import { type RetryChoice, type RunLimits, runRequestSchema } from './request.ts';
import type { RunName } from './run-name.ts';
import { isEndStatus } from './run-status.ts';

type Retry = RetryChoice & { readonly retryOf: RunName };

/** What a retry takes from the earlier run: no instants, and nothing about who requested it. */
const retriedSchema = v.object(
  v.pick(runRequestSchema, [
    'target',
    'reason',
    'except',
    'maxTargets',
    'clearQueue',
    'rotateToken',
    'dryRun',
    'watchDays',
    'retryOf',
    'only',
  ]).entries,
);

export type RetriedFields = v.InferOutput<typeof retriedSchema>;

export type RetryRefusal = {
  readonly kind: 'refused';
  /**
   * `run-not-ended`: it tries again by itself. `nothing-to-retry`: every instance is confirmed, or the request excepts it.
   * `not-repeatable`: its payload was no run, or its outcomes cannot be read.
   */
  readonly refusal: 'run-not-ended' | 'run-stopped' | 'nothing-to-retry' | 'not-repeatable';
  readonly stoppedBy?: string | undefined;
};

type RetryPlan = { readonly kind: 'fields'; readonly fields: RetriedFields };

/** The instances that are not confirmed: first those that failed, because one run takes no more than 3,000. */
const openIn = (outcomes: readonly Outcome[]): readonly InstanceId[] =>
  outcomes
    .filter(isOpen)
    .toSorted((a, b) => Number(a.kind === 'skipped') - Number(b.kind === 'skipped'))
    .slice(0, mostInstances)
    .map(({ idInstance }) => idInstance);

const refused = (refusal: RetryRefusal['refusal'], stoppedBy?: string): RetryRefusal => ({
  kind: 'refused',
  refusal,
  stoppedBy,
});

const planRetry = (
  { status, request, reason, note, progress, outcomes }: Run,
  { retryOf, evenIfStopped, ...choice }: Retry,
  ceiling: number,
): RetryPlan | RetryRefusal => {
  if (!isEndStatus(status)) return refused('run-not-ended');
  const earlier = v.safeParse(retriedSchema, { ...request, reason });
  if (!earlier.success || (outcomes.length === 0 && progress.total > 0)) return refused('not-repeatable');
  const open = openIn(outcomes);
  if (open.length === 0 && status === 'SUCCEEDED' && progress.total > 0) return refused('nothing-to-retry');
  if (status === 'STOPPED' && !evenIfStopped) return refused('run-stopped', stoppedByIn(note));
  const fields = { ...earlier.output, ...choice, ...(open.length > 0 && { only: open }), retryOf };
  return { kind: 'fields', fields: { ...fields, maxTargets: Math.min(fields.maxTargets, ceiling) } };
};

/**
 * Reads what of an earlier run is to be done again: the same target, and of it only the instances that are not confirmed. If the run
 * found no instance, or every one that it found is confirmed and it failed all the same, the target is looked for again.
 */
export const createPlanRetry =
  (readRun: ReadRun, { maxTargetsCeiling }: Pick<RunLimits, 'maxTargetsCeiling'>) =>
  async (retry: Retry): Promise<RetryPlan | RetryRefusal | Exclude<Awaited<ReturnType<ReadRun>>, Run>> => {
    const run = await readRun(retry.retryOf);
    return run.kind === 'run' ? planRetry(run, retry, maxTargetsCeiling) : run;
  };
