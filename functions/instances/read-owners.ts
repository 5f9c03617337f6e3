import { type ListedInstance, type ListInstances, type ListProblem, parseOwner } from './directory.ts';

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

/** A failed reading is not kept. */
export const createReadOwners = ({ listInstances, now, ttlMs = 60_000 }: ReadOwnersDependencies): ReadOwners => {
  let latest: { readonly reading: Promise<Owners | ListProblem>; readonly until: number } | undefined;

  const read = () => {
    const reading = readAll(listInstances);
    const entry = { reading, until: now() + ttlMs };
    latest = entry;
    const forget = () => {
      if (latest === entry) latest = undefined;
    };
    reading.then(({ kind }) => kind === 'owners' || forget(), forget);
    return reading;
  };

  return () => (latest !== undefined && now() < latest.until ? latest.reading : read());
};
