import type { Agent } from 'node:https';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/**
 * The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_SECRETS_MANAGER` itself.
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

/** The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_LAMBDA` itself. */
export const createLambda = (): LambdaClient =>
  new LambdaClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
