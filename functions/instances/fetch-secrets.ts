import { BatchGetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorNameOf } from './secrets-manager-failure.ts';

export type FetchedSecrets =
  /** By name. Secrets that are missing, unreadable or binary are missing here. */
  | { readonly kind: 'secrets'; readonly texts: ReadonlyMap<string, string> }
  | { readonly kind: 'unavailable'; readonly reason: string };

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
      return { kind: 'unavailable', reason: `Secrets Manager: ${errorNameOf(error)}` };
    }
  };
