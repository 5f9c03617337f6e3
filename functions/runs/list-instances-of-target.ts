import type { InstanceId } from '../green-api/instance-id.ts';
import { patienceMs } from '../green-api/vocabulary.ts';
import type { ListedInstance, ListInstances, ReadTags } from '../instances/directory.ts';
import { includes } from '../instances/identity.ts';
import { countUnreadable, type UnreadableSecret, type UnreadableSecrets } from '../instances/unreadable-secrets.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { RunIdentity, RunRequest, Target } from './request.ts';

/** Secrets Manager gave no list; a later attempt may get one. */
export class NotResolvedYet extends Error {}

export type ListTargetDependencies = {
  readonly listInstances: ListInstances;
  readonly readTags: ReadTags;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<unknown>;
};

export type ListDenied = { readonly kind: 'list-denied'; readonly detail: string };

/**
 * Whether a right to list that was just granted may still begin to work. The pauses between two attempts double: if less time is
 * left than has passed, this one is the last.
 */
const mayBeGranted = ({ startedAt, expiresAt, request: { at, dryRun } }: RunIdentity, now: Date): boolean => {
  // A drill says what a run would meet now.
  if (dryRun) return false;
  const passedMs = now.getTime() - Math.max(Date.parse(startedAt), Date.parse(at ?? startedAt));
  return passedMs < patienceMs['passing for ten minutes'] && passedMs < Date.parse(expiresAt) - now.getTime();
};

type Listed = {
  readonly kind: 'listed';
  readonly instances: readonly ListedInstance[];
  readonly unreadable: { readonly ofTarget: UnreadableSecrets; readonly others: UnreadableSecrets };
};

const divide = (target: Target, secrets: readonly UnreadableSecret[]): Listed['unreadable'] => ({
  ofTarget: countUnreadable(secrets.filter((secret) => includes(target, secret))),
  others: countUnreadable(secrets.filter((secret) => !includes(target, secret))),
});

const concurrency = 50;

const pageAttempts = 6;
/** The first retry pause of a page, in milliseconds; backoff doubles it each time, with a jitter of half. */
const firstPageWaitMs = 500;
/** An invocation ends after 15 minutes: a list that takes longer than this begins again in another one. In milliseconds. */
const longestListMs = 8 * 60 * 1_000;

/**
 * Lists the instances that a target includes, protected ones too.
 *
 * @throws NotResolvedYet when Secrets Manager gave no answer
 */
export const createListInstancesOfTarget = ({ listInstances, readTags, now, sleep }: ListTargetDependencies) => {
  // ListSecrets allows 100 requests per second and account: a failed page must not cost the whole list.
  const readPage = async (next: string | undefined, latestMs: number) => {
    for (let attempt = 1; ; attempt += 1) {
      const page = await listInstances(next);
      if (page.kind !== 'unavailable') return page;
      const waitMs = firstPageWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random());
      if (attempt === pageAttempts || now().getTime() + waitMs > latestMs) return page;
      await sleep(waitMs);
    }
  };

  const listIncluded = async (target: Target): Promise<Listed | ListDenied> => {
    const instances: ListedInstance[] = [];
    const unreadable: UnreadableSecret[] = [];
    const latestMs = now().getTime() + longestListMs;
    let next: string | undefined;
    do {
      const page = await readPage(next, latestMs);
      if (page.kind === 'list-denied') return page;
      if (page.kind !== 'page') throw new NotResolvedYet('Secrets Manager did not list every instance');
      instances.push(...page.instances.filter((instance) => includes(target, instance)));
      unreadable.push(...page.unreadable);
      next = page.next;
    } while (next !== undefined);
    return { kind: 'listed', instances, unreadable: divide(target, unreadable) };
  };

  // A lasting problem with a named instance is reported when the run processes it.
  const readOne = async (idInstance: InstanceId): Promise<ListedInstance | undefined> => {
    const reading = await readTags(idInstance);
    if (reading.kind === 'tags') return reading.instance;
    return reading.kind === 'unavailable' ? undefined : { idInstance, protected: false };
  };

  const readNamed = async ({ dryRun, target }: RunRequest, ids: readonly InstanceId[]): Promise<Listed> => {
    const readings = await inParallel(concurrency, ids, readOne);
    const known = readings.filter((instance) => instance !== undefined).length;
    // An unreadable instance must not delay the others: its tags are read again before its logout. A drill has no logout.
    if (known < (dryRun ? ids.length : Math.min(1, ids.length)))
      throw new NotResolvedYet('Secrets Manager did not return the tags of the instances');
    const instances = ids.map((idInstance, index) => readings[index] ?? { idInstance, protected: false });
    // Nothing was listed: the request says which instances it means.
    return { kind: 'listed', instances, unreadable: divide(target, []) };
  };

  return async (run: RunIdentity): Promise<Listed | ListDenied> => {
    const { request } = run;
    const named = request.only ?? ('instances' in request.target ? request.target.instances : undefined);
    if (named !== undefined) return readNamed(request, named);
    const listed = await listIncluded(request.target);
    if (listed.kind === 'list-denied' && mayBeGranted(run, now())) throw new NotResolvedYet(listed.detail);
    return listed;
  };
};
