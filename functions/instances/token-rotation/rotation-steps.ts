import type { InstanceId } from '../../green-api/instance-id.ts';
import {
  type Attempt,
  createAttempt,
  notRotated,
  type RotationDependencies,
  type StoredToken,
  type TokenRotation,
} from './attempt.ts';
import { changeToken } from './rotate-token.ts';
import { observe, promote } from './store.ts';

/** What Secrets Manager calls a rotation, and the version that it wants made. */
type SecretRotation = { readonly idInstance: InstanceId; readonly clientRequestToken: string };

type Step = (rotation: SecretRotation, deadline: number) => Promise<TokenRotation>;

/**
 * The steps of a rotation by Secrets Manager that do something. Each may be repeated
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html).
 */
export type RotationSteps = Readonly<Record<'createSecret' | 'testSecret' | 'finishSecret', Step>>;

const rotated: TokenRotation = { kind: 'rotated' };

/** Makes a token that GREEN-API accepts the pending one, also if another rotation has stored it: the next steps need it there. */
const keepPending = async ({ secret, newVersion }: Attempt, token: StoredToken): Promise<TokenRotation> => {
  if (token.versionId === newVersion.versionId) return rotated;
  const copied = await secret.put({ ...newVersion, text: token.text });
  return copied.kind === 'done' ? rotated : notRotated('the token that another rotation has stored was not copied');
};

export const createRotationSteps = (dependencies: RotationDependencies): RotationSteps => {
  const open = ({ idInstance, clientRequestToken }: SecretRotation, deadline: number) => {
    const newVersion = { versionId: clientRequestToken, stage: 'AWSPENDING' };
    const attempt = createAttempt(dependencies, { idInstance, decision: clientRequestToken, newVersion }, deadline);
    return { attempt, readPending: () => attempt.readToken({ versionId: clientRequestToken }) };
  };

  return {
    /** Replaces the token, because GREEN-API chooses the new one, and stores it as `AWSPENDING`. */
    createSecret: async (rotation, deadline) => {
      const { attempt, readPending } = open(rotation, deadline);
      const pending = await readPending();
      if (pending.kind === 'token') return rotated;
      if (pending.kind === 'failed') return notRotated(pending.detail);
      const changed = await changeToken(attempt, ({ token }) => keepPending(attempt, token));
      if (changed.kind !== 'rotated' || (await readPending()).kind === 'token') return changed;
      // Another rotation has replaced the token meanwhile.
      const current = await attempt.readToken({ stage: 'AWSCURRENT' });
      return current.kind === 'token'
        ? keepPending(attempt, current)
        : notRotated('the secret could not be read again');
    },
    /** Reads the state with the token that is pending. */
    testSecret: async (rotation, deadline) => {
      const { attempt, readPending } = open(rotation, deadline);
      const pending = await readPending();
      if (pending.kind === 'failed') return notRotated(pending.detail);
      // With --no-rotate-immediately this step runs alone, to test the configuration: there is no pending token then.
      const tested = pending.kind === 'token' ? pending : await attempt.readToken({ stage: 'AWSCURRENT' });
      if (tested.kind !== 'token') return notRotated('there is no token to test');
      const trial = await observe(attempt, tested.credential, 'accepted');
      const which = pending.kind === 'token' ? 'pending' : 'current';
      if (trial !== 'accepted')
        return notRotated(`the ${which} token was ${trial === 'rejected' ? trial : 'not tested'}`);
      return which === 'pending' ? rotated : { ...rotated, detail: 'nothing is pending: the current token was tested' };
    },
    /** Moves `AWSCURRENT` to it. */
    finishSecret: async (rotation, deadline) => {
      const { attempt, readPending } = open(rotation, deadline);
      const token = await readPending();
      if (token.kind !== 'token') return notRotated('there is no token in the pending version');
      const promotion = await promote(attempt, { kind: 'stored', token });
      if (promotion.kind === 'current') return rotated;
      return notRotated(promotion.kind === 'rejected' ? 'GREEN-API rejects the pending token' : promotion.detail);
    },
  };
};
