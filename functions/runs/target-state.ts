import type { ListedInstance } from '../instances/directory.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import type { Reading } from '../logout/evidence.ts';
import { type FailureKind, worthRetrying } from '../logout/outcome.ts';
import { type Outcome, pendingOutcome } from './outcome.ts';

/**
 * What a run remembers of an instance from one round to the next. 200 of them stand in one checkpoint of at most 256 KB,
 * so nothing in it grows, and nothing in it is a secret.
 */
export type Trail = {
  /** What the outcome is called if the run ends now. */
  readonly trouble: FailureKind;
  /** How often GREEN-API took a logout. */
  readonly taken: number;
  /** When a logout was first taken, or the state first said so. */
  readonly takenAt?: string;
  /** GREEN-API said `isLogout: true`. */
  readonly isLogout?: true;
  /** A logout was taken, or got no answer and may have been. */
  readonly mayHaveActed: boolean;
  readonly refusals: number;
  /** It must not be logged out a second time: it was protected, or its tag changed, meanwhile. */
  readonly handsOff?: true;
  /** The newest ones. */
  readonly readings: readonly Reading[];
  /** As they were before the newest logout. */
  readonly tags?: Omit<ListedInstance, 'idInstance'>;
  /** Why the outgoing queue was not cleared. */
  readonly queueProblem?: string;
};

/** The way of one instance through a run. */
export type Course = Outcome & { readonly trail: Trail };

const keptReadings = 3;
/** Of a tag, which is up to 256 characters of any script, and of a reason. */
const keptBytes = 240;

/** Cuts a text so that it takes no more room than a checkpoint has for it. */
export const keptText = (text: string): string =>
  Buffer.byteLength(text) <= keptBytes
    ? text
    : `${Buffer.from(text).subarray(0, keptBytes).toString().replace(/�+$/, '')}…`;

export const newCourse = (idInstance: InstanceId): Course => ({
  ...pendingOutcome(idInstance),
  trail: {
    trouble: 'timed-out',
    taken: 0,
    mayHaveActed: false,
    refusals: 0,
    readings: [],
  },
});

export const isPending = ({ kind }: Outcome): boolean => kind === 'pending';

/** The newest reading, if it told a state. */
export const lastState = ({ trail }: Course): string | null | undefined => {
  const last = trail.readings.at(-1);
  return last !== undefined && 'stateInstance' in last ? last.stateInstance : undefined;
};

export const withTrail = (course: Course, trail: Partial<Trail>, outcome: Partial<Outcome> = {}): Course => ({
  ...course,
  ...outcome,
  trail: { ...course.trail, ...trail },
});

export const withReading = (course: Course, reading: Reading): Course =>
  withTrail(course, { readings: [...course.trail.readings, reading].slice(-keptReadings) });

/** Ends a course without success. */
export const failed = (course: Course, kind: FailureKind, reason: string): Course => ({
  ...course,
  kind,
  reason: keptText(reason),
});

/** Goes on with a course that met `kind`, or ends it if another try would meet the same. */
export const troubled = (course: Course, kind: FailureKind, reason: string): Course => {
  if (worthRetrying[kind] === false) return failed(course, kind, reason);
  // Once a logout was taken, all that is missing is its confirmation.
  const trouble = course.trail.taken > 0 ? 'unconfirmed' : kind;
  return withTrail(course, { trouble }, { reason: keptText(reason) });
};

/** Ends a course that is still open when the run expires. */
export const expired = (course: Course): Course =>
  failed(course, course.trail.trouble, course.reason ?? 'the run expired before it came to this instance');
