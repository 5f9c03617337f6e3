import { types } from 'node:util';
import { deadlineIn, hasPassed } from '../green-api/deadline.ts';
import type { Evidence, RecordEvidence } from '../logout/evidence.ts';
import { type FailureKind, type LogoutOutcome, type OutcomeKind, worthRetrying } from '../logout/outcome.ts';
import type { Log } from '../platform/log.ts';
import { inParallel } from './in-parallel.ts';
import type { Outcome } from './outcome.ts';
import type { Advance } from './process-target.ts';
import type { RunIdentity } from './request.ts';
import { type Course, expired, isPending, lastState, troubled } from './target-state.ts';

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

/** What one batch of a round leaves in its checkpoint. */
export type BatchResult = {
  readonly round: number;
  /** When it ended; ISO 8601. */
  readonly at: string;
  /** The next batch might outlive this invocation. */
  readonly timeIsShort: boolean;
  /** As they are now: those still pending with their trail. */
  readonly courses: readonly (Outcome | Course)[];
};

export type BatchDependencies = {
  readonly advance: Advance;
  readonly recordEvidence: RecordEvidence;
  readonly log: Log;
  readonly now: () => Date;
};

/** 200 instances at 50 at once take 4 turns; one turn of nothing but time-outs takes about a minute. In milliseconds. */
const longestBatchMs = 5 * 60 * 1_000;
/** Time to write the checkpoint before Lambda's own limit, in milliseconds. */
const closingMs = 20_000;
const concurrency = 50;

const withoutTrail = ({ trail: _, ...outcome }: Course): Outcome => outcome;

const createReport =
  ({ recordEvidence, log }: BatchDependencies, run: RunIdentity) =>
  async (course: Course): Promise<void> => {
    const { kind, idInstance, reason, attempts } = course;
    if (kind === 'skipped')
      log('WARN', 'instance skipped', { run: run.id, idInstance, reason, attempts, tags: course.trail.tags });
    else if (kind !== 'pending') await recordEvidence(evidenceOf({ ...course, kind }, run));
  };

/**
 * Handles one batch of a round: what is decided leaves its evidence, once or, after a crash, twice. It never rejects, and
 * no instance stops another. What the time does not suffice for stays pending; once the run has expired, nothing does.
 */
export const createHandleBatch = (dependencies: BatchDependencies) => {
  const { advance, log, now } = dependencies;

  return async (
    run: RunIdentity,
    round: number,
    batch: readonly Course[],
    remainingMs: () => number,
  ): Promise<BatchResult> => {
    const report = createReport(dependencies, run);
    const untilExpiryMs = () => Date.parse(run.request.expiresAt) - now().getTime();
    const allowedMs = Math.min(longestBatchMs, remainingMs() - closingMs, untilExpiryMs());
    const deadline = deadlineIn(allowedMs);

    // The evidence comes with the decision, and a run may be stopped before there is one.
    const noteSent = ({ idInstance, attempts, trail: { tags } }: Course) => {
      const { requestedBy, reason } = run.request;
      log('INFO', 'logout sent', { run: run.id, idInstance, attempts, requestedBy, reason, tags });
    };

    const takeFurther = async (course: Course): Promise<Course> => {
      if (hasPassed(deadline)) return course;
      try {
        return await advance(course, run.request, deadline);
      } catch (error) {
        const name = types.isNativeError(error) ? error.name : 'unknown error';
        log('ERROR', 'unexpected error', { run: run.id, idInstance: course.idInstance, error: name });
        return troubled(course, 'unavailable', `unexpected error: ${name}`);
      }
    };

    const handle = async (course: Course): Promise<Course> => {
      const further = await takeFurther(course);
      const next = isPending(further) && untilExpiryMs() <= 0 ? expired(further) : further;
      if (isPending(next) && next.attempts > course.attempts) noteSent(next);
      await report(next);
      return next;
    };

    const courses = await inParallel(concurrency, batch, handle);
    return {
      round,
      at: now().toISOString(),
      timeIsShort: remainingMs() < longestBatchMs + closingMs,
      courses: courses.map((course) => (isPending(course) ? course : withoutTrail(course))),
    };
  };
};
