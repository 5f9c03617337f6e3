import { types } from 'node:util';
import { deadlineIn, hasPassed } from '../green-api/deadline.ts';
import type { RecordEvidence } from '../logout/evidence.ts';
import type { Advance } from './advance.ts';
import { type Course, expired, isPending, troubled } from './course.ts';
import { evidenceOf } from './evidence-of.ts';
import { inParallel } from './in-parallel.ts';
import type { LogFact } from './log-fact.ts';
import type { Outcome } from './outcome.ts';
import type { RunIdentity } from './run-identity.ts';

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
  readonly log: LogFact;
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
