import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../green-api/api-url.ts';
import { createGreenApi, type GreenApi } from '../green-api/client.ts';
import { type Connections, createConnections } from '../green-api/connections.ts';
import { createSendGet } from '../green-api/exchange.ts';
import { createPace } from '../green-api/pace.ts';
import { createFetchSecret } from '../instances/fetch-secret.ts';
import { createReadCredential, type ReadCredential } from '../instances/read-credential.ts';
import { type Ask, createAsk } from '../logout/ask.ts';
import type { Environment } from './environment.ts';
import type { Log } from './log.ts';

export type WiredGreenApi = {
  readonly ask: Ask;
  readonly greenApi: GreenApi;
  readonly readCredential: ReadCredential;
};

/** GREEN-API, and what asks it with the credential of an instance. */
export const wireGreenApi = (
  client: SecretsManagerClient,
  { secretPrefix, allowedApiHosts, credentialTtlMs, greenApiTimeoutMs }: Environment,
  log: Log,
  connections: Connections = createConnections(),
): WiredGreenApi => {
  const readCredential = createReadCredential({
    fetchSecret: createFetchSecret(client),
    parseApiUrl: createParseApiUrl(allowedApiHosts),
    secretPrefix,
    ttlMs: credentialTtlMs,
    now: Date.now,
    warn: (message, fields) => log('WARN', message, fields),
  });
  return {
    ask: createAsk(readCredential),
    greenApi: createGreenApi({
      sendGet: createSendGet({ timeoutMs: greenApiTimeoutMs, connections }),
      createPace,
    }),
    readCredential,
  };
};
