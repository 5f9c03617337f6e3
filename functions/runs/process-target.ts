import type { GreenApi } from '../green-api/client.ts';
import type { ReadTags } from '../instances/directory.ts';
import type { CallWithCredential } from '../logout/call-with-credential.ts';
import { type Deadline, hasPassed } from '../platform/deadline.ts';
import type { ForcedLogout } from './request.ts';
import { isPending, lastState, type TargetState } from './target-state.ts';
import { skipReasonOf } from './targets.ts';
import {
  applyLogoutResponse,
  applyQueueResponse,
  applyReading,
  applyRefusals,
  applyTags,
  queueNotCleared,
} from './transitions.ts';

export type ProcessTargetDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: GreenApi;
  readonly readTags: ReadTags;
  readonly now: () => Date;
};

/** Takes one instance as far as a round can: at most one logout and one reading. */
export type ProcessTarget = (
  targetState: TargetState,
  request: Pick<ForcedLogout, 'target' | 'clearQueue' | 'expiresAt'>,
  deadline: Deadline,
) => Promise<TargetState>;

/** A heavy account logs out slowly (https://github.com/green-api/issues/issues/793): time before it is told again, in milliseconds. */
const slownessMs = 10_000;
/** What is `authorized` this long after a logout may be a new session, in milliseconds. */
const sameSessionMs = 10 * 60 * 1_000;

const isLogoutDue = (targetState: TargetState, nowMs: number): boolean => {
  const { acceptedLogouts, acceptedAt, leaveAlone } = targetState.retry;
  const state = lastState(targetState);
  if (leaveAlone || state === 'notAuthorized') return false;
  if (acceptedAt === undefined) return true;
  const ageMs = nowMs - Date.parse(acceptedAt);
  return acceptedLogouts < 2 && state === 'authorized' && ageMs >= slownessMs && ageMs < sameSessionMs;
};

/** Later it may be the queue of a session that was linked anew. */
const isClearingDue = ({ retry, queueCleared }: TargetState, nowMs: number): boolean =>
  retry.acceptedAt !== undefined &&
  !retry.leaveAlone &&
  !queueCleared &&
  nowMs - Date.parse(retry.acceptedAt) < sameSessionMs;

export const createProcessTarget = ({
  callWithCredential,
  greenApi,
  readTags,
  now,
}: ProcessTargetDependencies): ProcessTarget => {
  const readState = async (targetState: TargetState, deadline: Deadline): Promise<TargetState> => {
    const answer = await callWithCredential(targetState.idInstance, greenApi.readState, deadline);
    return applyReading(targetState, answer, now().toISOString());
  };

  const logOut: ProcessTarget = async (targetState, { target, expiresAt }, deadline) => {
    const tags = await readTags(targetState.idInstance);
    const informed = applyTags(targetState, tags, target);
    const mayAct = !hasPassed(deadline) && now().getTime() < Date.parse(expiresAt);
    if (tags.kind !== 'tags' || !isPending(informed) || informed.retry.leaveAlone || !mayAct) return informed;

    const answer = await callWithCredential(targetState.idInstance, greenApi.logout, deadline);
    return applyLogoutResponse(informed, answer, now().toISOString());
  };

  const clearQueue: ProcessTarget = async (targetState, { target }, deadline) => {
    const tags = await readTags(targetState.idInstance);
    const why = tags.kind === 'tags' ? skipReasonOf(tags.instance, target) : tags.detail;
    if (why !== undefined) return queueNotCleared(targetState, why);
    return applyQueueResponse(
      targetState,
      await callWithCredential(targetState.idInstance, greenApi.clearQueue, deadline),
    );
  };

  return async (targetState, request, deadline) => {
    const wasAsked = targetState.attempts > 0;
    let next = wasAsked ? await readState(targetState, deadline) : targetState;
    if (isPending(next) && isLogoutDue(next, now().getTime())) next = await logOut(next, request, deadline);
    // One reading in a round: a second one would wait for GREEN-API's limit.
    if (isPending(next) && !wasAsked && next.attempts > 0) next = await readState(next, deadline);
    next = applyRefusals(next);
    const mayClear = isClearingDue(next, now().getTime()) && !hasPassed(deadline);
    return request.clearQueue && mayClear ? clearQueue(next, request, deadline) : next;
  };
};
