import {
  type Attempt,
  createAttempt,
  notRotated,
  type RotationDependencies,
  type RotationRequest,
  type StoredToken,
  type TokenRotation,
} from './attempt.ts';
import { begin, end } from './begin.ts';
import { findOut, findReplacement, type Stored } from './find-out.ts';
import { makeCurrent, store } from './store.ts';

/** Time to store the new token, or to find out what became of the old one, in milliseconds: two readings 5 s apart. */
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
  if (attempt.leftMs() < reserveMs + leastCallMs) return notRotated('there was no time left to do it safely');
  const { idInstance, deadline, updateApiToken } = attempt;
  const { credential } = current;
  // Only a token that works before the call and not after it was replaced by the call.
  if ((await attempt.tryToken(credential)) === 'rejected') return findReplacement(attempt, credential, afterCrash);
  const update = await updateApiToken({ idInstance, credential }, deadline - reserveMs);
  switch (update.kind) {
    case 'updated':
      if (update.apiTokenInstance === credential.apiTokenInstance) return findOut(attempt, credential, 1);
      return store(attempt, current, update.apiTokenInstance);
    case 'not-sent':
      return notRotated(update.detail);
    case 'rejected':
    case 'unanswered':
      return findOut(attempt, credential, 1);
  }
};

/** An earlier try may have sent the request. It is not sent again: what is known now decides. */
const resume = async (attempt: Attempt): Promise<Stored | TokenRotation> => {
  const stored = await attempt.readToken({ versionId: attempt.newVersion.versionId });
  if (stored.kind === 'token') return { kind: 'stored', token: stored };
  const intent = await attempt.readToken({ versionId: attempt.intentId });
  const unread = stored.kind === 'failed' ? stored : intent.kind === 'failed' ? intent : undefined;
  if (unread !== undefined || intent.kind !== 'token')
    return notRotated(`what an earlier try did is not known: ${unread?.detail ?? 'its version is gone'}`);
  return findOut(attempt, intent.credential, looksForEarlierTry);
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
 *
 * @param deadline milliseconds on the scale of the clock
 */
export type RotateToken = (request: RotationRequest, deadline: number) => Promise<TokenRotation>;

export const createRotateToken =
  (dependencies: RotationDependencies): RotateToken =>
  (request, deadline) => {
    const attempt = createAttempt(dependencies, request, deadline);
    return changeToken(attempt, (stored) => makeCurrent(attempt, stored));
  };
