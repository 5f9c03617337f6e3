import {
  type Attempt,
  createAttempt,
  type RotationDependencies,
  type RotationRequest,
  type TokenReading,
} from './attempt.ts';

/** Whether GREEN-API still accepts the token that a rotation has replaced. `detail` is for people and holds no secret. */
export type OldToken =
  | { readonly kind: 'dead' }
  | { readonly kind: 'works' }
  | { readonly kind: 'unknown'; readonly detail: string };

const unknown = (detail: string): OldToken => ({
  kind: 'unknown',
  detail: `whether the old token still works is not known: ${detail}`,
});

/** The intent holds the token that a decision has replaced. Another rotation at the same time has an intent of its own. */
const readOldToken = async ({ intentId, readToken }: Attempt): Promise<TokenReading> => {
  const current = await readToken({ stage: 'AWSCURRENT' });
  if (current.kind !== 'token') return current;
  for (const place of [{ versionId: intentId }, { stage: 'AWSPREVIOUS' }]) {
    const old = await readToken(place);
    const isAnother = old.kind === 'token' && old.credential.apiTokenInstance !== current.credential.apiTokenInstance;
    if (isAnother || old.kind === 'failed') return old;
  }
  return { kind: 'absent' };
};

/**
 * Reads the state once with the token that was current before a rotation. It changes nothing and never rejects. For how long
 * GREEN-API accepts a replaced token is documented nowhere, so a token that works says nothing against the new one.
 */
export const createTestOldToken =
  (dependencies: RotationDependencies) =>
  /**
   * @param request that of the rotation
   * @param deadline milliseconds on the scale of the clock
   */
  async (request: RotationRequest, deadline: number): Promise<OldToken> => {
    const attempt = createAttempt(dependencies, request, deadline);
    const old = await readOldToken(attempt);
    if (old.kind !== 'token') return unknown(old.kind === 'failed' ? old.detail : 'no version of the secret holds it');
    const trial = await attempt.tryToken(old.credential);
    if (trial === 'unknown') return unknown('GREEN-API did not answer a reading with it');
    return { kind: trial === 'accepted' ? 'works' : 'dead' };
  };

export type TestOldToken = ReturnType<typeof createTestOldToken>;
