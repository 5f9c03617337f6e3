import type { Evidence, RecordEvidence } from '../logout/evidence.ts';
import { type FailureKind, failureKinds, type LogoutOutcome, type OutcomeKind } from '../logout/outcome.ts';
import type { Log } from '../platform/log.ts';
import { logSkipped } from './outcome.ts';
import type { ReportTarget } from './process-batch.ts';
import type { RunIdentity, RunRequest } from './request.ts';
import { lastState, type RetryState, type TargetState } from './target-state.ts';

/** A target whose logout has an outcome. */
type DecidedTarget = TargetState & { readonly kind: OutcomeKind };

const isFailureKind = (kind: string): kind is FailureKind => Object.hasOwn(failureKinds, kind);

export const isDecided = (target: TargetState): target is DecidedTarget =>
  target.kind === 'logged-out' || target.kind === 'already-logged-out' || isFailureKind(target.kind);

const outcomeOf = (target: DecidedTarget): LogoutOutcome => {
  const { kind, detail = '' } = target;
  const state = lastState(target);
  const reported = {
    ...(target.retry.isLogout && { isLogout: true }),
    ...(state !== undefined && { stateInstance: state }),
  };
  if (isFailureKind(kind)) return { kind, confirmed: false, detail, ...reported };
  return { kind, confirmed: true, ...reported };
};

/** What of a run the evidence is made of. */
export type RecordedRun = Omit<RunIdentity, 'expiresAt'>;

/** Start of the time to logout: the time of the cause, or the instant that the run was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RecordedRun): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

type Requester = Pick<Evidence, 'requestId' | 'requestedBy' | 'session' | 'email' | 'person' | 'account' | 'reason'>;

/** Who asked for a run, and why. */
export const requesterOf = ({
  requestId,
  requestedBy,
  session,
  email,
  person,
  account,
  reason,
}: RunRequest): Requester => ({
  ...(requestId !== undefined && { requestId }),
  requestedBy,
  ...(session !== undefined && { session }),
  ...(email !== undefined && { email }),
  ...(person !== undefined && { person }),
  ...(account !== undefined && { account }),
  reason,
});

/** Whose time `occurredAt` is. The payload of a report says it itself; one of version 0.2 does not, and then it is not known. */
const originOf = { api: 'arrival', schedule: 'event', offboarding: undefined } as const;

type Cause = Pick<
  NonNullable<Evidence['run']>,
  'source' | 'actor' | 'occurredAt' | 'occurredAtIs' | 'retryOf' | 'redrivenBy'
>;

/** What started a run, and when that happened. */
export const causeOf = (request: RunRequest): Cause => {
  const { source, actor, occurredAt, retryOf, redrivenBy } = request;
  const { occurredAtIs = originOf[source] } = request;
  return {
    source,
    ...(actor !== undefined && { actor }),
    ...(occurredAt !== undefined && { occurredAt, ...(occurredAtIs !== undefined && { occurredAtIs }) }),
    ...(retryOf !== undefined && { retryOf }),
    ...(redrivenBy !== undefined && { redrivenBy }),
  };
};

const runPartOf = (
  { id, request }: RecordedRun,
  { tags, linkedAgain }: RetryState,
  stoppedBy?: string,
): NonNullable<Evidence['run']> => ({
  id,
  ...causeOf(request),
  ...(linkedAgain && { linkedAgain }),
  ...(tags !== undefined && { tags }),
  ...(stoppedBy !== undefined && { stoppedBy }),
});

/**
 * The evidence record that a run leaves of one instance.
 *
 * @param stoppedBy who stopped the run before this instance was confirmed
 */
export const evidenceOf = (target: DecidedTarget, run: RecordedRun, stoppedBy?: string): Evidence => {
  const { idInstance, attempts, confirmedAt, queueCleared, token, retry } = target;
  const { readings, queueProblem } = retry;
  return {
    version: 1,
    idInstance,
    function: 'run',
    ...requesterOf(run.request),
    requestedAt: run.startedAt,
    ...(confirmedAt !== undefined && {
      confirmedAt,
      timeToLogoutMs: Math.max(0, Date.parse(confirmedAt) - causeMs(run)),
    }),
    attempts,
    readings,
    outcome: outcomeOf(target),
    ...(queueCleared !== undefined && {
      queue: { cleared: queueCleared, ...(queueProblem !== undefined && { detail: queueProblem }) },
    }),
    ...(token !== undefined && { token }),
    run: runPartOf(run, retry, stoppedBy),
  };
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
