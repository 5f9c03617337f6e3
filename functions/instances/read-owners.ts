import type { ListedInstance, ListInstances, ListProblem } from './directory.ts';
import { parseOwner } from './identity.ts';

/** The people who own an instance, each as the identities in one `owner` tag; no tag twice. */
export type Owners = { readonly kind: 'owners'; readonly owners: readonly (readonly string[])[] };

/** Reads who owns an instance. Concurrent calls share one reading, and a reading is kept for a time. */
export type ReadOwners = () => Promise<Owners | ListProblem>;

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

export const createReadOwners = ({ listInstances, now, ttlMs = 60_000 }: ReadOwnersDependencies): ReadOwners => {
  let latest: { readonly reading: Promise<Owners | ListProblem>; until: number } | undefined;

  const read = () => {
    const entry = { reading: readAll(listInstances), until: now() + ttlMs };
    latest = entry;
    const shorten = () => {
      entry.until = now() + failureTtlMs;
    };
    entry.reading.then(({ kind }) => kind === 'owners' || shorten(), shorten);
    return entry.reading;
  };

  return () => (latest !== undefined && now() < latest.until ? latest.reading : read());
};
