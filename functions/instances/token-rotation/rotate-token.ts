import { randomUUID } from 'node:crypto';
import type { FailureDuration } from '../../green-api/vocabulary.ts';
import type { VersionReading } from '../secrets.ts';
import {
  type Attempt,
  createAttempt,
  notRotated,
  type RotationDependencies,
  type RotationRequest,
  rotationStages,
  type StoredToken,
  type TokenRotation,
} from './attempt.ts';
import { checkWhetherReplaced, findReplacement, makeCurrent, type Stored, store } from './store.ts';

type Beginning =
  /** The decision is on record for the first time: the token may be replaced, once. */
  | {
      readonly kind: 'first-try';
      readonly current: StoredToken;
      /** The rotation before never ended: it crashed. */
      readonly afterCrash: boolean;
    }
  /** An earlier try of the same decision came at least as far. */
  | { readonly kind: 'begun-before' }
  | TokenRotation;

/** No rotation takes as long. After this time, one that holds the label has crashed. In milliseconds. */
const longestRotationMs = 5 * 60 * 1_000;
/** Between two looks at a rotation that is under way, in milliseconds. */
const pollMs = 1_000;
/** Secrets Manager may throttle many rotations at once. */
const mostTriesToMark = 5;
/** The longest wait for another rotation, in milliseconds. */
const longestWaitMs = 15_000;

const notBegun = (detail: string, duration?: FailureDuration): TokenRotation => ({
  kind: 'not-rotated',
  detail,
  notBegun: true,
  ...(duration !== undefined && { duration }),
});

const isAnotherUnderWay = (holder: VersionReading, { intentId, clock }: Attempt): boolean =>
  holder.kind === 'version' && holder.versionId !== intentId && clock.date() - holder.createdAtMs < longestRotationMs;

type Turn = { readonly kind: 'turn'; readonly current: StoredToken; readonly holder: VersionReading } | TokenRotation;

/** Whether the current token is another than at first, and GREEN-API accepts it: somebody else has replaced it meanwhile. */
const isReplaced = async (attempt: Attempt, first: StoredToken, current: StoredToken): Promise<boolean> =>
  current.credential.apiTokenInstance !== first.credential.apiTokenInstance &&
  (await attempt.tryToken(current.credential)) === 'accepted';

/** Waits for another rotation of this token. If it succeeds, there is nothing left to do. */
const waitForTurn = async (attempt: Attempt): Promise<Turn> => {
  const waitEnds = attempt.clock.now() + longestWaitMs;
  let first: StoredToken | undefined;
  for (;;) {
    const current = await attempt.readToken({ stage: 'AWSCURRENT' });
    if (current.kind !== 'token')
      return notBegun(current.kind === 'absent' ? 'there is no secret for the instance' : current.detail);
    first ??= current;
    if (await isReplaced(attempt, first, current))
      return { kind: 'rotated', detail: 'by another rotation at the same time' };

    const holder = await attempt.secret.read({ stage: rotationStages.underWay });
    if (holder.kind === 'failed') return notBegun(holder.detail);
    if (!isAnotherUnderWay(holder, attempt)) return { kind: 'turn', current, holder };
    if (attempt.clock.now() >= waitEnds || !(await attempt.pause(pollMs)))
      return notBegun('another rotation of this token is under way');
  }
};

/** The member that only this try has: Secrets Manager takes the same version with another text for another request. */
const intentTextOf = ({ text }: StoredToken): string =>
  JSON.stringify({ ...JSON.parse(text), rotationAttempt: randomUUID() });

const idOf = (reading: VersionReading): string | undefined =>
  reading.kind === 'version' ? reading.versionId : undefined;

/** Moves the under-way label to this rotation, from a crashed one if that has it. Returns `undefined`, or why it failed. */
const mark = async ({ secret, intentId, pause }: Attempt, from: string | undefined): Promise<string | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const marked = await secret.moveStage({ stage: rotationStages.underWay, from, to: intentId });
    if (marked.kind === 'done') return undefined;
    const holder = await secret.read({ stage: rotationStages.underWay });
    const holderId = idOf(holder);
    if (holderId === intentId) return undefined;
    if (holder.kind !== 'failed' && holderId !== from) return 'another rotation of this token began at the same time';
    if (tries === mostTriesToMark || !(await pause(pollMs))) return marked.detail;
  }
};

/**
 * Puts the decision on record, before anything is called, and excludes other rotations of the same token. The record also
 * proves that the secret can be written.
 */
const begin = async (attempt: Attempt): Promise<Beginning> => {
  const turn = await waitForTurn(attempt);
  if (turn.kind !== 'turn') return turn;
  const { current, holder } = turn;

  const intent = { versionId: attempt.intentId, text: intentTextOf(current), stage: rotationStages.intent };
  const written = await attempt.secret.put(intent);
  if (written.kind === 'other-value') return { kind: 'begun-before' };
  if (written.kind === 'failed') {
    const detail = `the secret cannot be written: ${written.detail}`;
    // Had it been written all the same, the next try would find the version, and call nothing.
    const { duration = 'lasting' } = written;
    return duration === 'lasting' ? notRotated(detail) : notBegun(detail, duration);
  }

  const from = idOf(holder);
  const problem = await mark(attempt, from);
  if (problem === undefined) return { kind: 'first-try', current, afterCrash: from !== undefined };
  await end(attempt);
  return notRotated(problem);
};

/** Lets the next rotation begin. If it fails, the next one waits until this one is certainly over. */
const end = async ({ secret, intentId }: Attempt): Promise<void> => {
  await secret.moveStage({ stage: rotationStages.underWay, from: intentId });
};

/** Time to store the new token, or to find out whether the old one still works, in milliseconds: two readings 5 s apart. */
const reserveMs = 7_500;
/** The shortest time in which an answer may come, in milliseconds. */
const leastCallMs = 2_000;
/** How often a later try looks for the token that an earlier one may be storing. */
const looksForEarlierTry = 3;

const callOnce = async (
  attempt: Attempt,
  current: StoredToken,
  afterCrash: boolean,
): Promise<Stored | TokenRotation> => {
  if (attempt.leftMs() < reserveMs + leastCallMs) return notRotated('there was no time left for a safe rotation');
  const { idInstance, deadline, updateApiToken } = attempt;
  const { credential } = current;
  // Only a token that works before the call and not after it was replaced by the call.
  if ((await attempt.tryToken(credential)) === 'rejected') return findReplacement(attempt, credential, afterCrash);
  const update = await updateApiToken({ idInstance, credential }, deadline - reserveMs);
  if (update.kind === 'token-updated') {
    if (update.apiTokenInstance !== credential.apiTokenInstance)
      return store(attempt, current, update.apiTokenInstance);
  } else if (update.requests === 0) return notRotated(update.detail);
  // After any other answer, GREEN-API may have replaced the token all the same.
  return checkWhetherReplaced(attempt, credential, 1);
};

/** An earlier try may have sent the request. It is not sent again: what is known now decides. */
const resume = async (attempt: Attempt): Promise<Stored | TokenRotation> => {
  const stored = await attempt.readToken({ versionId: attempt.newVersion.versionId });
  if (stored.kind === 'token') return { kind: 'stored', token: stored };
  const intent = await attempt.readToken({ versionId: attempt.intentId });
  const unread = stored.kind === 'failed' ? stored : intent.kind === 'failed' ? intent : undefined;
  if (unread !== undefined || intent.kind !== 'token')
    return notRotated(`the result of an earlier attempt is not known: ${unread?.detail ?? 'its version is gone'}`);
  return checkWhetherReplaced(attempt, intent.credential, looksForEarlierTry);
};

/** Replaces the token and stores the new one; another rotation may begin when it is done. */
export const changeToken = async (
  attempt: Attempt,
  finish: (stored: Stored) => Promise<TokenRotation>,
): Promise<TokenRotation> => {
  const beginning = await begin(attempt);
  if (beginning.kind !== 'first-try' && beginning.kind !== 'begun-before') return beginning;
  const changed =
    beginning.kind === 'first-try'
      ? await callOnce(attempt, beginning.current, beginning.afterCrash)
      : await resume(attempt);
  const result = changed.kind === 'stored' ? await finish(changed) : changed;
  await end(attempt);
  return result;
};

/**
 * Replaces the token of an instance: intent, one call, store, verify, move `AWSCURRENT`. Never rejects. Whatever crashes,
 * `updateApiToken` is sent at most once for a decision, and the label `AWSCURRENT` stays at a token that works if there is one.
 */
export const createRotateToken =
  (dependencies: RotationDependencies) =>
  /** @param deadline milliseconds on the scale of the clock */
  (request: RotationRequest, deadline: number): Promise<TokenRotation> => {
    const attempt = createAttempt(dependencies, request, deadline);
    return changeToken(attempt, (stored) => makeCurrent(attempt, stored));
  };

export type RotateToken = ReturnType<typeof createRotateToken>;
