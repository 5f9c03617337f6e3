import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createParseApiUrl } from '../green-api/api-url.ts';
import type { Connections } from '../green-api/connections.ts';
import { createFetchSecrets } from '../instances/fetch-secrets.ts';
import type { ReadCredential } from '../instances/read-credential.ts';
import type { Environment, Variables } from './environment.ts';
import type { Log } from './log.ts';
import type { Bus } from './publish-outcome.ts';
import { rehearse } from './rehearse.ts';
import { createWarmUp, type WarmUp } from './warm-up.ts';
import { readWarmingEnvironment } from './warming-environment.ts';

export type ToWarmUp = {
  readonly secretsManager: SecretsManagerClient;
  readonly bus: Bus | undefined;
  readonly readCredential: ReadCredential;
  readonly connections: Connections;
};

export const wireWarmUp = (
  { secretsManager, bus, readCredential, connections: { openEarly } }: ToWarmUp,
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
    fetchSecrets: createFetchSecrets(secretsManager),
    readCredential,
    openEarly,
    rehearseRead: () => {
      const read = new GetSecretValueCommand({ SecretId: 'rehearsal' });
      return rehearse(read, () => secretsManager.send(read), openEarly);
    },
    rehearseEvent: async () => {
      if (bus === undefined) return;
      const event = new PutEventsCommand({ Entries: [{ Detail: '{}' }] });
      await rehearse(event, () => bus.client.send(event), openEarly);
    },
    warn: (message, fields) => log('WARN', message, fields),
  });
};
