import { Readable } from 'node:stream';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { createParseApiUrl } from '../green-api/api-url.ts';
import type { Connections } from '../green-api/exchange.ts';
import { type InstanceId, parseInstanceId } from '../green-api/instance-id.ts';
import type { CredentialReading, ReadCredential } from '../instances/credentials.ts';
import { createFetchSecrets, type FetchSecrets } from '../instances/secrets.ts';
import { within } from '../platform/deadline.ts';
import { parseVariables, type ValuesOf, type Variables } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';
import { type Environment, warmHosts, warmInstances } from '../platform/settings.ts';
import type { Bus } from './record-evidence.ts';

/** Does during init what the first call would otherwise wait for. Sends nothing to GREEN-API and never rejects. */
export type WarmUp = () => Promise<void>;

export type WarmUpDependencies = {
  /** Instances whose credentials are read ahead, at most 20. More than one needs the right to read in batches. */
  readonly instances: readonly InstanceId[];
  readonly hosts: readonly string[];
  readonly secretPrefix: string;
  readonly fetchSecrets: FetchSecrets;
  readonly readCredential: ReadCredential;
  readonly openEarly: Connections['openEarly'];
  /** Prepares the Secrets Manager client if no credential is read ahead. */
  readonly primeSecretsManager: () => Promise<void>;
  readonly primeEventBridge: () => Promise<void>;
  readonly warn: (message: string, fields: { readonly detail: string }) => void;
  /** Longest wait of init, in milliseconds. Unfinished steps continue after it. @default 1000 */
  readonly limitMs?: number;
};

const httpsHostOf = (reading: CredentialReading): readonly string[] =>
  reading.kind === 'credential' && reading.credential.apiUrl.startsWith('https:')
    ? [new URL(reading.credential.apiUrl).host]
    : [];

export const createWarmUp = (dependencies: WarmUpDependencies): WarmUp => {
  const { instances, hosts, secretPrefix, fetchSecrets, readCredential, openEarly, warn } = dependencies;
  const { primeSecretsManager, primeEventBridge, limitMs = 1_000 } = dependencies;

  const readAhead = async (): Promise<readonly CredentialReading[]> => {
    if (instances.length === 1) return Promise.all(instances.map((id) => readCredential(id)));
    const fetched = await fetchSecrets(instances.map((id) => `${secretPrefix}${id}`));
    if (fetched.kind === 'unavailable') {
      warn('credentials not read ahead', { detail: fetched.detail });
      return [];
    }
    const readings = instances.map((id) => {
      const text = fetched.texts.get(`${secretPrefix}${id}`);
      return text === undefined ? [] : readCredential(id, { text });
    });
    return (await Promise.all(readings)).flat();
  };

  const getInstancesReady = async () => {
    const found = new Set((await readAhead()).flatMap(httpsHostOf));
    await Promise.all([...found].filter((host) => !hosts.includes(host)).map(openEarly));
  };

  return async () => {
    const read = instances.length > 0 ? getInstancesReady() : primeSecretsManager();
    const steps = [read, primeEventBridge(), ...hosts.map(openEarly)];
    await within(limitMs, Promise.allSettled(steps));
  };
};

type Destination = { readonly protocol: string; readonly hostname: string; readonly port?: number };

const parseDestination = (request: unknown) => request as Destination;

const emptyAnswer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from('{}')]) });

type Middleware = () => (sent: {
  readonly request: unknown;
}) => Promise<{ readonly response: unknown; readonly output: { readonly $metadata: object } }>;

/** The part that all commands of the SDK have in common. */
type PrimableCommand = {
  readonly middlewareStack: {
    add(middleware: Middleware, place: { readonly step: 'deserialize'; readonly priority: 'low' }): void;
  };
};

/**
 * Runs a command through its whole client without sending it, and connects to its destination. Look-ups, compilation and the TLS
 * handshake of a first call then happen during init, when a function of any size has a whole core.
 */
export const primeClient = async (
  command: PrimableCommand,
  send: () => Promise<unknown>,
  openEarly: (host: string) => Promise<void>,
): Promise<void> => {
  let connected: Promise<void> | undefined;
  command.middlewareStack.add(
    () => async (sent) => {
      const { protocol, hostname, port = 443 } = parseDestination(sent.request);
      if (protocol === 'https:') connected = openEarly(`${hostname}:${port}`);
      return { response: emptyAnswer(), output: { $metadata: {} } };
    },
    { step: 'deserialize', priority: 'low' },
  );
  await send();
  await connected;
};

const idSchema = () => v.custom<InstanceId>((id) => parseInstanceId(id) !== undefined, 'must be the id of an instance');

const warmingSettings = {
  instances: { ...warmInstances, read: () => v.pipe(warmInstances.read(), v.array(idSchema())) },
  hosts: warmHosts,
};

/** What to prepare during init. @throws EnvironmentError at cold start, naming every wrong variable */
export const readWarmingEnvironment = (variables: Variables): ValuesOf<typeof warmingSettings> =>
  parseVariables(warmingSettings, variables);

type ToWarmUp = {
  readonly secretsManager: SecretsManagerClient;
  readonly bus: Bus | undefined;
  readonly readCredential: ReadCredential;
  readonly connections: Connections;
};

export const composeWarmUp = (
  { secretsManager, bus, readCredential, connections: { openEarly } }: ToWarmUp,
  { secretPrefix, allowedApiHosts, credentialTtlMs }: Environment,
  variables: Variables,
  log: Log,
): WarmUp => {
  const { instances, hosts } = readWarmingEnvironment(variables);
  const parseApiUrl = createParseApiUrl(allowedApiHosts);
  return createWarmUp({
    // Without a cache, reading ahead is useless.
    instances: credentialTtlMs > 0 ? instances : [],
    hosts: hosts.filter((host) => parseApiUrl(`https://${host}`) !== undefined),
    secretPrefix,
    fetchSecrets: createFetchSecrets(secretsManager),
    readCredential,
    openEarly,
    primeSecretsManager: () => {
      const read = new GetSecretValueCommand({ SecretId: 'warm-up' });
      return primeClient(read, () => secretsManager.send(read), openEarly);
    },
    primeEventBridge: async () => {
      if (bus === undefined) return;
      const event = new PutEventsCommand({ Entries: [{ Detail: '{}' }] });
      await primeClient(event, () => bus.client.send(event), openEarly);
    },
    warn: (message, fields) => log('WARN', message, fields),
  });
};
