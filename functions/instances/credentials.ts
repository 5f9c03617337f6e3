import type { ApiUrl } from '../green-api/api-url.ts';
import type { Credential } from '../green-api/credential.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import { parseCredential } from './parse-credential.ts';
import { type FetchSecret, type NotRead, type PendingStage, unreadable } from './secrets.ts';

export type CredentialReading = { readonly kind: 'credential'; readonly credential: Credential } | NotRead;

/**
 * Reads the credential of one instance, from memory if it is there. Concurrent calls for one instance share one read.
 *
 * @param options.fresh read past the cache, because GREEN-API has just refused the cached credential
 * @param options.pending read, past the cache, the version at this label, which a rotation has not made current yet
 * @param options.text the secret's text, if it has been fetched already
 */
export type ReadCredential = (
  id: InstanceId,
  options?: { readonly fresh?: boolean; readonly pending?: PendingStage; readonly text?: string | undefined },
) => CredentialReading | Promise<CredentialReading>;

type ReadCredentialDependencies = {
  readonly fetchSecret: FetchSecret;
  readonly parseApiUrl: (text: string) => ApiUrl | undefined;
  readonly secretPrefix: string;
  /** How long a credential is reused, in milliseconds; 0: it is read for each call. */
  readonly ttlMs: number;
  readonly now: () => number;
  readonly warn: (message: string, fields: { readonly secretName: string }) => void;
};

type Cached =
  | { readonly kind: 'under-way'; readonly reading: Promise<CredentialReading> }
  | { readonly kind: 'read'; readonly reading: CredentialReading; readonly freshUntil: number };

export const createReadCredential = (dependencies: ReadCredentialDependencies): ReadCredential => {
  const { fetchSecret, parseApiUrl, secretPrefix, ttlMs, now, warn } = dependencies;
  const readSecret = async (id: InstanceId, text?: string, stage?: PendingStage): Promise<CredentialReading> => {
    const secretName = `${secretPrefix}${id}`;
    const fetched = text === undefined ? await fetchSecret(secretName, stage) : ({ kind: 'secret', text } as const);
    if (fetched.kind !== 'secret') return fetched;

    const parsed = parseCredential(fetched.text, parseApiUrl);
    if (parsed.kind === 'malformed') return unreadable(secretName, parsed.problem);
    if (parsed.tokenLooksUnusual) warn('apiTokenInstance is not 50 lower-case hex characters', { secretName });
    return { kind: 'credential', credential: parsed.credential };
  };

  const cache = new Map<InstanceId, Cached>();

  const read = (id: InstanceId, text?: string): Promise<CredentialReading> => {
    const reading = readSecret(id, text);
    cache.set(id, { kind: 'under-way', reading });
    void reading.then((read) => {
      // A failure is not cached: it may be corrected before the next call.
      if (read.kind === 'credential') cache.set(id, { kind: 'read', reading: read, freshUntil: now() + ttlMs });
      else cache.delete(id);
    });
    return reading;
  };

  return (id, { fresh = false, pending, text } = {}) => {
    if (pending !== undefined) return readSecret(id, undefined, pending);
    const cached = cache.get(id);
    const usable = cached?.kind === 'under-way' || (cached && !fresh && now() < cached.freshUntil);
    return usable ? cached.reading : read(id, text);
  };
};
