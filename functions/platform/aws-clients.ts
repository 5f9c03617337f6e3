import type { Agent } from 'node:https';
import { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

// The SDK itself reads `AWS_ENDPOINT_URL_SECRETS_MANAGER` and the like, which may name a local endpoint.

const limits = (requestTimeout: number, httpsAgent?: Agent) => ({
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout,
    throwOnRequestTimeout: true,
    ...(httpsAgent && { httpsAgent }),
  },
});

/** @param httpsAgent @default the SDK's own */
export const createSecretsManager = (httpsAgent?: Agent): SecretsManagerClient =>
  new SecretsManagerClient(limits(3_000, httpsAgent));

export const createLambda = (): LambdaClient => new LambdaClient(limits(5_000));

export const createIdentityStore = (): IdentitystoreClient => new IdentitystoreClient(limits(3_000));
