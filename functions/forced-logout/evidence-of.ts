import type { Evidence } from '../logout/evidence.ts';
import { type FailureKind, type LogoutOutcome, type OutcomeKind, worthRetrying } from '../logout/outcome.ts';
import { type Course, lastState } from './course.ts';
import type { RunIdentity } from './run-identity.ts';

/** A course that has ended in an outcome. */
type EndedCourse = Course & { readonly kind: OutcomeKind };

const isFailureKind = (kind: OutcomeKind): kind is FailureKind => Object.hasOwn(worthRetrying, kind);

const outcomeOf = (course: EndedCourse): LogoutOutcome => {
  const { kind, reason = '' } = course;
  const state = lastState(course);
  const said = {
    ...(course.trail.isLogout && { isLogout: true }),
    ...(state !== undefined && { stateInstance: state }),
  };
  if (isFailureKind(kind)) return { kind, confirmed: false, reason, ...said };
  return { kind, confirmed: true, ...said };
};

/** From when the time to logout counts: the event's own or the scheduled time, or the instant it was put off to. */
const causeMs = ({ request: { occurredAt, at }, startedAt }: RunIdentity): number => {
  const causes = [occurredAt, at].flatMap((instant) => (instant === undefined ? [] : Date.parse(instant)));
  return causes.length === 0 ? Date.parse(startedAt) : Math.max(...causes);
};

/** What a run leaves of one instance for good. */
export const evidenceOf = (course: EndedCourse, run: RunIdentity): Evidence => {
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
