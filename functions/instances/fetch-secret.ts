import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SecretsManagerFailure, secretsManagerFailure } from './secrets-manager-failure.ts';

export type FetchedSecret = { readonly kind: 'secret'; readonly text: string } | SecretsManagerFailure;

/** Fetches the current text of one secret, past every cache. */
export type FetchSecret = (secretName: string) => Promise<FetchedSecret>;

/** @param client its own retries and time limits apply; nothing is retried here */
export const createFetchSecret =
  (client: Pick<SecretsManagerClient, 'send'>): FetchSecret =>
  async (secretName) => {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
      return SecretString === undefined
        ? { kind: 'unreadable', problem: 'it is binary: put the JSON into SecretString' }
        : { kind: 'secret', text: SecretString };
    } catch (error) {
      return secretsManagerFailure(error, 'secretsmanager:GetSecretValue on it, and kms:Decrypt on its key');
    }
  };
