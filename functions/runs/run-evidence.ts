import type { Evidence, RecordEvidence } from '../logout/evidence.ts';
import { type FailureKind, failureKinds, type LogoutOutcome, type OutcomeKind } from '../logout/outcome.ts';
import { defined } from '../platform/defined.ts';
import type { Log } from '../platform/log.ts';
import { logSkipped } from './outcome.ts';
import type { ReportTarget } from './process-batch.ts';
import type { RunIdentity, RunRequest } from './request.ts';
import { lastState, type TargetState } from './target-state.ts';

type DecidedTarget = TargetState & { readonly kind: OutcomeKind };

const isFailureKind = (kind: string): kind is FailureKind => Object.hasOwn(failureKinds, kind);

export const isDecided = (target: TargetState): target is DecidedTarget =>
  target.kind === 'logged-out' || target.kind === 'already-logged-out' || isFailureKind(target.kind);

const outcomeOf = (target: DecidedTarget): LogoutOutcome => {
  const { kind, detail = '', retry } = target;
  const reported = defined({ isLogout: retry.isLogout, stateInstance: lastState(target) });
  return isFailureKind(kind) ? { kind, confirmed: false, detail, ...reported } : { kind, confirmed: true, ...reported };
};

/** What of a run the evidence is made of. */
export type RecordedRun = Omit<RunIdentity, 'expiresAt'>;

/** Start of the time to logout: the time of the cause, or the instant that the run was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RecordedRun): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

export const requesterOf = (request: RunRequest) => {
  const { requestId, requestedBy, session, email, person, account, reason } = request;
  return defined({ requestId, requestedBy, session, email, person, account, reason });
};

/** Whose time `occurredAt` is. The payload of a report says it itself; one of version 0.2 does not, and then it is not known. */
const originOf = { api: 'arrival', schedule: 'event', offboarding: undefined } as const;

export const causeOf = (request: RunRequest) => {
  const { source, actor, occurredAt, retryOf, redrivenBy } = request;
  const { occurredAtIs = originOf[source] } = request;
  const isKnown = occurredAt !== undefined;
  return defined({ source, actor, occurredAt, occurredAtIs: isKnown ? occurredAtIs : undefined, retryOf, redrivenBy });
};

/**
 * The evidence record that a run leaves of one instance.
 *
 * @param stoppedBy who stopped the run before this instance was confirmed
 */
export const evidenceOf = (target: DecidedTarget, run: RecordedRun, stoppedBy?: string): Evidence => {
  const { idInstance, attempts, confirmedAt, queueCleared: cleared, token, retry } = target;
  const { readings, queueProblem, linkedAgain, tags } = retry;
  return defined({
    version: 1,
    idInstance,
    function: 'run',
    ...requesterOf(run.request),
    requestedAt: run.startedAt,
    confirmedAt,
    timeToLogoutMs: confirmedAt === undefined ? undefined : Math.max(0, Date.parse(confirmedAt) - causeMs(run)),
    attempts,
    readings,
    outcome: outcomeOf(target),
    queue: cleared === undefined ? undefined : defined({ cleared, detail: queueProblem }),
    token,
    run: defined({ id: run.id, ...causeOf(run.request), linkedAgain, tags, stoppedBy }),
  });
};

/** Records the evidence of a decided instance, and logs a skipped one. */
export const createReportLogout =
  (recordEvidence: RecordEvidence, log: Log): ReportTarget =>
  async (run, target) => {
    if (target.kind === 'skipped') logSkipped(log, run.id, { ...target, ...target.retry });
    if (!isDecided(target)) return undefined;
    const evidence = evidenceOf(target, run);
    await recordEvidence(evidence);
    return evidence;
  };
