import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../green-api/api-url.ts';
import { createFetchSecrets } from '../instances/fetch-secrets.ts';
import type { Environment, Variables } from './environment.ts';
import type { Log } from './log.ts';
import { rehearse } from './rehearse.ts';
import { createWarmUp, type WarmUp } from './warm-up.ts';
import { readWarmingEnvironment } from './warming-environment.ts';
import type { WiredGreenApi } from './wire-green-api.ts';

export const wireWarmUp = (
  client: SecretsManagerClient,
  { readCredential, connections }: WiredGreenApi,
  { secretPrefix, allowedApiHosts, credentialTtlMs }: Environment,
  variables: Variables,
  log: Log,
): WarmUp => {
  const { instances, hosts } = readWarmingEnvironment(variables);
  const parseApiUrl = createParseApiUrl(allowedApiHosts);
  return createWarmUp({
    // Nothing to keep, nothing to read ahead.
    instances: credentialTtlMs > 0 ? instances : [],
    hosts: hosts.filter((host) => parseApiUrl(`https://${host}`) !== undefined),
    secretPrefix,
    fetchSecrets: createFetchSecrets(client),
    readCredential,
    openEarly: connections.openEarly,
    rehearse: () => rehearse(client),
    warn: (message, fields) => log('WARN', message, fields),
  });
};
