import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { FailureDuration } from '../green-api/vocabulary.ts';
import { errorNameOf } from '../platform/unknown-values.ts';

/** Why the secret of an instance, or something in it, could not be read. */
export type NotRead =
  | { readonly kind: 'unknown-instance'; readonly detail: string }
  /** @default duration lasting */
  | { readonly kind: 'credential-unreadable'; readonly detail: string; readonly duration?: FailureDuration }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * The errors of Secrets Manager that are about the secret or a right. Every other one is passing: it says nothing about the
 * secret, such as `ThrottlingException`, or `InvalidSignatureException`, which Secrets Manager answers in bursts.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
 */
export const secretProblems = {
  /** A right that was just granted takes some minutes to work. */
  AccessDeniedException: { duration: 'passing for ten minutes', problem: 'access denied: allow' },
  DecryptionFailure: {
    duration: 'lasting',
    problem: 'it cannot be decrypted: enable its KMS key, and allow kms:Decrypt on it',
  },
  InvalidRequestException: {
    duration: 'lasting',
    problem: 'it is scheduled for deletion: restore it with aws secretsmanager restore-secret',
  },
  InvalidParameterException: { duration: 'lasting', problem: 'Secrets Manager does not accept its name' },
  ValidationException: { duration: 'lasting', problem: 'Secrets Manager does not accept its name' },
} as const satisfies Record<string, { readonly duration: FailureDuration; readonly problem: string }>;

export const unreadable = (secretName: string, problem: string) =>
  ({ kind: 'credential-unreadable', detail: `secret ${secretName}: ${problem}` }) as const satisfies NotRead;

/** @param rights what to allow when access was denied */
export const notRead = (secretName: string, error: unknown, rights: string): NotRead => {
  const name = errorNameOf(error);
  if (name === 'ResourceNotFoundException')
    return { kind: 'unknown-instance', detail: `there is no secret ${secretName}` };
  if (!Object.hasOwn(secretProblems, name)) return { kind: 'unavailable', detail: `Secrets Manager: ${name}` };
  const { duration, problem } = secretProblems[name as keyof typeof secretProblems];
  if (duration === 'lasting') return unreadable(secretName, problem);
  return { ...unreadable(secretName, `${problem} ${rights}. A new right takes some minutes to work`), duration };
};

export type FetchedSecret = { readonly kind: 'secret'; readonly text: string } | NotRead;

/** Labels at which a rotation leaves a token that is not current yet: that of Secrets Manager, and ours. */
export const pendingStages = ['AWSPENDING', 'GREEN_API_ROTATION_TOKEN'] as const;

export type PendingStage = (typeof pendingStages)[number];

/**
 * Fetches the text of one secret, past every cache.
 *
 * @param client retries and limits the time by its own settings; nothing is retried here
 */
export const createFetchSecret =
  (client: Pick<SecretsManagerClient, 'send'>) =>
  /** @param VersionStage label of the version @default AWSCURRENT */
  async (secretName: string, VersionStage?: PendingStage): Promise<FetchedSecret> => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName, VersionStage }));
      return SecretString === undefined
        ? unreadable(secretName, 'it is binary: put the JSON into SecretString')
        : { kind: 'secret', text: SecretString };
    } catch (error) {
      return notRead(secretName, error, 'secretsmanager:GetSecretValue on it, and kms:Decrypt on its key');
    }
  };

export type FetchSecret = ReturnType<typeof createFetchSecret>;

type FetchedSecrets =
  /** By name, without the secrets that are missing, unreadable or binary. */
  | { readonly kind: 'secrets'; readonly texts: ReadonlyMap<string, string> }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * Fetches the current texts of up to 20 secrets with one request. It takes `secretsmanager:BatchGetSecretValue` besides
 * `secretsmanager:GetSecretValue` on each of them
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).
 */
export const createFetchSecrets =
  (client: Pick<SecretsManagerClient, 'send'>) =>
  async (secretNames: readonly string[]): Promise<FetchedSecrets> => {
    try {
      const command = new BatchGetSecretValueCommand({ SecretIdList: [...secretNames] });
      const { SecretValues = [] } = await client.send(command);
      const named = SecretValues.flatMap(({ Name, SecretString }): [string, string][] =>
        Name !== undefined && SecretString !== undefined ? [[Name, SecretString]] : [],
      );
      return { kind: 'secrets', texts: new Map(named) };
    } catch (error) {
      return { kind: 'unavailable', detail: `Secrets Manager: ${errorNameOf(error)}` };
    }
  };

export type FetchSecrets = ReturnType<typeof createFetchSecrets>;

/** One version of a secret. `text` holds a token. */
type SecretVersion = {
  readonly kind: 'version';
  readonly versionId: string;
  readonly text: string;
  /** Milliseconds since the epoch, by the clock of Secrets Manager. */
  readonly createdAtMs: number;
};

/** @default duration lasting */
export type SecretFailure = { readonly kind: 'failed'; readonly detail: string; readonly duration?: FailureDuration };

/** `absent` is also a version without a value, as Secrets Manager leaves it of a rotation that failed. */
export type VersionReading = SecretVersion | { readonly kind: 'absent' } | SecretFailure;

/** `other-value`: the version exists already, with another value. */
type VersionWritten = Done | { readonly kind: 'other-value' } | SecretFailure;

type Done = { readonly kind: 'done' };
type NewVersion = { readonly versionId: string; readonly text: string; readonly stage: string };
type StageMove = { readonly stage: string; readonly from?: string | undefined; readonly to?: string };

const failureOf = (error: unknown): SecretFailure => {
  const failure = notRead('', error, '');
  const duration = failure.kind === 'unavailable' ? 'passing' : 'duration' in failure ? failure.duration : 'lasting';
  return { kind: 'failed', detail: `Secrets Manager: ${errorNameOf(error)}`, duration };
};

/** Time for one call with its retries, in milliseconds. */
const longestMs = 15_000;

/**
 * Opens the versions of one secret. No call of them rejects, or outlasts the time that is left for all of them.
 *
 * @param client its own retries apply; each call also ends with the time that is left
 */
export const createOpenSecret =
  (client: Pick<SecretsManagerClient, 'send'>) =>
  /** @param leftMs the time that is left for the secret, in milliseconds */
  (SecretId: string, leftMs: () => number) => {
    const limit = () => ({ abortSignal: AbortSignal.timeout(Math.min(longestMs, Math.max(1, Math.floor(leftMs())))) });
    return {
      read: async (which: { readonly stage: string } | { readonly versionId: string }): Promise<VersionReading> => {
        const version = 'stage' in which ? { VersionStage: which.stage } : { VersionId: which.versionId };
        try {
          const answer = await client.send(new GetSecretValueCommand({ SecretId, ...version }), limit());
          const { VersionId: versionId, SecretString: text, CreatedDate } = answer;
          if (versionId === undefined || text === undefined) return { kind: 'failed', detail: 'the secret is binary' };
          return { kind: 'version', versionId, text, createdAtMs: CreatedDate?.getTime() ?? 0 };
        } catch (error) {
          return errorNameOf(error) === 'ResourceNotFoundException' ? { kind: 'absent' } : failureOf(error);
        }
      },
      /** Writes a version under a label. The same version with the same text is the same request, made again. */
      put: async ({ versionId, text, stage }: NewVersion): Promise<VersionWritten> => {
        const version = { ClientRequestToken: versionId, SecretString: text, VersionStages: [stage] };
        try {
          await client.send(new PutSecretValueCommand({ SecretId, ...version }), limit());
          return { kind: 'done' };
        } catch (error) {
          return errorNameOf(error) === 'ResourceExistsException' ? { kind: 'other-value' } : failureOf(error);
        }
      },
      /**
       * Moves a label, or removes it if `to` is missing. It fails unless the label is at `from` now, or nowhere if `from` is missing
       * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html).
       */
      moveStage: async ({ stage, from, to }: StageMove): Promise<Done | SecretFailure> => {
        const move = { VersionStage: stage, RemoveFromVersionId: from, MoveToVersionId: to };
        try {
          await client.send(new UpdateSecretVersionStageCommand({ SecretId, ...move }), limit());
          return { kind: 'done' };
        } catch (error) {
          return failureOf(error);
        }
      },
    };
  };

export type OpenSecret = ReturnType<typeof createOpenSecret>;

export type SecretVersions = ReturnType<OpenSecret>;
