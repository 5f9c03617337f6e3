import type { Agent } from 'node:https';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The SDK itself reads `AWS_ENDPOINT_URL_SECRETS_MANAGER`, which may name a local endpoint.
 *
 * @param httpsAgent @default the SDK's own
 */
export const createSecretsManager = (httpsAgent?: Agent): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
      ...(httpsAgent && { httpsAgent }),
    },
  });

/** The SDK itself reads `AWS_ENDPOINT_URL_LAMBDA`, which may name a local endpoint. */
export const createLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

/** The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_IDENTITYSTORE` itself. */
export const createIdentityStore = (): IdentitystoreClient =>
  new IdentitystoreClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
