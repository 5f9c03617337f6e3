import type { InstanceId } from '../green-api/instance-id.ts';
import type { ListedInstance } from '../instances/directory.ts';
import { secondsToNextRound } from '../platform/backoff.ts';
import type { Log } from '../platform/log.ts';
import { mostInstances } from '../platform/settings.ts';
import type { Failure } from './conclude.ts';
import type { Operations } from './durable-operations.ts';
import {
  createListInstancesOfTarget,
  type ListDenied,
  type ListTargetDependencies,
  NotResolvedYet,
} from './list-instances-of-target.ts';
import { operationNames } from './operation-names.ts';
import { logSkipped, type Outcome, type OutcomeTags, shownTags } from './outcome.ts';
import type { RunIdentity, RunRequest } from './request.ts';
import { type Resolved, skippedAtOnce } from './results-from-steps.ts';

/** The targets of a run, by id alone, or why the run logs nobody out. */
export type Resolution =
  | Resolved
  | { readonly kind: 'expired' }
  | { readonly kind: 'too-many'; readonly found: number }
  | ListDenied;

export type ResolveDependencies = ListTargetDependencies & { readonly log: Log };

/** The most that the tags of skipped instances take of the checkpoint of `resolve`, in bytes; the ids take up to 100 KB. */
const longestTagsBytes = 100 * 1_024;

const tagsOfSkipped = (listed: readonly ListedInstance[], skipped: ReadonlySet<InstanceId>): Pick<Resolved, 'tags'> => {
  const entries = listed.flatMap((instance): [InstanceId, OutcomeTags][] => {
    const { tags } = skipped.has(instance.idInstance) ? shownTags(instance) : {};
    return tags === undefined ? [] : [[instance.idInstance, tags]];
  });
  const tags = Object.fromEntries(entries);
  return entries.length > 0 && Buffer.byteLength(JSON.stringify(tags)) <= longestTagsBytes ? { tags } : {};
};

const partition = (listed: readonly ListedInstance[], except: readonly InstanceId[] = []): Resolved => {
  // An instance may be on two pages if it changes while the list is read.
  const ids = [...new Set(listed.map(({ idInstance }) => idInstance))].sort();
  const exceptedIds = new Set(except);
  const protectedIds = new Set(listed.filter((instance) => instance.protected).map(({ idInstance }) => idInstance));
  const skippedAsProtected = ids.filter((id) => protectedIds.has(id) && !exceptedIds.has(id));
  const excepted = ids.filter((id) => exceptedIds.has(id));
  return {
    kind: 'resolved',
    targets: ids.filter((id) => !exceptedIds.has(id) && !protectedIds.has(id)),
    excepted,
    protected: skippedAsProtected.slice(0, mostInstances),
    ...tagsOfSkipped(listed, new Set([...excepted, ...skippedAsProtected])),
    unlisted: Math.max(0, skippedAsProtected.length - mostInstances),
  };
};

/** What a run knows of its instances when it looks again. */
export type FirstLook = { readonly resolved: Resolved; readonly outcomes: readonly Outcome[] };

/** Selects what the first look did not find, and what it skipped and may be logged out now. */
const createIsNew = ({ resolved, outcomes }: FirstLook) => {
  const skipped = new Set(skippedAtOnce(resolved).map(({ idInstance }) => idInstance));
  const known = new Map(outcomes.map((outcome) => [outcome.idInstance, outcome]));
  return (instance: ListedInstance): boolean => {
    const outcome = known.get(instance.idInstance);
    if (outcome !== undefined && outcome.kind !== 'skipped') return false;
    return !instance.protected || !(skipped.has(instance.idInstance) || outcome !== undefined);
  };
};

/**
 * Finds the targets of a run, without the excepted and the protected instances.
 *
 * @param first only what is new since then is found, and counts together with what was found then
 * @throws NotResolvedYet when Secrets Manager gave no answer
 */
export const createResolve = (dependencies: ResolveDependencies) => {
  const { log, now } = dependencies;
  const listInstancesOfTarget = createListInstancesOfTarget(dependencies);

  return async (identity: RunIdentity, first?: FirstLook): Promise<Resolution> => {
    const { id: run, request, expiresAt } = identity;
    const at = now();
    if (at.getTime() >= Date.parse(expiresAt)) return { kind: 'expired' };
    const listed = await listInstancesOfTarget(identity);
    if (listed.kind !== 'listed') return listed;

    const { unreadable } = listed;
    const isUnderstood = unreadable.ofTarget.count + unreadable.others.count === 0;
    if (!isUnderstood) log('WARN', 'secrets not understood', { run, ...unreadable });
    const instances = first === undefined ? listed.instances : listed.instances.filter(createIsNew(first));
    const resolved = {
      ...partition(instances, request.except),
      at: at.toISOString(),
      ...(!isUnderstood && { unreadable }),
    };
    const { targets, excepted, protected: guarded, unlisted } = resolved;
    log('INFO', 'targets resolved', { run, targets: targets.length, excepted, protected: guarded, unlisted });
    for (const outcome of skippedAtOnce(resolved)) logSkipped(log, run, outcome);
    const found = new Set([...(first?.resolved.targets ?? []), ...targets]).size;
    return found > request.maxTargets ? { kind: 'too-many', found } : resolved;
  };
};

/** A new tag may take this long to appear in a list, in seconds. */
export const listLagSeconds = 5 * 60;
/** Attempts of `resolve` before its waits are stretched: AWS may count each attempt as an operation. */
const attemptsOfResolve = 300;

/** Whether a run looks at the list a second time, when it has logged out what it found at first. */
export const looksAgain = ({ source, target, dryRun }: RunRequest): boolean =>
  source === 'offboarding' && 'owner' in target && !dryRun;

/** Whether nothing belongs to the target. A secret that is not understood may: it is worth an alarm at once, and no wait. */
export const foundNothing = ({ targets, excepted, protected: guarded, unreadable }: Resolved): boolean =>
  targets.length + excepted.length + guarded.length + (unreadable?.ofTarget.count ?? 0) === 0;

export type FailedResolution = { readonly kind: 'failed'; readonly failure: Failure };

/** What to do about a target of too many instances. */
export const helpWithTooMany = (found: number): string =>
  found > mostInstances ? 'start a run for each group' : `to log them all out, start it again with maxTargets ${found}`;

const failureOf = (resolution: Exclude<Resolution, Resolved>, run: RunIdentity): Failure => {
  const { expiresAt, request } = run;
  if (resolution.kind === 'expired')
    return { type: 'RunExpired', message: `The run expired at ${expiresAt} and logged nobody out` };
  if (resolution.kind === 'list-denied')
    return {
      type: 'ListDenied',
      message: `The instances cannot be listed: ${resolution.detail}; nobody was logged out`,
    };
  const { found } = resolution;
  const message = `The run has ${found} targets but maxTargets is ${request.maxTargets}; nobody was logged out: ${helpWithTooMany(found)}`;
  return { type: 'TooManyTargets', message };
};

/** A step that is tried again while Secrets Manager gives no answer, until the run expires. */
export const resolveStep = async (
  operations: Operations,
  name: string,
  run: RunIdentity,
  resolve: () => Promise<Resolution>,
  now: () => Date,
  failureOf: (resolution: Exclude<Resolution, Resolved>, run: RunIdentity) => Failure,
): Promise<Resolved | FailedResolution> => {
  const resolution = await operations.step(name, resolve, (error, attempt) => {
    const leftMs = Date.parse(run.expiresAt) - now().getTime();
    const rounds = { round: attempt, roundsWithoutProgress: attempt, roundsLeft: attemptsOfResolve };
    const seconds = secondsToNextRound({ runId: run.id, leftMs, ...rounds });
    return { shouldRetry: error instanceof NotResolvedYet, delay: { seconds } };
  });
  return resolution.kind === 'resolved' ? resolution : { kind: 'failed', failure: failureOf(resolution, run) };
};

/** Waits for `at`, then finds the targets. While Secrets Manager gives no answer it tries again, until the run expires. */
export const createFindTargets = (dependencies: ResolveDependencies) => {
  const resolve = createResolve(dependencies);

  const resolveAs = (operations: Operations, name: string, run: RunIdentity) =>
    resolveStep(operations, name, run, () => resolve(run), dependencies.now, failureOf);

  const waitForAt = async (operations: Operations, { startedAt, expiresAt, request: { at } }: RunIdentity) => {
    const end = Math.min(Date.parse(at ?? startedAt), Date.parse(expiresAt));
    const seconds = Math.ceil((end - Date.parse(startedAt)) / 1_000);
    if (seconds > 0) await operations.wait(operationNames.waitForAt, seconds);
  };

  return async (operations: Operations, run: RunIdentity): Promise<Resolved | FailedResolution> => {
    await waitForAt(operations, run);
    const first = await resolveAs(operations, operationNames.resolve, run);
    const { target, dryRun } = run.request;
    if (first.kind === 'failed' || !foundNothing(first) || !('owner' in target) || dryRun) return first;
    if (looksAgain(run.request)) return first;
    await operations.wait(operationNames.waitForTags, listLagSeconds);
    return resolveAs(operations, operationNames.resolveAgain, run);
  };
};
