import type { Credential } from '../../green-api/credential.ts';
import {
  type Attempt,
  notRotated,
  rotationStages,
  type StoredToken,
  type TokenRotation,
  type TokenTrial,
  tokenLost,
} from './attempt.ts';

/** GREEN-API has replaced the token, and Secrets Manager has the new one. */
export type Stored = {
  readonly kind: 'stored';
  readonly token: StoredToken;
  /** The version that was current when the token was replaced; missing: it is not known. */
  readonly replaced?: StoredToken;
};

/** An old token may work for a moment after it was replaced: one reading proves nothing. In milliseconds. */
const apartMs = 5_000;
/** Retry pause of a reading: GREEN-API allows one a second. In milliseconds. */
const readingRetryMs = 1_200;
const longestObservationMs = 30_000;
/** Between two looks for the new token, in milliseconds. */
const storingMs = 3_000;

/**
 * Tries a token until GREEN-API says `decisive` once, or the opposite twice at least 5 s apart.
 *
 * @param reservedMs time to leave before the deadline, in milliseconds
 */
export const observe = async (
  attempt: Attempt,
  credential: Credential,
  decisive: 'accepted' | 'rejected',
  reservedMs = 0,
): Promise<TokenTrial> => {
  const { clock } = attempt;
  const giveUpAt = Math.min(clock.now() + longestObservationMs, attempt.deadline - reservedMs);
  let firstAt: number | undefined;
  for (;;) {
    const trial = await attempt.tryToken(credential, giveUpAt);
    const now = clock.now();
    if (trial === decisive) return trial;
    if (trial !== 'unknown') {
      firstAt ??= now;
      if (now - firstAt >= apartMs) return trial;
    }
    const waitMs = Math.max(readingRetryMs, firstAt === undefined ? 0 : firstAt + apartMs - now);
    if (now + waitMs > giveUpAt || !(await attempt.pause(waitMs))) return 'unknown';
  }
};

/** A token that GREEN-API accepts in place of one that it rejects, wherever a rotation may have left it. */
const lookForAnother = async (attempt: Attempt, dead: Credential): Promise<Stored | TokenRotation | undefined> => {
  const { versionId } = attempt.newVersion;
  const places = [{ stage: 'AWSCURRENT' }, { versionId }, { stage: rotationStages.token }, { stage: 'AWSPENDING' }];
  const tried = new Set([dead.apiTokenInstance]);
  for (const place of places) {
    const token = await attempt.readToken(place);
    if (token.kind !== 'token' || tried.has(token.credential.apiTokenInstance)) continue;
    tried.add(token.credential.apiTokenInstance);
    if ((await attempt.tryToken(token.credential)) !== 'accepted') continue;
    if (token.versionId === versionId || place.stage === rotationStages.token) return { kind: 'stored', token };
    if (place.stage === 'AWSCURRENT') return { kind: 'rotated', detail: 'by another change of the secret' };
    return notRotated('a rotation by Secrets Manager is under way');
  }
  return undefined;
};

/** GREEN-API has rejected the token in the secret, so this decision has not replaced it. */
export const findReplacement = async (
  attempt: Attempt,
  dead: Credential,
  afterCrash: boolean,
): Promise<Stored | TokenRotation> =>
  (await lookForAnother(attempt, dead)) ??
  (afterCrash
    ? tokenLost('GREEN-API rejects the token in the secret, and the rotation before this one was interrupted')
    : notRotated('GREEN-API rejects the token in the secret'));

/**
 * The token may have been replaced by this decision, and the new one has not been seen.
 *
 * @param looks how often to look for it: another try of the decision may be about to store it
 */
export const checkWhetherReplaced = async (
  attempt: Attempt,
  old: Credential,
  looks: number,
): Promise<Stored | TokenRotation> => {
  const trial = await observe(attempt, old, 'rejected');
  if (trial === 'accepted') return notRotated('GREEN-API did not confirm the change, and still accepts the old token');
  for (let look = 1; look <= looks; look += 1) {
    const another = await lookForAnother(attempt, old);
    if (another !== undefined) return another;
    if (look < looks && !(await attempt.pause(storingMs))) break;
  }
  return trial === 'rejected'
    ? tokenLost('GREEN-API has replaced the token, and its answer was lost')
    : tokenLost('GREEN-API did not answer, and whether it has replaced the token is not known');
};

/** Retry pause between two tries to write the secret, in milliseconds. */
const writeRetryMs = 500;

const withToken = (text: string, apiTokenInstance: Credential['apiTokenInstance']): string =>
  JSON.stringify({ ...JSON.parse(text), apiTokenInstance });

/** Stores the new token, again and again: until it is stored, it exists in this process only. */
export const store = async (
  attempt: Attempt,
  replaced: StoredToken,
  apiTokenInstance: Credential['apiTokenInstance'],
): Promise<Stored | TokenRotation> => {
  const { secret, newVersion, pause } = attempt;
  const credential = { ...replaced.credential, apiTokenInstance };
  const text = withToken(replaced.text, apiTokenInstance);
  for (;;) {
    const written = await secret.put({ ...newVersion, text });
    if (written.kind === 'done')
      return { kind: 'stored', token: { kind: 'token', versionId: newVersion.versionId, text, credential }, replaced };
    if (await pause(writeRetryMs)) continue;
    const why = written.kind === 'other-value' ? 'the version exists already' : written.detail;
    return tokenLost(`GREEN-API has replaced the token, and the new one could not be stored: ${why}`);
  }
};

type Promotion =
  | { readonly kind: 'current' }
  /** GREEN-API rejects the token: another one has taken its place. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'not-moved'; readonly detail: string };

/**
 * Moves `AWSCURRENT` to the new token, from the version that it replaced. If the label is elsewhere, a reading with the new token
 * decides: the label never leaves a token that works for one that does not.
 */
export const promote = async (
  { secret, tryToken, pause }: Attempt,
  { token, replaced }: Stored,
): Promise<Promotion> => {
  let from = replaced?.versionId;
  let why = 'no time was left';
  do {
    if (from !== undefined) {
      const moved = await secret.moveStage({ stage: 'AWSCURRENT', from, to: token.versionId });
      if (moved.kind === 'done') return { kind: 'current' };
      why = moved.detail;
    }
    const current = await secret.read({ stage: 'AWSCURRENT' });
    if (current.kind !== 'version' || current.versionId === from) continue;
    if (current.versionId === token.versionId) return { kind: 'current' };
    const trial = await tryToken(token.credential);
    if (trial === 'rejected') return { kind: 'rejected' };
    if (trial === 'accepted') from = current.versionId;
  } while (await pause(writeRetryMs));
  return { kind: 'not-moved', detail: why };
};

/** GREEN-API rejects the token that it gave. Only if it accepts the old one, or another in the secret, is nothing lost. */
const withoutNewToken = async (attempt: Attempt, { token }: Stored): Promise<TokenRotation> => {
  const old = await attempt.readToken({ versionId: attempt.intentId });
  if (old.kind === 'token' && (await observe(attempt, old.credential, 'rejected')) === 'accepted')
    return notRotated('GREEN-API rejects the token that it gave, and accepts the old one');
  const another = await lookForAnother(attempt, token.credential);
  if (another?.kind === 'rotated') return another;
  return tokenLost('GREEN-API rejects the token that it gave, and the one in the secret');
};

/** Time to move `AWSCURRENT` after the verification, in milliseconds: a token that could not be tested becomes current too. */
const promotionMs = 3_000;

/** Verifies a stored token with a reading, and makes it the current one. */
export const makeCurrent = async (attempt: Attempt, stored: Stored): Promise<TokenRotation> => {
  const trial = await observe(attempt, stored.token.credential, 'accepted', promotionMs);
  if (trial === 'rejected') return withoutNewToken(attempt, stored);
  const promotion = await promote(attempt, stored);
  if (promotion.kind === 'rejected') return withoutNewToken(attempt, stored);
  if (promotion.kind === 'current')
    return { kind: 'rotated', ...(trial === 'unknown' && { detail: 'no reading has tested the new token' }) };
  const where = `the new token is in version ${stored.token.versionId} of the secret`;
  return notRotated(`${where}, and AWSCURRENT could not be moved to it: ${promotion.detail}`);
};
