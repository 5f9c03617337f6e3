import * as v from 'valibot';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { ListedInstance } from '../instances/directory.ts';
import type { TokenRecord } from '../logout/evidence.ts';
import { failureKinds, type OutcomeKind } from '../logout/outcome.ts';
import { defined } from '../platform/defined.ts';
import type { Log } from '../platform/log.ts';

/** Why a run did not log an instance out although its target includes it. */
export const skipReasons = ['excepted', 'protected', 'tag-changed', 'not-found'] as const;

type SkipReason = (typeof skipReasons)[number];

const runKinds = ['skipped', 'pending', 'not-attempted', 'ready'] as const;

export type OutcomeTags = Pick<ListedInstance, 'owner' | 'group'>;

type Tags = { readonly owner?: string | undefined; readonly group?: string | undefined };

/** The tags of an instance for its outcome; nothing if it has none. */
export const shownTags = ({ owner, group }: Tags = {}): { readonly tags?: OutcomeTags } =>
  owner === undefined && group === undefined ? {} : { tags: defined({ owner, group }) };

/** The result of a run for one instance. */
export type Outcome = {
  readonly idInstance: InstanceId;
  /**
   * Besides the outcomes of a single logout: `skipped`, for `skipReason`, which is no failure; `pending`, not decided yet;
   * `not-attempted`, the run ended before it came to this instance; `ready`, a drill found nothing that would prevent a logout.
   */
  readonly kind: OutcomeKind | (typeof runKinds)[number];
  /** As many readings in a row as a run needs reported `notAuthorized`. */
  readonly confirmed: boolean;
  /** How many `logout` requests were sent, as far as it is known; the last one may not have been if the run was stopped. */
  readonly attempts: number;
  /** Instant of the last of those readings, ISO 8601. */
  readonly confirmedAt?: string;
  /** For people; holds no secret. */
  readonly detail?: string;
  readonly skipReason?: SkipReason;
  /** The tags that decided, if the run read them. */
  readonly tags?: OutcomeTags;
  /** Only if the run was to rotate the token of a confirmed instance. */
  readonly token?: TokenRecord;
  /** Only if the run was to clear the outgoing queue, and tried to. It never changes the outcome of the logout. */
  readonly queueCleared?: boolean;
};

/** How many instances the target includes, and how many of them have which kind of outcome: the others add up to `total`. */
export type Progress = {
  readonly total: number;
  /** Confirmed, whether this run logged them out or they were logged out before. */
  readonly loggedOut: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
  readonly ready: number;
};

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
  skipReason: SkipReason,
  detail: string,
  tags?: OutcomeTags,
): Outcome => defined({ idInstance, kind: 'skipped', confirmed: false, attempts: 0, skipReason, detail, tags });

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

/** The fields of an outcome that several instances can share. */
export const outcomeEntries = {
  kind: v.picklist(['logged-out', 'already-logged-out', ...runKinds, ...Object.keys(failureKinds)]),
  confirmed: v.boolean(),
  attempts: v.number(),
  detail: v.exactOptional(v.string()),
  skipReason: v.exactOptional(v.picklist(skipReasons)),
  queueCleared: v.exactOptional(v.boolean()),
  token: v.exactOptional(
    v.object({
      kind: v.picklist(['rotated', 'not-rotated', 'token-lost']),
      detail: v.exactOptional(v.string()),
      oldTokenStillWorks: v.exactOptional(v.literal(true)),
    }),
  ),
};

export const tagsSchema = v.object({ owner: v.exactOptional(v.string()), group: v.exactOptional(v.string()) });
