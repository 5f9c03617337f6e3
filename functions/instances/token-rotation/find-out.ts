import type { Credential } from '../credentials.ts';
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
/** GREEN-API allows one reading a second. In milliseconds. */
const retryMs = 1_200;
const longestObservationMs = 30_000;
/** Between two looks for the new token, in milliseconds. */
const storingMs = 3_000;

/** Tries a token until GREEN-API says `decisive` once, or the opposite twice at least 5 s apart. */
export const observe = async (
  attempt: Attempt,
  credential: Credential,
  decisive: 'accepted' | 'rejected',
): Promise<TokenTrial> => {
  const { clock } = attempt;
  const giveUpAt = clock.now() + longestObservationMs;
  let firstAt: number | undefined;
  for (;;) {
    const trial = await attempt.tryToken(credential);
    const now = clock.now();
    if (trial === decisive) return trial;
    if (trial !== 'unknown') {
      if (firstAt !== undefined && now - firstAt >= apartMs) return trial;
      firstAt ??= now;
    }
    const waitMs = Math.max(retryMs, firstAt === undefined ? 0 : firstAt + apartMs - now);
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
export const findOut = async (attempt: Attempt, old: Credential, looks: number): Promise<Stored | TokenRotation> => {
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
