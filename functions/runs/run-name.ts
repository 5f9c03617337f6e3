import { createHash } from 'node:crypto';

/** What a run is called, for its whole life: the name of its execution and its `id` in the API. */
export type RunName = string & { readonly __brand: 'RunName' };

export type RunCause = {
  /** The deployment: two of them in one account never answer for each other. */
  readonly stack: string;
  /** The requester: a caller, the source of an event, the name of a schedule. Keys of different requesters never collide. */
  readonly requester: string;
  /** The same key of the same requester names the same run: an `Idempotency-Key`, an event's id, a scheduled time. */
  readonly key: string;
  /** The identity provider whose leavers are counted by the names of their runs: 1 to 16 of `a-z`, `0-9` and `-`. */
  readonly provider?: string;
};

/** Names the run of a cause; it fits `[A-Za-z0-9-_]{1,64}`, as the name of an execution must. */
export const runNameOf = (
  handler: 'api' | 'event' | 'schedule',
  { stack, requester, key, provider }: RunCause,
): RunName => {
  // As JSON, no two causes read the same: a bare join would take a|b and c for a and b|c.
  const digest = createHash('sha256')
    .update(JSON.stringify([stack, requester, key]))
    .digest('hex');
  return `${handler}-${provider === undefined ? '' : `${provider}-`}${digest.slice(0, 40)}` as RunName;
};

const namePattern = /^(?:api|schedule|event(?:-([a-z][a-z0-9-]{0,15}))?)-[0-9a-f]{40}$/;

/** Parses the id of a run; `undefined` if it has another form. */
export const parseRunName = (value: unknown): RunName | undefined =>
  typeof value === 'string' && namePattern.test(value) ? (value as RunName) : undefined;

/** The identity provider in the name of a run, if there is one. */
export const providerOfRun = (name: string): string | undefined => namePattern.exec(name)?.[1];

const sources = { api: 'api', event: 'offboarding', schedule: 'schedule' } as const;

/** What started a run, by the first word of its name. */
export const runSourceOf = (name: RunName): (typeof sources)[keyof typeof sources] =>
  sources[name.split('-')[0] as keyof typeof sources];
