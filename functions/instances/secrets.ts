import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { errorNameOf } from '../platform/unknown-values.ts';

export type SecretsManagerFailure =
  | { readonly kind: 'not-found' }
  /** The next try would fail in the same way. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Secrets Manager may answer later. */
  | { readonly kind: 'unavailable'; readonly detail: string };

// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html#API_GetSecretValue_Errors
const lastingProblems: Readonly<Record<string, string>> = {
  DecryptionFailure: 'it cannot be decrypted: is its KMS key enabled, and may it be used here?',
  InvalidRequestException: 'it is marked for deletion: restore it, or remove its instance from the list',
  InvalidParameterException: 'Secrets Manager does not accept its name',
  UnrecognizedClientException: 'AWS does not know the credentials of this service',
  InvalidSignatureException: 'AWS refuses the signature of this service: are its credentials and clock right?',
};

/** @param rights what to allow when access was denied */
export const secretsManagerFailure = (error: unknown, rights: string): SecretsManagerFailure => {
  const name = errorNameOf(error);
  if (name === 'ResourceNotFoundException') return { kind: 'not-found' };
  if (name === 'AccessDeniedException') return { kind: 'unreadable', problem: `access denied: allow ${rights}` };
  const problem = lastingProblems[name];
  return problem === undefined
    ? { kind: 'unavailable', detail: `Secrets Manager: ${name}` }
    : { kind: 'unreadable', problem };
};

export type FetchedSecret = { readonly kind: 'secret'; readonly text: string } | SecretsManagerFailure;

/**
 * Fetches the text of one secret, past every cache.
 *
 * @param stage label of the version @default AWSCURRENT
 */
export type FetchSecret = (secretName: string, stage?: 'AWSPENDING') => Promise<FetchedSecret>;

/** @param client retries and limits the time by its own settings; nothing is retried here */
export const createFetchSecret =
  (client: Pick<SecretsManagerClient, 'send'>): FetchSecret =>
  async (secretName, VersionStage) => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName, VersionStage }));
      return SecretString === undefined
        ? { kind: 'unreadable', problem: 'it is binary: put the JSON into SecretString' }
        : { kind: 'secret', text: SecretString };
    } catch (error) {
      return secretsManagerFailure(error, 'secretsmanager:GetSecretValue on it, and kms:Decrypt on its key');
    }
  };

export type FetchedSecrets =
  /** By name, without the secrets that are missing, unreadable or binary. */
  | { readonly kind: 'secrets'; readonly texts: ReadonlyMap<string, string> }
  | { readonly kind: 'unavailable'; readonly detail: string };

/**
 * Fetches the current texts of up to 20 secrets with one request. It takes `secretsmanager:BatchGetSecretValue` besides
 * `secretsmanager:GetSecretValue` on each of them
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html).
 */
export type FetchSecrets = (secretNames: readonly string[]) => Promise<FetchedSecrets>;

export const createFetchSecrets =
  (client: Pick<SecretsManagerClient, 'send'>): FetchSecrets =>
  async (secretNames) => {
    try {
      const { SecretValues = [] } = await client.send(
        new BatchGetSecretValueCommand({ SecretIdList: [...secretNames] }),
      );
      const named = SecretValues.flatMap(({ Name, SecretString }): [string, string][] =>
        Name !== undefined && SecretString !== undefined ? [[Name, SecretString]] : [],
      );
      return { kind: 'secrets', texts: new Map(named) };
    } catch (error) {
      return { kind: 'unavailable', detail: `Secrets Manager: ${errorNameOf(error)}` };
    }
  };
