import type { Evidence, RecordEvidence } from '../logout/evidence.ts';
import { type FailureKind, type LogoutOutcome, type OutcomeKind, retryable } from '../logout/outcome.ts';
import { deadlineIn, hasPassed } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { inParallel } from './in-parallel.ts';
import type { Outcome } from './outcome.ts';
import type { ProcessTarget } from './process-target.ts';
import type { RunIdentity } from './request.ts';
import { expired, isPending, lastState, retryOrFail, type TargetState } from './target-state.ts';

/** A target state that has ended in an outcome. */
type DecidedTarget = TargetState & { readonly kind: OutcomeKind };

const isFailureKind = (kind: OutcomeKind): kind is FailureKind => Object.hasOwn(retryable, kind);

const outcomeOf = (targetState: DecidedTarget): LogoutOutcome => {
  const { kind, detail = '' } = targetState;
  const state = lastState(targetState);
  const reported = {
    ...(targetState.retry.isLogout && { isLogout: true }),
    ...(state !== undefined && { stateInstance: state }),
  };
  if (isFailureKind(kind)) return { kind, confirmed: false, detail, ...reported };
  return { kind, confirmed: true, ...reported };
};

/** From when the time to logout counts: the event's own or the scheduled time, or the instant it was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RunIdentity): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

/** What a run leaves of one instance for good. */
export const evidenceOf = (targetState: DecidedTarget, run: RunIdentity): Evidence => {
  const { source, occurredAt, requestedBy, reason } = run.request;
  const { confirmedAt, queueCleared } = targetState;
  const { tags, queueProblem } = targetState.retry;
  return {
    version: 1,
    idInstance: targetState.idInstance,
    function: 'run',
    requestedBy,
    reason,
    requestedAt: run.startedAt,
    ...(confirmedAt !== undefined && {
      confirmedAt,
      timeToLogoutMs: Math.max(0, Date.parse(confirmedAt) - causeMs(run)),
    }),
    attempts: targetState.attempts,
    readings: targetState.retry.readings,
    outcome: outcomeOf(targetState),
    ...(queueCleared !== undefined && {
      queue: { cleared: queueCleared, ...(queueProblem !== undefined && { detail: queueProblem }) },
    }),
    run: { id: run.id, source, ...(occurredAt !== undefined && { occurredAt }), ...(tags !== undefined && { tags }) },
  };
};

/** What one batch of a round leaves in its checkpoint. */
export type BatchResult = {
  readonly round: number;
  /** When it ended; ISO 8601. */
  readonly at: string;
  /** The next batch might outlive this invocation. */
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

/** 200 instances at 50 at once take 4 turns; one turn of nothing but time-outs takes about a minute. In milliseconds. */
const longestBatchMs = 5 * 60 * 1_000;
/** Time to write the checkpoint before Lambda's own limit, in milliseconds. */
const closingMs = 20_000;
const concurrency = 50;

const withoutRetry = ({ retry: _, ...outcome }: TargetState): Outcome => outcome;

const createReport =
  ({ recordEvidence, log }: BatchDependencies, run: RunIdentity) =>
  async (targetState: TargetState): Promise<void> => {
    const { kind, idInstance, detail, attempts } = targetState;
    if (kind === 'skipped')
      log('WARN', 'instance skipped', { run: run.id, idInstance, detail, attempts, tags: targetState.retry.tags });
    else if (kind !== 'pending') await recordEvidence(evidenceOf({ ...targetState, kind }, run));
  };

/**
 * Handles one batch of a round: what is decided leaves its evidence, once or, after a crash, twice. It never rejects, and
 * no instance stops another. What the time does not suffice for stays pending; once the run has expired, nothing does.
 */
export const createProcessBatch = (dependencies: BatchDependencies) => {
  const { processTarget, log, now } = dependencies;

  return async (
    run: RunIdentity,
    round: number,
    batch: readonly TargetState[],
    remainingMs: () => number,
  ): Promise<BatchResult> => {
    const report = createReport(dependencies, run);
    const untilExpiryMs = () => Date.parse(run.request.expiresAt) - now().getTime();
    const allowedMs = Math.min(longestBatchMs, remainingMs() - closingMs, untilExpiryMs());
    const deadline = deadlineIn(allowedMs);

    // The evidence comes with the decision, and a run may be stopped before there is one.
    const noteSent = ({ idInstance, attempts, retry: { tags } }: TargetState) => {
      const { requestedBy, reason } = run.request;
      log('INFO', 'logout sent', { run: run.id, idInstance, attempts, requestedBy, reason, tags });
    };

    const takeFurther = async (targetState: TargetState): Promise<TargetState> => {
      if (hasPassed(deadline)) return targetState;
      try {
        return await processTarget(targetState, run.request, deadline);
      } catch (error) {
        const name = errorNameOf(error);
        log('ERROR', 'unexpected error', { run: run.id, idInstance: targetState.idInstance, error: name });
        return retryOrFail(targetState, 'unavailable', `unexpected error: ${name}`);
      }
    };

    const handle = async (targetState: TargetState): Promise<TargetState> => {
      const further = await takeFurther(targetState);
      const next = isPending(further) && untilExpiryMs() <= 0 ? expired(further) : further;
      if (isPending(next) && next.attempts > targetState.attempts) noteSent(next);
      await report(next);
      return next;
    };

    const targetStates = await inParallel(concurrency, batch, handle);
    return {
      round,
      at: now().toISOString(),
      timeIsShort: remainingMs() < longestBatchMs + closingMs,
      targetStates: targetStates.map((targetState) =>
        isPending(targetState) ? targetState : withoutRetry(targetState),
      ),
    };
  };
};
