import { type ApiUrl, type Credential, parseCredential } from './credential.ts';
import type { FetchSecret } from './fetch-secret.ts';
import type { InstanceId } from './instance-id.ts';

export type CredentialReading =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'unknown-instance'; readonly reason: string }
  | { readonly kind: 'credential-unreadable'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly reason: string };

/**
 * Reads the credential of one instance, at once if it is in memory. Concurrent calls for one instance share one read.
 *
 * @param options.fresh read past the cache: GREEN-API has just rejected the cached token
 * @param options.text its secret, if that has been fetched already
 */
export type ReadCredential = (
  id: InstanceId,
  options?: { readonly fresh?: boolean; readonly text?: string | undefined },
) => CredentialReading | Promise<CredentialReading>;

export type ReadCredentialDependencies = {
  readonly fetchSecret: FetchSecret;
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  /** What stands before the id in the name of a secret, e.g. `green-api/`. */
  readonly secretPrefix: string;
  /** How long a credential is kept in memory, in milliseconds; 0 keeps none. */
  readonly ttlMs: number;
  readonly now: () => number;
  readonly warn: (message: string, fields: { readonly secretName: string }) => void;
};

type Cached =
  | { readonly kind: 'under-way'; readonly reading: Promise<CredentialReading> }
  | { readonly kind: 'read'; readonly reading: CredentialReading; readonly freshUntil: number };

const createReadSecret =
  ({ fetchSecret, parseApiUrl, secretPrefix, warn }: ReadCredentialDependencies) =>
  async (id: InstanceId, text?: string): Promise<CredentialReading> => {
    const secretName = `${secretPrefix}${id}`;
    const fetched = text === undefined ? await fetchSecret(secretName) : ({ kind: 'secret', text } as const);
    if (fetched.kind === 'not-found') return { kind: 'unknown-instance', reason: `there is no secret ${secretName}` };
    if (fetched.kind === 'unreadable')
      return { kind: 'credential-unreadable', reason: `secret ${secretName}: ${fetched.problem}` };
    if (fetched.kind === 'unavailable') return fetched;

    const parsed = parseCredential(fetched.text, parseApiUrl);
    if (parsed.kind === 'malformed')
      return { kind: 'credential-unreadable', reason: `secret ${secretName}: ${parsed.problem}` };
    if (parsed.tokenLooksUnusual) warn('apiTokenInstance is not 50 lower-case hex characters', { secretName });
    return { kind: 'credential', credential: parsed.credential };
  };

export const createReadCredential = (dependencies: ReadCredentialDependencies): ReadCredential => {
  const { ttlMs, now } = dependencies;
  const readSecret = createReadSecret(dependencies);
  const cache = new Map<InstanceId, Cached>();

  const read = (id: InstanceId, text?: string): Promise<CredentialReading> => {
    const reading = readSecret(id, text);
    const entry: Cached = { kind: 'under-way', reading };
    cache.set(id, entry);
    void reading.then((read) => {
      if (cache.get(id) !== entry) return;
      // Only a credential is kept: what went wrong may be mended by the next call.
      if (read.kind === 'credential' && ttlMs > 0)
        cache.set(id, { kind: 'read', reading: read, freshUntil: now() + ttlMs });
      else cache.delete(id);
    });
    return reading;
  };

  return (id, { fresh = false, text } = {}) => {
    const cached = cache.get(id);
    const usable = cached?.kind === 'under-way' || (cached && !fresh && now() < cached.freshUntil);
    return usable ? cached.reading : read(id, text);
  };
};
