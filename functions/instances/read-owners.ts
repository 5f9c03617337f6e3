import { within } from '../platform/deadline.ts';
import type { ListInstances, ListProblem } from './directory.ts';
import { parseOwner } from './identity.ts';

/** The people who own an instance, each as the identities in one `owner` tag; no tag twice. */
export type Owners = { readonly kind: 'owners'; readonly owners: readonly (readonly string[])[] };

/** Reads who owns an instance. Concurrent calls share one reading, and a reading is kept for a time. */
export type ReadOwners = () => Promise<Owners | ListProblem>;

/**
 * The last finished reading, however old, while a new one is under way. Without one it waits for the first.
 *
 * @param untilMs how long to wait at most, in milliseconds since 1970
 */
export type LastOwners = (untilMs: number) => Promise<Owners | undefined>;

const readAll = async (listInstances: ListInstances): Promise<Owners | ListProblem> => {
  const tags = new Set<string>();
  let next: string | undefined;
  do {
    const page = await listInstances(next);
    if (page.kind !== 'page') return page;
    for (const { owner } of page.instances) if (owner !== undefined) tags.add(owner);
    next = page.next;
  } while (next !== undefined);
  return { kind: 'owners', owners: [...tags].map(parseOwner).filter((identities) => identities.length > 0) };
};

/** How long a reading is kept, in milliseconds. */
const ttlMs = 60_000;
/** How long a failed reading is kept, in milliseconds: many requests at once must not use up a quota that is short already. */
const failureTtlMs = 2_000;

/** @param now milliseconds since 1970 */
export const createReadOwners = (
  listInstances: ListInstances,
  now: () => number,
): { readonly readOwners: ReadOwners; readonly lastOwners: LastOwners } => {
  let latest: { readonly reading: Promise<Owners | ListProblem>; until: number } | undefined;
  let finished: Owners | undefined;

  const read = () => {
    const entry = { reading: readAll(listInstances), until: now() + ttlMs };
    latest = entry;
    const shorten = () => {
      entry.until = now() + failureTtlMs;
    };
    entry.reading.then((result) => {
      if (result.kind === 'owners') finished = result;
      else shorten();
    }, shorten);
    return entry.reading;
  };

  const readOwners: ReadOwners = () => (latest !== undefined && now() < latest.until ? latest.reading : read());
  return {
    readOwners,
    lastOwners: async (untilMs) => {
      const reading = readOwners();
      if (finished !== undefined) return finished;
      const result = await within(untilMs - now(), reading);
      return result?.kind === 'owners' ? result : undefined;
    },
  };
};
