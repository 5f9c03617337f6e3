import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../green-api/instance-id.ts';
import type { ListedInstance } from '../instances/directory.ts';
import { includes } from '../instances/identity.ts';
import { type FailureKind, failureKinds } from '../logout/outcome.ts';
import { defined } from '../platform/defined.ts';
import type { Log } from '../platform/log.ts';
import type { Target } from './request.ts';

/** Why a run did not log an instance out although its target includes it. */
export const skipReasons = ['excepted', 'protected', 'tag-changed', 'not-found'] as const;

export const tagsSchema = v.object({ owner: v.exactOptional(v.string()), group: v.exactOptional(v.string()) });

export type OutcomeTags = Readonly<v.InferOutput<typeof tagsSchema>>;

type Tags = { readonly owner?: string | undefined; readonly group?: string | undefined };

/** The tags of an instance for its outcome; nothing if it has none. */
export const shownTags = ({ owner, group }: Tags = {}): { readonly tags?: OutcomeTags } =>
  owner === undefined && group === undefined ? {} : { tags: defined({ owner, group }) };

const runKinds = ['skipped', 'pending', 'not-attempted', 'ready'] as const;

/** The fields of an outcome that several instances can share. */
export const outcomeEntries = {
  /**
   * Besides the outcomes of a single logout: `skipped`, for `skipReason`, which is no failure; `pending`, not decided yet;
   * `not-attempted`, the run ended before it came to this instance; `ready`, a drill found nothing that would prevent a logout.
   */
  kind: v.picklist([
    'logged-out',
    'already-logged-out',
    ...runKinds,
    ...(Object.keys(failureKinds) as readonly FailureKind[]),
  ]),
  /** As many readings in a row as a run needs reported `notAuthorized`. */
  confirmed: v.boolean(),
  /** How many `logout` requests were sent, as far as it is known; the last one may not have been if the run was stopped. */
  attempts: v.number(),
  /** For people; holds no secret. */
  detail: v.exactOptional(v.string()),
  skipReason: v.exactOptional(v.picklist(skipReasons)),
  /** Only if the run was to clear the outgoing queue, and tried to. It never changes the outcome of the logout. */
  queueCleared: v.exactOptional(v.boolean()),
  /** Only if the run was to rotate the token of a confirmed instance. */
  token: v.exactOptional(
    v.object({
      kind: v.picklist(['rotated', 'not-rotated', 'token-lost']),
      detail: v.exactOptional(v.string()),
      oldTokenStillWorks: v.exactOptional(v.literal(true)),
    }),
  ),
};

/** The result of a run for one instance. */
export const outcomeSchema = v.object({
  idInstance: instanceIdSchema,
  ...outcomeEntries,
  /** Instant of the last of the readings that confirm it, ISO 8601. */
  confirmedAt: v.exactOptional(v.string()),
  /** The tags that decided, if the run read them. */
  tags: v.exactOptional(tagsSchema),
});

export type Outcome = Readonly<v.InferOutput<typeof outcomeSchema>>;

const count = v.number();

/** How many instances the target includes, and how many of them have which kind of outcome: the others add up to `total`. */
export const progressSchema = v.object({
  total: count,
  /** Confirmed, whether this run logged them out or they were logged out before. */
  loggedOut: count,
  failed: count,
  skipped: count,
  pending: count,
  /** Only in a drill. */
  ready: count,
});

export type Progress = Readonly<v.InferOutput<typeof progressSchema>>;

export type RunResults = { readonly progress: Progress; readonly outcomes: readonly Outcome[] };

/** The order of outcomes in an answer. */
export const byId = (a: Pick<Outcome, 'idInstance'>, b: Pick<Outcome, 'idInstance'>): number =>
  a.idInstance < b.idInstance ? -1 : 1;

const countedAs = ({ kind }: Outcome): keyof Progress => {
  if (kind === 'skipped' || kind === 'pending' || kind === 'ready') return kind;
  return kind === 'logged-out' || kind === 'already-logged-out' ? 'loggedOut' : 'failed';
};

/** Whether an instance was to be logged out, or to be found ready, and was not. */
export const isNotConfirmed = (outcome: Outcome): boolean => countedAs(outcome) === 'failed';

/** @param unlisted number of skipped instances that are too many to be listed one by one */
export const resultsOf = (outcomes: readonly Outcome[], unlisted = 0): RunResults => {
  const total = outcomes.length + unlisted;
  const progress = { total, loggedOut: 0, failed: 0, skipped: unlisted, pending: 0, ready: 0 };
  for (const outcome of outcomes) progress[countedAs(outcome)] += 1;
  return { progress, outcomes };
};

export const skippedOutcome = (
  idInstance: InstanceId,
  skipReason: NonNullable<Outcome['skipReason']>,
  detail: string,
  tags?: OutcomeTags,
): Outcome => defined({ idInstance, kind: 'skipped', confirmed: false, attempts: 0, skipReason, detail, tags });

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

type Skipped = Pick<Outcome, 'idInstance' | 'skipReason' | 'detail' | 'tags'>;

/** Each skipped instance has one line, which a query can find by its `skipReason`. */
export const logSkipped = (log: Log, run: string, { idInstance, skipReason, detail, tags }: Skipped) =>
  log('WARN', 'instance skipped', { run, idInstance, skipReason, detail, tags });

export const pendingOutcome = (idInstance: InstanceId): Outcome => ({
  idInstance,
  kind: 'pending',
  confirmed: false,
  attempts: 0,
});
