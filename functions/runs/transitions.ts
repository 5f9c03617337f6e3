import type { Counted } from '../green-api/client.ts';
import type { ClearQueueAnswer, LogoutAnswer, StateAnswer } from '../green-api/responses.ts';
import type { TagsReading } from '../instances/directory.ts';
import type { NotAsked } from '../logout/call-with-credential.ts';
import { worthRetrying } from '../logout/outcome.ts';
import type { Target } from './request.ts';
import { type Course, failed, keptText, lastState, troubled, withReading, withTrail } from './target-state.ts';
import { whyLeftAlone } from './targets.ts';

const confirm = (course: Course, at: string): Course => {
  const { reason: _, ...rest } = course;
  const kind = course.trail.mayHaveActed ? 'logged-out' : 'already-logged-out';
  return { ...rest, kind, confirmed: true, confirmedAt: at };
};

const learnNotAuthorized = (course: Course, wasNotAuthorized: boolean, at: string): Course => {
  if (wasNotAuthorized) return confirm(course, at);
  const { taken, takenAt = at } = course.trail;
  return withTrail(
    course,
    { taken: Math.max(1, taken), takenAt, trouble: 'unconfirmed' },
    { reason: 'one reading said notAuthorized, and no second one in a row' },
  );
};

/** What a reading made after a logout tells. Two in a row that say `notAuthorized` confirm; one that fails breaks the row. */
export const learnState = (course: Course, answer: Counted<StateAnswer | NotAsked>, at: string): Course => {
  if (answer.kind === 'state') {
    const { stateInstance } = answer;
    const next = withReading(course, { at, stateInstance });
    if (stateInstance === 'notAuthorized') return learnNotAuthorized(next, lastState(course) === 'notAuthorized', at);
    return course.trail.taken > 0 ? troubled(next, 'unconfirmed', `the state is ${stateInstance}`) : next;
  }
  const next = answer.requests > 0 ? withReading(course, { at, failure: answer.reason }) : course;
  const kind = answer.kind === 'not-authorized' ? 'unconfirmed' : answer.kind;
  // A reading that may work later takes nothing from what the logout was answered.
  const tellsMore = course.trail.taken > 0 || worthRetrying[kind] === false;
  return tellsMore ? troubled(next, kind, `state not read: ${answer.reason}`) : next;
};

/** What the answer to a logout tells. */
export const learnLogout = (course: Course, answer: Counted<LogoutAnswer | NotAsked>, at: string): Course => {
  const next = { ...course, attempts: course.attempts + answer.requests };
  switch (answer.kind) {
    case 'accepted': {
      const { taken, takenAt = at } = course.trail;
      return withTrail(
        next,
        { taken: taken + 1, takenAt, isLogout: true, mayHaveActed: true, trouble: 'unconfirmed' },
        { reason: 'no reading said notAuthorized' },
      );
    }
    case 'refused':
      return troubled(withTrail(next, { refusals: course.trail.refusals + 1 }), 'refused', answer.reason);
    case 'not-authorized': {
      const mayHaveActed = course.trail.mayHaveActed || answer.resent === true;
      return troubled(withTrail(next, { mayHaveActed }), 'unconfirmed', answer.reason);
    }
    case 'unavailable':
    case 'timed-out': {
      const mayHaveActed = course.trail.mayHaveActed || answer.requests > 0;
      return troubled(withTrail(next, { mayHaveActed }), answer.kind, answer.reason);
    }
    default:
      return troubled(next, answer.kind, answer.reason);
  }
};

/** A second refusal is the last word, unless the state says that there was nothing to refuse. */
export const heedRefusals = (course: Course): Course =>
  course.kind === 'pending' && course.trail.refusals > 1 && lastState(course) !== 'notAuthorized'
    ? failed(course, 'refused', 'GREEN-API answered isLogout: false twice')
    : course;

/** What the tags, read again right before a logout, tell: whether it may be made. */
export const learnTags = (course: Course, reading: TagsReading, target: Target): Course => {
  if (reading.kind !== 'tags') return troubled(course, reading.kind, reading.reason);
  const { idInstance: _, ...tags } = reading.instance;
  const why = whyLeftAlone(reading.instance, target);
  const seen = withTrail(course, {
    tags: {
      ...tags,
      ...(tags.owner !== undefined && { owner: keptText(tags.owner) }),
      ...(tags.group !== undefined && { group: keptText(tags.group) }),
    },
  });
  if (why === undefined) return seen;
  return course.trail.taken > 0 ? withTrail(seen, { handsOff: true }) : { ...seen, kind: 'skipped', reason: why };
};

/** The outgoing queue was not cleared, and why; it never changes what is said of the logout. */
export const queueKept = (course: Course, why: string): Course =>
  withTrail(course, { queueProblem: keptText(why) }, { queueCleared: false });

/** What came of clearing the outgoing queue. */
export const learnQueue = (course: Course, answer: Counted<ClearQueueAnswer | NotAsked>): Course => {
  if (answer.kind !== 'cleared') return queueKept(course, answer.reason);
  const { queueProblem: _, ...trail } = course.trail;
  return { ...course, queueCleared: true, trail };
};
