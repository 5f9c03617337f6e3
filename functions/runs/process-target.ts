import type { GreenApi } from '../green-api/client.ts';
import { type Deadline, hasPassed } from '../green-api/deadline.ts';
import type { ReadTags } from '../instances/directory.ts';
import type { Ask } from '../logout/call-with-credential.ts';
import type { ForcedLogout } from './request.ts';
import { type Course, isPending, lastState } from './target-state.ts';
import { whyLeftAlone } from './targets.ts';
import { heedRefusals, learnLogout, learnQueue, learnState, learnTags, queueKept } from './transitions.ts';

export type AdvanceDependencies = {
  readonly ask: Ask;
  readonly greenApi: GreenApi;
  readonly readTags: ReadTags;
  readonly now: () => Date;
};

/** Takes one instance as far as a round can: at most one logout and one reading. */
export type Advance = (
  course: Course,
  request: Pick<ForcedLogout, 'target' | 'clearQueue' | 'expiresAt'>,
  deadline: Deadline,
) => Promise<Course>;

/** A heavy account logs out slowly (https://github.com/green-api/issues/issues/793): time before it is told again, in milliseconds. */
const slownessMs = 10_000;
/** What is `authorized` this long after a logout may be a new session, in milliseconds. */
const sameSessionMs = 10 * 60 * 1_000;

const isLogoutDue = (course: Course, nowMs: number): boolean => {
  const { taken, takenAt, handsOff } = course.trail;
  const state = lastState(course);
  if (handsOff || state === 'notAuthorized') return false;
  if (takenAt === undefined) return true;
  const ageMs = nowMs - Date.parse(takenAt);
  return taken < 2 && state === 'authorized' && ageMs >= slownessMs && ageMs < sameSessionMs;
};

/** Later it may be the queue of a session that was linked anew. */
const isClearingDue = ({ trail, queueCleared }: Course, nowMs: number): boolean =>
  trail.takenAt !== undefined && !trail.handsOff && !queueCleared && nowMs - Date.parse(trail.takenAt) < sameSessionMs;

export const createAdvance = ({ ask, greenApi, readTags, now }: AdvanceDependencies): Advance => {
  const readState = async (course: Course, deadline: Deadline): Promise<Course> => {
    const answer = await ask(course.idInstance, greenApi.readState, deadline);
    return learnState(course, answer, now().toISOString());
  };

  const logOut: Advance = async (course, { target, expiresAt }, deadline) => {
    const tags = await readTags(course.idInstance);
    const informed = learnTags(course, tags, target);
    const mayAct = !hasPassed(deadline) && now().getTime() < Date.parse(expiresAt);
    if (tags.kind !== 'tags' || !isPending(informed) || informed.trail.handsOff || !mayAct) return informed;

    const answer = await ask(course.idInstance, greenApi.logout, deadline);
    return learnLogout(informed, answer, now().toISOString());
  };

  const clearQueue: Advance = async (course, { target }, deadline) => {
    const tags = await readTags(course.idInstance);
    const why = tags.kind === 'tags' ? whyLeftAlone(tags.instance, target) : tags.reason;
    if (why !== undefined) return queueKept(course, why);
    return learnQueue(course, await ask(course.idInstance, greenApi.clearQueue, deadline));
  };

  return async (course, request, deadline) => {
    const wasAsked = course.attempts > 0;
    let next = wasAsked ? await readState(course, deadline) : course;
    if (isPending(next) && isLogoutDue(next, now().getTime())) next = await logOut(next, request, deadline);
    // One reading in a round: a second one would wait for GREEN-API's limit.
    if (isPending(next) && !wasAsked && next.attempts > 0) next = await readState(next, deadline);
    next = heedRefusals(next);
    const mayClear = isClearingDue(next, now().getTime()) && !hasPassed(deadline);
    return request.clearQueue && mayClear ? clearQueue(next, request, deadline) : next;
  };
};
