import type { Connections } from '../green-api/connections.ts';
import type { FetchSecrets } from '../instances/fetch-secrets.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import type { CredentialReading, ReadCredential } from '../instances/read-credential.ts';

/** Does during init what the first call would otherwise wait for. Never rejects, and sends GREEN-API nothing. */
export type WarmUp = () => Promise<void>;

export type WarmUpDependencies = {
  /** Whose credentials are read ahead: none, one, or up to 20, which takes the right to read in batches. */
  readonly instances: readonly InstanceId[];
  /** Hosts of GREEN-API's to connect to, besides those of the credentials. */
  readonly hosts: readonly string[];
  readonly secretPrefix: string;
  readonly fetchSecrets: FetchSecrets;
  readonly readCredential: ReadCredential;
  readonly openEarly: Connections['openEarly'];
  /** Stands for the read of a credential where none is read ahead. */
  readonly rehearseRead: () => Promise<void>;
  /** Stands for the outcome event, if any is going to be sent. */
  readonly rehearseEvent: () => Promise<void>;
  readonly warn: (message: string, fields: { readonly reason: string }) => void;
  /** The most that init waits, in milliseconds; what is under way then goes on. @default 1000 */
  readonly limitMs?: number;
};

const createReadAhead =
  ({ instances, secretPrefix, fetchSecrets, readCredential, warn }: WarmUpDependencies) =>
  async (): Promise<readonly CredentialReading[]> => {
    if (instances.length === 1) return Promise.all(instances.map((id) => readCredential(id)));
    const fetched = await fetchSecrets(instances.map((id) => `${secretPrefix}${id}`));
    if (fetched.kind === 'unavailable') {
      warn('credentials not read ahead', { reason: fetched.reason });
      return [];
    }
    const readings = instances.map((id) => {
      const text = fetched.texts.get(`${secretPrefix}${id}`);
      return text === undefined ? [] : readCredential(id, { text });
    });
    return (await Promise.all(readings)).flat();
  };

const httpsHostOf = (reading: CredentialReading): readonly string[] =>
  reading.kind === 'credential' && reading.credential.apiUrl.startsWith('https:')
    ? [new URL(reading.credential.apiUrl).host]
    : [];

export const createWarmUp = (dependencies: WarmUpDependencies): WarmUp => {
  const { instances, hosts, openEarly, rehearseRead, rehearseEvent, limitMs = 1_000 } = dependencies;
  const readAhead = createReadAhead(dependencies);

  const getInstancesReady = async () => {
    const found = new Set((await readAhead()).flatMap(httpsHostOf));
    await Promise.all([...found].filter((host) => !hosts.includes(host)).map(openEarly));
  };

  return async () => {
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, limitMs);
    const read = instances.length > 0 ? getInstancesReady() : rehearseRead();
    const steps = [read, rehearseEvent(), ...hosts.map(openEarly)];
    await Promise.race([Promise.allSettled(steps), limit]);
    clearTimeout(timer);
  };
};
