import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../instances/instance-id.ts';
import { type OutcomeKind, retryable } from '../logout/outcome.ts';

/** Why a run did not log an instance out although its target includes it. */
export const skipReasons = ['excepted', 'protected', 'tag-changed', 'not-found', 'dry-run'] as const;

export type SkipReason = (typeof skipReasons)[number];

/** The result of a run for one instance. */
export type Outcome = {
  readonly idInstance: InstanceId;
  /** `skipped`: not logged out for `skipReason`, which is no failure. `pending`: not decided yet. */
  readonly kind: OutcomeKind | 'skipped' | 'pending';
  /** As many readings in a row as a run needs reported `notAuthorized`. */
  readonly confirmed: boolean;
  /** How many `logout` requests were sent. */
  readonly attempts: number;
  /** Instant of the last of those readings, ISO 8601. */
  readonly confirmedAt?: string;
  /** For people; holds no secret. */
  readonly detail?: string;
  /** Only of a skipped instance. */
  readonly skipReason?: SkipReason;
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
};

export type RunResults = { readonly progress: Progress; readonly outcomes: readonly Outcome[] };

/** The order of outcomes in an answer. */
export const byId = (a: Pick<Outcome, 'idInstance'>, b: Pick<Outcome, 'idInstance'>): number =>
  a.idInstance < b.idInstance ? -1 : 1;

const countedAs = ({ kind, confirmed }: Outcome): keyof Progress => {
  if (kind === 'skipped' || kind === 'pending') return kind;
  return confirmed ? 'loggedOut' : 'failed';
};

/** @param unlisted number of skipped instances that are too many to be listed one by one */
export const resultsOf = (outcomes: readonly Outcome[], unlisted = 0): RunResults => {
  const progress = { total: outcomes.length + unlisted, loggedOut: 0, failed: 0, skipped: unlisted, pending: 0 };
  for (const outcome of outcomes) progress[countedAs(outcome)] += 1;
  return { progress, outcomes };
};

export const skippedOutcome = (idInstance: InstanceId, skipReason: SkipReason, detail: string): Outcome => ({
  idInstance,
  kind: 'skipped',
  confirmed: false,
  attempts: 0,
  skipReason,
  detail,
});

export const pendingOutcome = (idInstance: InstanceId): Outcome => ({
  idInstance,
  kind: 'pending',
  confirmed: false,
  attempts: 0,
});

/** The fields of an outcome that several instances can share. */
export const outcomeEntries = {
  kind: v.picklist(['logged-out', 'already-logged-out', 'skipped', 'pending', ...Object.keys(retryable)]),
  confirmed: v.boolean(),
  attempts: v.number(),
  detail: v.exactOptional(v.string()),
  skipReason: v.exactOptional(v.picklist(skipReasons)),
  queueCleared: v.exactOptional(v.boolean()),
};

/** An outcome in the result of a step. The run's own fields beside it are dropped. */
export const outcomeSchema = v.pipe(
  v.object({ idInstance: instanceIdSchema, ...outcomeEntries, confirmedAt: v.exactOptional(v.string()) }),
  v.transform((outcome) => outcome as Outcome),
);
