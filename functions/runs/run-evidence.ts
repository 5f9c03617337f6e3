import type { Evidence } from '../logout/evidence.ts';
import { type FailureKind, type LogoutOutcome, type OutcomeKind, retryable } from '../logout/outcome.ts';
import type { RunIdentity } from './request.ts';
import { lastState, type TargetState } from './target-state.ts';

/** A target that has a final outcome. */
export type DecidedTarget = TargetState & { readonly kind: OutcomeKind };

const isFailureKind = (kind: OutcomeKind): kind is FailureKind => Object.hasOwn(retryable, kind);

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

/** Start of the time to logout: the time of the cause, or the instant that the run was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RunIdentity): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

/** The evidence record that a run leaves of one instance. */
export const evidenceOf = (target: DecidedTarget, run: RunIdentity): Evidence => {
  const { source, occurredAt, requestedBy, redrivenBy, reason } = run.request;
  const { idInstance, attempts, confirmedAt, queueCleared } = target;
  const { readings, tags, queueProblem } = target.retry;
  return {
    version: 1,
    idInstance,
    function: 'run',
    requestedBy,
    reason,
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
    run: {
      id: run.id,
      source,
      ...(occurredAt !== undefined && { occurredAt }),
      ...(redrivenBy !== undefined && { redrivenBy }),
      ...(tags !== undefined && { tags }),
    },
  };
};
