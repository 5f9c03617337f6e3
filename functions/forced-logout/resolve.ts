import type { InstanceId } from '../instances/instance-id.ts';
import type { ListInstances } from '../instances/list-instances.ts';
import type { ReadTags } from '../instances/read-tags.ts';
import type { ListedInstance } from '../instances/tags.ts';
import { inParallel } from './in-parallel.ts';
import type { LogFact } from './log-fact.ts';
import type { Resolved } from './progress.ts';
import { type ForcedLogout, mostInstances, type Target } from './request.ts';
import type { RunIdentity } from './run-identity.ts';
import { isAimedAt } from './targets.ts';

/** Who a run is aimed at, by id alone, or why nobody will be touched. */
export type Resolution =
  | Resolved
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many'; readonly found: number }
  | { readonly kind: 'list-denied'; readonly reason: string };

/** Secrets Manager could not be asked: ask again later. */
export class NotResolvedYet extends Error {}

export type ResolveDependencies = {
  readonly listInstances: ListInstances;
  readonly readTags: ReadTags;
  readonly log: LogFact;
  readonly now: () => Date;
};

type Listed = { readonly kind: 'listed'; readonly instances: readonly ListedInstance[] };

const concurrency = 50;

const createListTarget = ({ listInstances, readTags }: ResolveDependencies) => {
  // What cannot be known about a named instance now is known, and told, when its turn comes.
  const readNamed = async (idInstance: InstanceId): Promise<ListedInstance | undefined> => {
    const reading = await readTags(idInstance);
    if (reading.kind === 'tags') return reading.instance;
    return reading.kind === 'unavailable' ? undefined : { idInstance, protected: false };
  };

  const readAllNamed = async ({ dryRun }: ForcedLogout, ids: readonly InstanceId[]): Promise<Listed> => {
    const readings = await inParallel(concurrency, ids, readNamed);
    const known = readings.filter((instance) => instance !== undefined).length;
    // One that cannot be read keeps no other waiting: its tags are read again before its logout. A dry run has no such turn.
    if (known < (dryRun ? ids.length : Math.min(1, ids.length)))
      throw new NotResolvedYet('Secrets Manager did not tell the tags of the instances');
    const instances = ids.map((idInstance, index) => readings[index] ?? { idInstance, protected: false });
    return { kind: 'listed', instances };
  };

  const listAimedAt = async (target: Target): Promise<Listed | Extract<Resolution, { kind: 'list-denied' }>> => {
    const instances: ListedInstance[] = [];
    let next: string | undefined;
    do {
      const page = await listInstances(next);
      if (page.kind === 'list-denied') return page;
      if (page.kind !== 'page') throw new NotResolvedYet('Secrets Manager did not list every instance');
      instances.push(...page.instances.filter((instance) => isAimedAt(instance, target)));
      next = page.next;
    } while (next !== undefined);
    return { kind: 'listed', instances };
  };

  return (request: ForcedLogout) =>
    'instances' in request.target ? readAllNamed(request, request.target.instances) : listAimedAt(request.target);
};

const partition = (listed: readonly ListedInstance[], except: readonly InstanceId[] = []): Resolved => {
  // A page may repeat an instance that changed while the list was read.
  const ids = [...new Map(listed.map((instance) => [instance.idInstance, instance])).keys()].sort();
  const leftAlone = new Set(except);
  const guarded = new Set(listed.filter((instance) => instance.protected).map(({ idInstance }) => idInstance));
  const guardedIds = ids.filter((id) => guarded.has(id) && !leftAlone.has(id));
  return {
    kind: 'resolved',
    targets: ids.filter((id) => !leftAlone.has(id) && !guarded.has(id)),
    excepted: ids.filter((id) => leftAlone.has(id)),
    protected: guardedIds.slice(0, mostInstances),
    unlisted: Math.max(0, guardedIds.length - mostInstances),
  };
};

/**
 * Finds the targets of a run and takes away `except` and what is protected.
 *
 * @throws NotResolvedYet when Secrets Manager could not be asked
 */
export const createResolve = (dependencies: ResolveDependencies) => {
  const { log, now } = dependencies;
  const listTarget = createListTarget(dependencies);

  return async ({ id: run, request }: RunIdentity): Promise<Resolution> => {
    if (now().getTime() >= Date.parse(request.expiresAt)) return { kind: 'expired' };
    const listed = await listTarget(request);
    if (listed.kind !== 'listed') return listed;

    const resolved = partition(listed.instances, request.except);
    const { targets, excepted, protected: guarded, unlisted } = resolved;
    log('INFO', 'targets resolved', { run, targets: targets.length, excepted, protected: guarded, unlisted });
    return targets.length > request.maxTargets ? { kind: 'too-many', found: targets.length } : resolved;
  };
};
