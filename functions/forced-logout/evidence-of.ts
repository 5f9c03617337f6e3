import type { Evidence } from '../logout/evidence.ts';
import { type FailureKind, type LogoutOutcome, worthRetrying } from '../logout/outcome.ts';
import { type Course, lastState } from './course.ts';
import type { ForcedLogout } from './request.ts';

/** The run that a piece of evidence belongs to. */
export type RunIdentity = {
  readonly id: string;
  readonly request: ForcedLogout;
  /** When the run began; ISO 8601. */
  readonly startedAt: string;
};

const isFailureKind = (kind: string): kind is FailureKind => Object.hasOwn(worthRetrying, kind);

const outcomeOf = (course: Course): LogoutOutcome => {
  const { kind, reason = '' } = course;
  const state = lastState(course);
  const said = {
    ...(course.trail.isLogout && { isLogout: true }),
    ...(state !== undefined && { stateInstance: state }),
  };
  if (isFailureKind(kind)) return { kind, confirmed: false, reason, ...said };
  return { kind: kind === 'already-logged-out' ? kind : 'logged-out', confirmed: true, ...said };
};

/** From when the time to logout counts: the event's own or the scheduled time, or the instant it was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RunIdentity): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

/** The evidence of a course that has ended in an outcome. */
export const evidenceOf = (course: Course, run: RunIdentity): Evidence => {
  const { source, occurredAt, requestedBy, reason } = run.request;
  const { confirmedAt, queueCleared } = course;
  const { tags, queueProblem } = course.trail;
  return {
    idInstance: course.idInstance,
    door: 'run',
    requestedBy,
    reason,
    requestedAt: run.startedAt,
    ...(confirmedAt !== undefined && {
      confirmedAt,
      timeToLogoutMs: Math.max(0, Date.parse(confirmedAt) - causeMs(run)),
    }),
    attempts: course.attempts,
    readings: course.trail.readings,
    outcome: outcomeOf(course),
    ...(queueCleared !== undefined && {
      queue: { cleared: queueCleared, ...(queueProblem !== undefined && { reason: queueProblem }) },
    }),
    run: { id: run.id, source, ...(occurredAt !== undefined && { occurredAt }), ...(tags !== undefined && { tags }) },
  };
};
