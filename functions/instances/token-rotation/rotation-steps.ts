import type { InstanceId } from '../instance-id.ts';
import { createAttempt, notRotated, type RotationDependencies, type TokenRotation } from './attempt.ts';
import { changeToken } from './rotate-token.ts';
import { observe, promote, type Stored } from './store.ts';

/** What Secrets Manager calls a rotation, and the version that it wants made. */
export type SecretRotation = { readonly idInstance: InstanceId; readonly clientRequestToken: string };

type Step = (rotation: SecretRotation, deadline: number) => Promise<TokenRotation>;

/**
 * The steps of a rotation by Secrets Manager that do something. Each may be repeated
 * (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html).
 */
export type RotationSteps = {
  /** Replaces the token, because GREEN-API chooses the new one, and stores it as `AWSPENDING`. */
  readonly createSecret: Step;
  /** Reads the state with the token that is pending. */
  readonly testSecret: Step;
  /** Moves `AWSCURRENT` to it. */
  readonly finishSecret: Step;
};

const rotated: TokenRotation = { kind: 'rotated' };

export const createRotationSteps = (dependencies: RotationDependencies): RotationSteps => {
  const open = ({ idInstance, clientRequestToken }: SecretRotation, deadline: number) => {
    const newVersion = { versionId: clientRequestToken, stage: 'AWSPENDING' };
    const attempt = createAttempt(dependencies, { idInstance, decision: clientRequestToken, newVersion }, deadline);
    return { attempt, readPending: () => attempt.readToken({ versionId: clientRequestToken }) };
  };

  return {
    createSecret: async (rotation, deadline) => {
      const { attempt, readPending } = open(rotation, deadline);
      const pending = await readPending();
      if (pending.kind === 'token') return rotated;
      if (pending.kind === 'failed') return notRotated(pending.detail);
      return changeToken(attempt, async ({ token }: Stored) => {
        if (token.versionId === rotation.clientRequestToken) return rotated;
        // An interrupted rotation of ours had left it.
        const copied = await attempt.secret.put({ ...attempt.newVersion, text: token.text });
        return copied.kind === 'done' ? rotated : notRotated('the token of an interrupted rotation was not stored');
      });
    },
    testSecret: async (rotation, deadline) => {
      const { attempt, readPending } = open(rotation, deadline);
      const pending = await readPending();
      if (pending.kind !== 'token') return notRotated('there is no token in the pending version');
      const trial = await observe(attempt, pending.credential, 'accepted');
      return trial === 'accepted'
        ? rotated
        : notRotated(`the pending token was ${trial === 'rejected' ? trial : 'not tested'}`);
    },
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
