import type { Evidence } from '../logout/evidence.ts';
import type { PublishOutcomes } from '../logout/record-evidence.ts';
import { deadlineIn, hasPassed } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { type Outcome, shownTags } from './outcome.ts';
import type { ProcessTarget, RoundContext } from './process-target.ts';
import type { RunIdentity } from './request.ts';
import { expired, isPending, lacksOneReading, retryOrFail, type TargetState } from './target-state.ts';
import { applyInterruption } from './transitions.ts';

/** The checkpoint of one batch of a round. */
export type BatchResult = {
  readonly round: number;
  readonly at: string;
  /** The invocation may not have enough time for another batch. */
  readonly timeIsShort: boolean;
  /** As they are now: those still pending with their retry state. */
  readonly targetStates: readonly (Outcome | TargetState)[];
};

/** Reports what is known of an instance after a round; gives the evidence record if it left one. It must not publish the outcome. */
export type ReportTarget = (run: RunIdentity, target: TargetState) => Promise<Evidence | undefined>;

export type BatchDependencies = {
  readonly processTarget: ProcessTarget;
  readonly report: ReportTarget;
  readonly publishOutcomes: PublishOutcomes;
  readonly log: Log;
  readonly now: () => Date;
};

/** Longest time of a batch, in milliseconds. 200 instances, 50 at once, need four turns, and a turn in which every call times out takes about a minute. */
const longestBatchMs = 5 * 60 * 1_000;
const concurrency = 50;

const checkpointOf = (target: TargetState): Outcome | TargetState => {
  if (isPending(target)) return target;
  const { retry, ...outcome } = target;
  return { ...outcome, ...shownTags(retry.tags) };
};

/**
 * Processes one batch of a round and reports each of its instances, which a crash may repeat. It never rejects, and one
 * instance's failure stops no other. An instance that there is no time for stays pending; when the run has expired, none does.
 */
export const createProcessBatch = (dependencies: BatchDependencies) => {
  const { processTarget, report, publishOutcomes, log, now } = dependencies;

  const processSafely = async (target: TargetState, round: RoundContext): Promise<TargetState> => {
    try {
      return hasPassed(round.deadline) ? target : await processTarget(target, round);
    } catch (error) {
      const name = errorNameOf(error);
      log('ERROR', 'unexpected error', { run: round.runId, idInstance: target.idInstance, error: name });
      return retryOrFail(target, { kind: 'unavailable', detail: `unexpected error: ${name}` }, now().toISOString());
    }
  };

  /** @param isRepeated an earlier attempt at the same batch was interrupted */
  return async (
    run: RunIdentity,
    round: number,
    batch: readonly TargetState[],
    isRepeated: boolean,
    remainingMs: () => number,
  ): Promise<BatchResult> => {
    const { id: runId, request, expiresAt } = run;
    const { requestedBy, reason } = request;
    const untilExpiryMs = () => Date.parse(expiresAt) - now().getTime();
    const context: RoundContext = {
      runId,
      request,
      expiresAt,
      deadline: deadlineIn(Math.min(longestBatchMs, remainingMs(), untilExpiryMs())),
      // A process may die, or a run be stopped, before there is evidence of a logout that was sent.
      onLogoutSent: ({ idInstance, attempts, retry: { tags } }) =>
        log('INFO', 'logout sent', { run: runId, idInstance, attempts, requestedBy, reason, tags }),
    };
    const evidence: Evidence[] = [];

    const processOnce = (target: TargetState) =>
      processSafely(isRepeated ? applyInterruption(target) : target, context);
    // GREEN-API allows a reading a second: the last one has a turn of its own, when most of that time has passed.
    const confirm = async (target: TargetState): Promise<TargetState> => {
      const processed = lacksOneReading(target) ? await processSafely(target, context) : target;
      const next = isPending(processed) && untilExpiryMs() <= 0 ? expired(processed) : processed;
      const record = await report(run, next);
      if (record !== undefined) evidence.push(record);
      return next;
    };

    const processed = await inParallel(concurrency, batch, processOnce);
    const targetStates = (await inParallel(concurrency, processed, confirm)).map(checkpointOf);
    await publishOutcomes(evidence);
    return { round, at: now().toISOString(), timeIsShort: remainingMs() < longestBatchMs, targetStates };
  };
};

export type ProcessBatch = ReturnType<typeof createProcessBatch>;
