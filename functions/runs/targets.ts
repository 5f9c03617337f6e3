import { isOwnedBy, type ListedInstance, type ListInstances, type ReadTags } from '../instances/directory.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import { mostInstances } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';
import { inParallel } from './in-parallel.ts';
import { type Operations, secondsToNextRound } from './operations.ts';
import type { ForcedLogout, RunIdentity, Target } from './request.ts';
import { operationNames, type Resolved } from './results.ts';
import { RunFailure } from './run-failure.ts';

/** Whether the tags of an instance are those that a run is aimed at; named ones, and all, are it whatever their tags. */
export const isAimedAt = (instance: ListedInstance, target: Target): boolean => {
  if ('owner' in target) return isOwnedBy(instance, target.owner);
  return 'group' in target ? instance.group === target.group : true;
};

/**
 * Why an instance that a run came to must not be logged out; `undefined`: it may be. It fails no run: an instance that has
 * passed to another owner meanwhile is none that anybody wanted out.
 */
export const skipReasonOf = (instance: ListedInstance, target: Target): string | undefined => {
  if (instance.protected) return 'protected';
  return isAimedAt(instance, target) ? undefined : `its ${Object.keys(target)[0]} tag has changed`;
};

/** Who a run is aimed at, by id alone, or why nobody will be touched. */
export type Resolution =
  | Resolved
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many'; readonly found: number }
  | { readonly kind: 'list-denied'; readonly detail: string };

/** Secrets Manager could not be asked: try again later. */
export class NotResolvedYet extends Error {}

export type ResolveDependencies = {
  readonly listInstances: ListInstances;
  readonly readTags: ReadTags;
  readonly log: Log;
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

/** A new tag may take this long to show in a list, in seconds. */
const listLagSeconds = 5 * 60;
/** How often `resolve` may be tried before its waits are stretched; AWS may count each try as an operation. */
const triesOfResolve = 300;

const foundNothing = ({ targets, excepted, protected: guarded }: Resolved): boolean =>
  targets.length + excepted.length + guarded.length === 0;

const failureOf = (
  resolution: Exclude<Resolution, Resolved>,
  { expiresAt, maxTargets }: Pick<ForcedLogout, 'expiresAt' | 'maxTargets'>,
): RunFailure => {
  switch (resolution.kind) {
    case 'expired':
      return new RunFailure('RunExpired', `The run expired at ${expiresAt} and touched nothing`);
    case 'list-denied':
      return new RunFailure('ListDenied', `The instances cannot be listed: ${resolution.detail}; nothing was touched`);
    case 'too-many':
      return new RunFailure(
        'TooManyTargets',
        `There were ${resolution.found} targets and maxTargets is ${maxTargets}; nothing was touched`,
      );
  }
};

/** Waits for `at`, then finds the targets: for as long as the run may act, if Secrets Manager cannot be asked. */
export const createFindTargets = (dependencies: ResolveDependencies) => {
  const resolve = createResolve(dependencies);
  const { now } = dependencies;

  const resolveIn = async (operations: Operations, name: string, run: RunIdentity): Promise<Resolved> => {
    const resolution = await operations.step(
      name,
      () => resolve(run),
      (error, attempt) => {
        const leftMs = Date.parse(run.request.expiresAt) - now().getTime();
        const tries = { round: attempt, roundsWithoutProgress: attempt, roundsLeft: triesOfResolve };
        const seconds = secondsToNextRound({ runId: run.id, leftMs, ...tries });
        return { shouldRetry: error instanceof NotResolvedYet, delay: { seconds } };
      },
    );
    if (resolution.kind === 'resolved') return resolution;
    throw failureOf(resolution, run.request);
  };

  const waitForAt = async (operations: Operations, { startedAt, request: { at, expiresAt } }: RunIdentity) => {
    const end = Math.min(Date.parse(at ?? startedAt), Date.parse(expiresAt));
    const seconds = Math.ceil((end - Date.parse(startedAt)) / 1_000);
    if (seconds > 0) await operations.wait(operationNames.waitForAt, seconds);
  };

  return async (operations: Operations, run: RunIdentity): Promise<Resolved> => {
    await waitForAt(operations, run);
    const first = await resolveIn(operations, operationNames.resolve, run);
    if (!foundNothing(first) || !('owner' in run.request.target)) return first;

    await operations.wait(operationNames.waitForTags, listLagSeconds);
    return resolveIn(operations, operationNames.resolveAgain, run);
  };
};
