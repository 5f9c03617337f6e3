import type { RecordEvidence } from '../logout/evidence.ts';
import { deadlineIn, hasPassed } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { inParallel } from './in-parallel.ts';
import type { Outcome } from './outcome.ts';
import type { ProcessTarget } from './process-target.ts';
import type { RunIdentity } from './request.ts';
import { evidenceOf } from './run-evidence.ts';
import { expired, isPending, retryOrFail, type TargetState } from './target-state.ts';

/** The checkpoint of one batch of a round. */
export type BatchResult = {
  readonly round: number;
  /** When the batch ended; ISO 8601. */
  readonly at: string;
  /** The invocation may not have enough time for another batch. */
  readonly timeIsShort: boolean;
  /** As they are now: those still pending with their retry state. */
  readonly targetStates: readonly (Outcome | TargetState)[];
};

export type BatchDependencies = {
  readonly processTarget: ProcessTarget;
  readonly recordEvidence: RecordEvidence;
  readonly log: Log;
  readonly now: () => Date;
};

/**
 * Longest time of a batch, in milliseconds. 200 instances, 50 at once, need four turns, and a turn in which every call times out
 * takes about a minute.
 */
const longestBatchMs = 5 * 60 * 1_000;
/** Time to write the checkpoint before Lambda's own limit, in milliseconds. */
const closingMs = 20_000;
const concurrency = 50;

const withoutRetry = ({ retry: _, ...outcome }: TargetState): Outcome => outcome;

/**
 * Processes one batch of a round and records the evidence of each decided instance, which a crash may repeat. It never
 * rejects, and one instance's failure stops no other. An instance that there is no time for stays pending; when the run has
 * expired, none does.
 */
export const createProcessBatch = ({ processTarget, recordEvidence, log, now }: BatchDependencies) => {
  // A run may be stopped before the evidence of a logout that it sent.
  const logSent = (
    { id, request: { requestedBy, reason } }: RunIdentity,
    { idInstance, attempts, retry }: TargetState,
  ) => log('INFO', 'logout sent', { run: id, idInstance, attempts, requestedBy, reason, tags: retry.tags });

  const report = async (run: RunIdentity, target: TargetState): Promise<void> => {
    const { kind, idInstance, skipReason, detail, attempts, retry } = target;
    if (kind === 'skipped')
      log('WARN', 'instance skipped', { run: run.id, idInstance, skipReason, detail, attempts, tags: retry.tags });
    else if (kind !== 'pending') await recordEvidence(evidenceOf({ ...target, kind }, run));
  };

  const processSafely = async (run: RunIdentity, ...[target, ...rest]: Parameters<ProcessTarget>) => {
    try {
      return await processTarget(target, ...rest);
    } catch (error) {
      const name = errorNameOf(error);
      log('ERROR', 'unexpected error', { run: run.id, idInstance: target.idInstance, error: name });
      return retryOrFail(target, 'unavailable', `unexpected error: ${name}`);
    }
  };

  return async (
    run: RunIdentity,
    round: number,
    batch: readonly TargetState[],
    remainingMs: () => number,
  ): Promise<BatchResult> => {
    const untilExpiryMs = () => Date.parse(run.request.expiresAt) - now().getTime();
    const deadline = deadlineIn(Math.min(longestBatchMs, remainingMs() - closingMs, untilExpiryMs()));

    const processOne = async (target: TargetState): Promise<TargetState> => {
      const processed = hasPassed(deadline) ? target : await processSafely(run, target, run.request, deadline);
      const next = isPending(processed) && untilExpiryMs() <= 0 ? expired(processed) : processed;
      if (isPending(next) && next.attempts > target.attempts) logSent(run, next);
      await report(run, next);
      return next;
    };

    const targetStates = await inParallel(concurrency, batch, processOne);
    return {
      round,
      at: now().toISOString(),
      timeIsShort: remainingMs() < longestBatchMs + closingMs,
      targetStates: targetStates.map((target) => (isPending(target) ? target : withoutRetry(target))),
    };
  };
};
