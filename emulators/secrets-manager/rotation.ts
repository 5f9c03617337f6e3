import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { clientRequestToken, invalidRequest, operation, secretId, usableSecret } from './protocol.ts';
import { currentStage, pendingStage, putVersion, type Secret, versionAt } from './store.ts';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/** What Secrets Manager sends to a rotation function, once for each step. */
export type RotationEvent = {
  readonly Step: (typeof steps)[number];
  /** The ARN of the secret. */
  readonly SecretId: string;
  /** The id of the new version. */
  readonly ClientRequestToken: string;
};

/** Calls the rotation function; a rejection ends the rotation at that step. */
export type InvokeRotationFunction = (functionArn: string, event: RotationEvent) => Promise<unknown>;

/** One pass through the steps of a rotation. */
type Rotation = {
  readonly secret: string;
  readonly versionId: string;
  /** How it ended; missing while it runs. */
  outcome?: 'rotated' | { readonly failedAt: RotationEvent['Step']; readonly error: unknown };
};

/** The version that a rotation began and did not finish. */
const unfinishedVersion = (secret: Secret): string | undefined => {
  const pending = versionAt(secret, pendingStage);
  return pending && !pending.stages.has(currentStage) ? pending.versionId : undefined;
};

/** Runs the rotations one after the other, and keeps a record of them. */
export const createRotations = (invoke: InvokeRotationFunction) => {
  const all: Rotation[] = [];
  let ended: Promise<void> = Promise.resolve();

  const run = async (secret: Secret, rotation: Rotation): Promise<void> => {
    const { versionId } = rotation;
    let failedAt: RotationEvent['Step'] = 'createSecret';
    try {
      for (const Step of steps) {
        failedAt = Step;
        const event = { Step, SecretId: secret.arn, ClientRequestToken: versionId };
        await invoke(secret.rotationFunctionArn ?? '', event);
      }
      if (versionAt(secret, currentStage)?.versionId !== versionId) throw new Error(`${currentStage} was not moved`);
      secret.rotatedAtMs = Date.now();
      rotation.outcome = 'rotated';
    } catch (error) {
      rotation.outcome = { failedAt, error };
    }
  };

  const start = (secret: Secret, versionId: string): void => {
    const rotation: Rotation = { secret: secret.name, versionId };
    all.push(rotation);
    ended = ended.then(() => run(secret, rotation));
  };

  /** @throws when there is nothing to go on with */
  const reattempt = (secret: Secret | undefined): void => {
    const versionId = secret && unfinishedVersion(secret);
    if (!secret || versionId === undefined) throw new Error('the emulator has no unfinished rotation of this secret');
    start(secret, versionId);
  };

  return { all: all as readonly Rotation[], ended: () => ended, start, reattempt };
};

const rotateSchema = v.object({
  SecretId: secretId,
  ClientRequestToken: v.optional(clientRequestToken),
  RotationLambdaARN: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  RotateImmediately: v.optional(v.boolean(), true),
});

/**
 * Begins an empty `AWSPENDING` version, and then calls the rotation function for each step. The schedule of a rotation is
 * not emulated. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
 */
export const rotateSecret = operation(rotateSchema, (context, input) => {
  const secret = usableSecret(context, input.SecretId);
  const { ClientRequestToken: versionId = randomUUID(), RotationLambdaARN } = input;
  if (RotationLambdaARN !== undefined) secret.rotationFunctionArn = RotationLambdaARN;
  if (secret.rotationFunctionArn === undefined)
    throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  const answer = { ARN: secret.arn, Name: secret.name, VersionId: versionId };
  if (!input.RotateImmediately) return { ...answer, VersionId: undefined };

  const unfinished = unfinishedVersion(secret);
  if (unfinished !== undefined) context.startRotation(secret, unfinished);
  if (unfinished === versionId || secret.versions.has(versionId)) return answer;
  if (unfinished !== undefined)
    throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  putVersion(secret, versionId, undefined, [pendingStage]);
  context.startRotation(secret, versionId);
  return answer;
});
