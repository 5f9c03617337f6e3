import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Connections } from '../green-api/connections.ts';

/**
 * The endpoint may be a local one: the SDK reads `AWS_ENDPOINT_URL_SECRETS_MANAGER` itself.
 *
 * @param httpsAgent @default the SDK's own
 */
export const createSecretsManager = (httpsAgent?: Connections['agent']): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
      ...(httpsAgent && { httpsAgent }),
    },
  });
