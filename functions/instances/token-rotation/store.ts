import type { Credential } from '../credentials.ts';
import { type Attempt, notRotated, type StoredToken, type TokenRotation, tokenLost } from './attempt.ts';
import { findReplacement, observe, type Stored } from './find-out.ts';

const retryMs = 500;

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
    if (await pause(retryMs)) continue;
    const why = written.kind === 'taken' ? 'the version exists already' : written.detail;
    return tokenLost(`GREEN-API has replaced the token, and the new one could not be stored: ${why}`);
  }
};

export type Promotion =
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
  } while (await pause(retryMs));
  return { kind: 'not-moved', detail: why };
};

/** GREEN-API rejects the token that it gave. Only if it accepts the old one, or another in the secret, is nothing lost. */
const withoutNewToken = async (attempt: Attempt, { token }: Stored): Promise<TokenRotation> => {
  const old = await attempt.readToken({ versionId: attempt.intentId });
  if (old.kind === 'token' && (await observe(attempt, old.credential, 'rejected')) === 'accepted')
    return notRotated('GREEN-API rejects the token that it gave, and accepts the old one');
  const another = await findReplacement(attempt, token.credential, false);
  if (another.kind === 'rotated') return another;
  return tokenLost('GREEN-API rejects the token that it gave, and the one in the secret');
};

/** Verifies a stored token with a reading, and makes it the current one. */
export const makeCurrent = async (attempt: Attempt, stored: Stored): Promise<TokenRotation> => {
  const trial = await observe(attempt, stored.token.credential, 'accepted');
  if (trial === 'rejected') return withoutNewToken(attempt, stored);
  const promotion = await promote(attempt, stored);
  if (promotion.kind === 'rejected') return withoutNewToken(attempt, stored);
  if (promotion.kind === 'current')
    return { kind: 'rotated', ...(trial === 'unknown' && { detail: 'no reading has tested the new token' }) };
  const where = `the new token is in version ${stored.token.versionId} of the secret`;
  return notRotated(`${where}, and AWSCURRENT could not be moved to it: ${promotion.detail}`);
};
