import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { errorNameOf } from '../../platform/unknown-values.ts';

/** One version of a secret. `text` holds a token. */
export type SecretVersion = {
  readonly kind: 'version';
  readonly versionId: string;
  readonly text: string;
  /** Milliseconds since the epoch, by the clock of Secrets Manager. */
  readonly createdAtMs: number;
};

export type SecretFailure = { readonly kind: 'failed'; readonly detail: string };

/** `absent` is also a version without a value, as Secrets Manager leaves it of a rotation that failed. */
export type VersionReading = SecretVersion | { readonly kind: 'absent' } | SecretFailure;

/** `taken`: the version exists already, with another value. */
export type VersionWritten = { readonly kind: 'done' } | { readonly kind: 'taken' } | SecretFailure;

export type StageMoved = { readonly kind: 'done' } | SecretFailure;

/** The versions of one secret. No call rejects, or outlasts the time that was given for all of them. */
export type SecretVersions = {
  readonly read: (which: { readonly stage: string } | { readonly versionId: string }) => Promise<VersionReading>;
  /** Writes a version under a label. The same version with the same text is the same request, made again. */
  readonly put: (version: {
    readonly versionId: string;
    readonly text: string;
    readonly stage: string;
  }) => Promise<VersionWritten>;
  /**
   * Moves a label, or removes it if `to` is missing. It fails unless the label is at `from` now, or nowhere if `from` is missing
   * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html).
   */
  readonly moveStage: (move: {
    readonly stage: string;
    readonly from?: string | undefined;
    readonly to?: string;
  }) => Promise<StageMoved>;
};

/** @param leftMs the time that is left for the secret, in milliseconds */
export type OpenSecret = (secretName: string, leftMs: () => number) => SecretVersions;

const failureOf = (error: unknown): SecretFailure => ({
  kind: 'failed',
  detail: `Secrets Manager: ${errorNameOf(error)}`,
});

/** Time for one call with its retries, in milliseconds. */
const longestMs = 15_000;

/** @param client its own retries apply; each call also ends with the time that is left */
export const createOpenSecret =
  (client: Pick<SecretsManagerClient, 'send'>): OpenSecret =>
  (SecretId, leftMs) => {
    const limit = () => ({ abortSignal: AbortSignal.timeout(Math.min(longestMs, Math.max(1, Math.floor(leftMs())))) });
    return {
      read: async (which) => {
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
      put: async ({ versionId, text, stage }) => {
        const version = { ClientRequestToken: versionId, SecretString: text, VersionStages: [stage] };
        try {
          await client.send(new PutSecretValueCommand({ SecretId, ...version }), limit());
          return { kind: 'done' };
        } catch (error) {
          return errorNameOf(error) === 'ResourceExistsException' ? { kind: 'taken' } : failureOf(error);
        }
      },
      moveStage: async ({ stage, from, to }) => {
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
