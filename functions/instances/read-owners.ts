import type { ListedInstance, ListInstances, ListProblem } from './directory.ts';
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

export type ReadOwnersDependencies = {
  readonly listInstances: ListInstances;
  readonly now: () => number;
  /** How long a reading is kept, in milliseconds. @default 60000 */
  readonly ttlMs?: number;
};

const ownersOf = (instances: readonly ListedInstance[]): Owners => {
  const tags = new Set(instances.flatMap(({ owner }) => owner ?? []));
  return { kind: 'owners', owners: [...tags].map(parseOwner).filter((identities) => identities.length > 0) };
};

const readAll = async (listInstances: ListInstances): Promise<Owners | ListProblem> => {
  const instances: ListedInstance[] = [];
  let next: string | undefined;
  do {
    const page = await listInstances(next);
    if (page.kind !== 'page') return page;
    instances.push(...page.instances);
    next = page.next;
  } while (next !== undefined);
  return ownersOf(instances);
};

/** How long a failed reading is kept, in milliseconds: many requests at once must not use up a quota that is short already. */
const failureTtlMs = 2_000;

const within = async <T>(ms: number, promise: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
};

export const createReadOwners = ({
  listInstances,
  now,
  ttlMs = 60_000,
}: ReadOwnersDependencies): { readonly readOwners: ReadOwners; readonly lastOwners: LastOwners } => {
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
