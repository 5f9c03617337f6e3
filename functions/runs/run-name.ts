import { hash } from 'node:crypto';

/** What a run is called, for its whole life: the name of its execution and its `id` in the API. */
export type RunName = string & { readonly __brand: 'RunName' };

export type RunCause = {
  /** The deployment: two of them in one account never answer for each other. */
  readonly stack: string;
  /** The requester: a caller, the source of an event, the name of a schedule. Keys of different requesters never collide. */
  readonly requester: string;
  /** The same key of the same requester names the same run: an `Idempotency-Key`, an event's id, a scheduled time. */
  readonly key: string;
};

/** A leaver who counts for an identity provider, as the name of the run says it. */
export type CountedLeaver = {
  /** 1 to 16 of `a-z`, `0-9` and `-`. */
  readonly provider: string;
  /** The run waits for its `at`: it counts as long as it has not ended, and not by its start. */
  readonly isWaiting: boolean;
  /** The same for every run of the same identities. 20 hexadecimal digits. */
  readonly person: string;
};

// As JSON, no two causes read the same: a bare join would take a|b and c for a and b|c.
const digestOf = (...parts: readonly string[]): string => hash('sha256', JSON.stringify(parts)).slice(0, 40);

const half = (digest: string): string => digest.slice(0, 20);

/** Names the run of a cause; it fits `[A-Za-z0-9-_]{1,64}`, as the name of an execution must. */
export const runNameOf = (handler: 'api' | 'event' | 'schedule', { stack, requester, key }: RunCause): RunName =>
  `${handler}-${digestOf(stack, requester, key)}` as RunName;

/**
 * Names the run of a leaver who counts for an identity provider. There is no database, so Lambda's list of names is what the
 * limits of the provider are counted by.
 *
 * @param identities of the leaver, in any order
 */
export const countedRunNameOf = (
  { stack, requester, key }: RunCause,
  { provider, isWaiting }: Pick<CountedLeaver, 'provider' | 'isWaiting'>,
  identities: readonly string[],
): RunName => {
  const person = half(digestOf(stack, ...identities.toSorted()));
  return `event-${provider}${isWaiting ? '_' : '-'}${person}${half(digestOf(stack, requester, key))}` as RunName;
};

/** The name that version 0.2 gave the run of a leaver who counts. Such a run may wait for weeks. */
export const formerRunNameOf = ({ stack, requester, key }: RunCause, provider: string): RunName =>
  `event-${provider}-${digestOf(stack, requester, key)}` as RunName;

const namePattern = /^(?:(?:api|schedule|event)-|event-([a-z][a-z0-9-]{0,15})([-_]))([0-9a-f]{40})$/;

/** Parses the id of a run; `undefined` if it has another form. */
export const parseRunName = (value: unknown): RunName | undefined =>
  typeof value === 'string' && namePattern.test(value) ? (value as RunName) : undefined;

/** Who counts by the name of a run, if anybody. By a name of version 0.2, each run is a person of its own. */
export const countedLeaverOf = (name: string): CountedLeaver | undefined => {
  const [, provider, separator, digest = ''] = namePattern.exec(name) ?? [];
  return provider === undefined ? undefined : { provider, isWaiting: separator === '_', person: half(digest) };
};

const sources = { api: 'api', event: 'offboarding', schedule: 'schedule' } as const;

/** What started a run, by the first word of its name. */
export const runSourceOf = (name: RunName): (typeof sources)[keyof typeof sources] =>
  sources[name.split('-')[0] as keyof typeof sources];
