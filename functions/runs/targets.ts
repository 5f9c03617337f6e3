import { isOwnedBy, type ListedInstance, type ListInstances, type ReadTags } from '../instances/directory.ts';
import type { InstanceId } from '../instances/instance-id.ts';
import { mostInstances } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';
import { secondsToNextRound } from './backoff.ts';
import { inParallel } from './in-parallel.ts';
import { type Operations, operationNames } from './operations.ts';
import type { Outcome } from './outcome.ts';
import type { ForcedLogout, RunIdentity, Target } from './request.ts';
import type { Resolved } from './results.ts';
import { RunFailure } from './run-failure.ts';

/** Whether a target includes an instance by its tags; one that names instances, or all, includes them whatever their tags. */
const includes = (target: Target, instance: ListedInstance): boolean => {
  if ('owner' in target) return isOwnedBy(instance, target.owner);
  return 'group' in target ? instance.group === target.group : true;
};

/**
 * Why a run must not log an instance out; `undefined`: it may. An instance whose tag has changed fails no run: it belongs to
 * somebody else now, whom nobody wanted to log out.
 */
export const skipOf = (
  instance: ListedInstance,
  target: Target,
): Required<Pick<Outcome, 'skipReason' | 'detail'>> | undefined => {
  if (instance.protected) return { skipReason: 'protected', detail: 'protected' };
  if (includes(target, instance)) return undefined;
  return { skipReason: 'tag-changed', detail: `its ${Object.keys(target)[0]} tag has changed` };
};

/** The targets of a run, by id alone, or why the run logs nobody out. */
export type Resolution =
  | Resolved
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many'; readonly found: number }
  | { readonly kind: 'list-denied'; readonly detail: string };

/** Secrets Manager gave no answer; a later attempt may get one. */
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
  // A lasting problem with a named instance is reported when the run processes it.
  const readNamed = async (idInstance: InstanceId): Promise<ListedInstance | undefined> => {
    const reading = await readTags(idInstance);
    if (reading.kind === 'tags') return reading.instance;
    return reading.kind === 'unavailable' ? undefined : { idInstance, protected: false };
  };

  const readAllNamed = async ({ dryRun }: ForcedLogout, ids: readonly InstanceId[]): Promise<Listed> => {
    const readings = await inParallel(concurrency, ids, readNamed);
    const known = readings.filter((instance) => instance !== undefined).length;
    // An unreadable instance must not delay the others: its tags are read again before its logout. A dry run has no logout.
    if (known < (dryRun ? ids.length : Math.min(1, ids.length)))
      throw new NotResolvedYet('Secrets Manager did not return the tags of the instances');
    const instances = ids.map((idInstance, index) => readings[index] ?? { idInstance, protected: false });
    return { kind: 'listed', instances };
  };

  const listIncluded = async (target: Target): Promise<Listed | Extract<Resolution, { kind: 'list-denied' }>> => {
    const instances: ListedInstance[] = [];
    let next: string | undefined;
    do {
      const page = await listInstances(next);
      if (page.kind === 'list-denied') return page;
      if (page.kind !== 'page') throw new NotResolvedYet('Secrets Manager did not list every instance');
      instances.push(...page.instances.filter((instance) => includes(target, instance)));
      next = page.next;
    } while (next !== undefined);
    return { kind: 'listed', instances };
  };

  return (request: ForcedLogout) =>
    'instances' in request.target ? readAllNamed(request, request.target.instances) : listIncluded(request.target);
};

const partition = (listed: readonly ListedInstance[], except: readonly InstanceId[] = []): Resolved => {
  // An instance may be on two pages if it changes while the list is read.
  const ids = [...new Set(listed.map(({ idInstance }) => idInstance))].sort();
  const exceptedIds = new Set(except);
  const protectedIds = new Set(listed.filter((instance) => instance.protected).map(({ idInstance }) => idInstance));
  const skippedAsProtected = ids.filter((id) => protectedIds.has(id) && !exceptedIds.has(id));
  return {
    kind: 'resolved',
    targets: ids.filter((id) => !exceptedIds.has(id) && !protectedIds.has(id)),
    excepted: ids.filter((id) => exceptedIds.has(id)),
    protected: skippedAsProtected.slice(0, mostInstances),
    unlisted: Math.max(0, skippedAsProtected.length - mostInstances),
  };
};

/**
 * Finds the targets of a run, without the excepted and the protected instances.
 *
 * @throws NotResolvedYet when Secrets Manager gave no answer
 */
export const createResolve = (dependencies: ResolveDependencies) => {
  const { log, now } = dependencies;
  const listTarget = createListTarget(dependencies);

  return async ({ id: run, request }: RunIdentity): Promise<Resolution> => {
    if (now().getTime() >= Date.parse(request.expiresAt)) return { kind: 'expired' };
    const listed = await listTarget(request);
    if (listed.kind !== 'listed') return listed;

    const { targets, ...skipped } = partition(listed.instances, request.except);
    log('INFO', 'targets resolved', { run, targets: targets.length, ...skipped });
    return targets.length > request.maxTargets ? { kind: 'too-many', found: targets.length } : { targets, ...skipped };
  };
};

/** A new tag may take this long to appear in a list, in seconds. */
const listLagSeconds = 5 * 60;
/** Attempts of `resolve` before its waits are stretched: AWS may count each attempt as an operation. */
const attemptsOfResolve = 300;

const foundNothing = ({ targets, excepted, protected: guarded }: Resolved): boolean =>
  targets.length + excepted.length + guarded.length === 0;

const failureOf = (
  resolution: Exclude<Resolution, Resolved>,
  { expiresAt, maxTargets }: Pick<ForcedLogout, 'expiresAt' | 'maxTargets'>,
): RunFailure => {
  switch (resolution.kind) {
    case 'expired':
      return new RunFailure('RunExpired', `The run expired at ${expiresAt} and logged nobody out`);
    case 'list-denied':
      return new RunFailure(
        'ListDenied',
        `The instances cannot be listed: ${resolution.detail}; nobody was logged out`,
      );
    case 'too-many':
      return new RunFailure(
        'TooManyTargets',
        `The run has ${resolution.found} targets but maxTargets is ${maxTargets}; nobody was logged out`,
      );
  }
};

/** Waits for `at`, then finds the targets. While Secrets Manager gives no answer it tries again, until the run expires. */
export const createFindTargets = (dependencies: ResolveDependencies) => {
  const resolve = createResolve(dependencies);
  const { now } = dependencies;

  const resolveAs = async (operations: Operations, name: string, run: RunIdentity): Promise<Resolved> => {
    const resolution = await operations.step(
      name,
      () => resolve(run),
      (error, attempt) => {
        const leftMs = Date.parse(run.request.expiresAt) - now().getTime();
        const rounds = { round: attempt, roundsWithoutProgress: attempt, roundsLeft: attemptsOfResolve };
        const seconds = secondsToNextRound({ runId: run.id, leftMs, ...rounds });
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
    const first = await resolveAs(operations, operationNames.resolve, run);
    if (!foundNothing(first) || !('owner' in run.request.target)) return first;

    await operations.wait(operationNames.waitForTags, listLagSeconds);
    return resolveAs(operations, operationNames.resolveAgain, run);
  };
};
