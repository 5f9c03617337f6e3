import type { GreenApi } from '../green-api/client.ts';
import type { CallWithCredential } from '../instances/call-with-credential.ts';
import type { ReadTags } from '../instances/directory.ts';
import type { TestOldToken } from '../instances/token-rotation/old-token.ts';
import type { RotateToken } from '../instances/token-rotation/rotate-token.ts';
import { type Deadline, hasPassed } from '../platform/deadline.ts';
import { skipOf } from './outcome.ts';
import type { RunRequest } from './request.ts';
import {
  awaitingOldToken,
  isPending,
  keptText,
  lastClass,
  retryRotation,
  type TargetState,
  withRetry,
  withToken,
} from './target-state.ts';
import { applyLogoutResponse, applyQueueResponse, applyReading, applyTags, queueNotCleared } from './transitions.ts';

export type ProcessTargetDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: GreenApi;
  readonly readTags: ReadTags;
  /** `undefined`: this deployment does not rotate tokens. */
  readonly rotateToken: RotateToken | undefined;
  readonly testOldToken: TestOldToken;
  readonly now: () => Date;
};

/** What one round gives to the work on each of its instances. */
export type RoundContext = {
  readonly runId: string;
  readonly request: Pick<RunRequest, 'target' | 'clearQueue' | 'rotateToken'>;
  /** Of the run. ISO 8601. */
  readonly expiresAt: string;
  readonly deadline: Deadline;
  /** Called when the request of a logout leaves, with the logout counted among the attempts. */
  readonly onLogoutSent: (target: TargetState) => void;
};

/** Processes one instance as far as one round can: at most one logout and one reading of its state. */
export type ProcessTarget = (target: TargetState, round: RoundContext) => Promise<TargetState>;

/** A heavy account logs out slowly (https://github.com/green-api/issues/issues/793): time before a second logout, in milliseconds. */
const slownessMs = 10_000;
/** An instance that is linked this long after a logout may have a new session, in milliseconds. */
const sameSessionMs = 10 * 60 * 1_000;

const isLogoutDue = (target: TargetState, nowMs: number): boolean => {
  const { acceptedLogouts, acceptedAt, leaveAlone } = target.retry;
  if (leaveAlone) return false;
  if (acceptedAt === undefined) return true;
  const ageMs = nowMs - Date.parse(acceptedAt);
  return acceptedLogouts < 2 && lastClass(target) === 'linked' && ageMs >= slownessMs && ageMs < sameSessionMs;
};

/** Later the queue may belong to a session that was linked anew. */
const isClearingDue = ({ retry, queueCleared }: TargetState, nowMs: number): boolean =>
  retry.acceptedAt !== undefined &&
  !retry.leaveAlone &&
  !queueCleared &&
  nowMs - Date.parse(retry.acceptedAt) < sameSessionMs;

/**
 * Keeps a confirmed instance pending until its token is rotated in a round of its own: the confirmation is then in a checkpoint,
 * and a crash during the rotation repeats the rotation alone.
 */
const awaitRotation = (target: TargetState): TargetState => {
  const { kind } = target;
  if (kind !== 'logged-out' && kind !== 'already-logged-out') return target;
  const outcome = { kind: 'pending', detail: 'confirmed; its token is not rotated yet' } as const;
  return withRetry(target, { confirmedAs: kind }, outcome);
};

/** How long the old token may work after a rotation, in milliseconds: GREEN-API documents no time. */
const graceMs = 30 * 1_000;
/** A token that could not be tested for so long stays untested, in milliseconds. */
const longestTestMs = 10 * 60 * 1_000;

/** When the old token of an instance may be tested, in milliseconds since 1970. */
export const oldTokenTestAtMs = (rotatedAt: string): number => Date.parse(rotatedAt) + graceMs;

const createLogOutTarget = (dependencies: ProcessTargetDependencies): ProcessTarget => {
  const { callWithCredential, greenApi, readTags, now } = dependencies;
  const isoNow = () => now().toISOString();

  /** Reads the tags, and sends the logout if they still allow it. */
  const logOut: ProcessTarget = async (target, { request, expiresAt, deadline, onLogoutSent }) => {
    const tags = await readTags(target.idInstance);
    const informed = applyTags(target, tags, request.target, isoNow());
    const hasTime = !hasPassed(deadline) && now().getTime() < Date.parse(expiresAt);
    if (tags.kind !== 'tags' || !isPending(informed) || informed.retry.leaveAlone || !hasTime) return informed;

    let { attempts } = target;
    const onSent = () => {
      attempts += 1;
      onLogoutSent({ ...informed, attempts });
    };
    const answer = await callWithCredential(
      target.idInstance,
      (instance, end) => greenApi.logout(instance, end, onSent),
      deadline,
    );
    return applyLogoutResponse(informed, answer, isoNow());
  };

  /** Reads the tags, and clears the outgoing queue if they still allow it. */
  const clearQueue: ProcessTarget = async (target, { request, deadline }) => {
    const tags = await readTags(target.idInstance);
    const problem = tags.kind === 'tags' ? skipOf(tags.instance, request.target) : tags;
    if (problem !== undefined) return queueNotCleared(target, problem.detail);
    return applyQueueResponse(target, await callWithCredential(target.idInstance, greenApi.clearQueue, deadline));
  };

  const readState = async (target: TargetState, deadline: Deadline): Promise<TargetState> => {
    const answer = await callWithCredential(target.idInstance, greenApi.readState, deadline);
    return applyReading(target, answer, isoNow());
  };

  return async (target, round) => {
    const { request, deadline } = round;
    const isFirst = target.attempts === 0;
    let next = withRetry(target, { wasRateLimited: false });
    if (!isFirst) next = await readState(next, deadline);
    if (isPending(next) && isLogoutDue(next, now().getTime())) next = await logOut(next, round);
    // Right after an accepted logout no account is out yet: the next round reads the state.
    const isOpenWhatHappened = next.attempts > 0 && next.retry.acceptedLogouts === 0;
    if (isPending(next) && isFirst && isOpenWhatHappened) next = await readState(next, deadline);
    const mayClear = isClearingDue(next, now().getTime()) && !hasPassed(deadline);
    return request.clearQueue && mayClear ? clearQueue(next, round) : next;
  };
};

export const createProcessTarget = (dependencies: ProcessTargetDependencies): ProcessTarget => {
  const { rotateToken, testOldToken, now } = dependencies;
  const logOut = createLogOutTarget(dependencies);

  const testOld = async (target: TargetState, rotatedAt: string, { runId, deadline }: RoundContext) => {
    const nowMs = now().getTime();
    if (nowMs < oldTokenTestAtMs(rotatedAt)) return target;
    const old = await testOldToken({ idInstance: target.idInstance, decision: `run ${runId}` }, deadline);
    if (old.kind === 'unknown' && nowMs < Date.parse(rotatedAt) + longestTestMs)
      return withRetry(target, {}, { detail: keptText(old.detail) });
    const { token = { kind: 'rotated' } } = target;
    if (old.kind === 'works') return withToken(target, { ...token, oldTokenStillWorks: true });
    return withToken(target, old.kind === 'unknown' ? { ...token, detail: old.detail } : token);
  };

  const rotate: ProcessTarget = async (target, { runId, deadline }) => {
    if (rotateToken === undefined)
      return withToken(target, { kind: 'not-rotated', detail: 'this deployment does not rotate tokens' });
    const rotation = await rotateToken({ idInstance: target.idInstance, decision: `run ${runId}` }, deadline);
    // Nothing was written or called, so the next round may try again.
    const mayRetry = rotation.kind === 'not-rotated' && rotation.notBegun === true;
    if (mayRetry) return retryRotation(target, rotation, now().toISOString());
    if (rotation.kind !== 'rotated') return withToken(target, rotation);
    return awaitingOldToken(target, rotation, now().toISOString());
  };

  return async (target, round) => {
    const { confirmedAs, rotatedAt } = target.retry;
    if (rotatedAt !== undefined) return testOld(target, rotatedAt, round);
    if (confirmedAs !== undefined) return rotate(target, round);
    const next = await logOut(target, round);
    return round.request.rotateToken ? awaitRotation(next) : next;
  };
};
