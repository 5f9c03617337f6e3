import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../instances/instance-id.ts';
import { type OutcomeKind, retryable } from '../logout/outcome.ts';

/** What has become of one instance in a run. */
export type Outcome = {
  readonly idInstance: InstanceId;
  /** `skipped` was left alone for `detail`, which is no failure; `pending` is not decided yet. */
  readonly kind: OutcomeKind | 'skipped' | 'pending';
  /** Two readings in a row said `notAuthorized`. */
  readonly confirmed: boolean;
  /** How many `logout` requests were sent. */
  readonly attempts: number;
  /** Instant of the second of those readings, ISO 8601. */
  readonly confirmedAt?: string;
  /** For people; holds no secret. */
  readonly detail?: string;
  /** Only if the run was to clear the queue and came to it. It never decides about the logout. */
  readonly queueCleared?: boolean;
};

/** How many targets there are, and how many of them are where: the four others add up to `total`. */
export type Progress = {
  readonly total: number;
  /** Confirmed, whether this run did it or it was so before. */
  readonly loggedOut: number;
  readonly failed: number;
  readonly skipped: number;
  readonly pending: number;
};

export type RunResults = { readonly progress: Progress; readonly outcomes: readonly Outcome[] };

/** The order in which outcomes are told. */
export const byId = (a: Pick<Outcome, 'idInstance'>, b: Pick<Outcome, 'idInstance'>): number =>
  a.idInstance < b.idInstance ? -1 : 1;

const placeOf = ({ kind, confirmed }: Outcome): keyof Progress => {
  if (kind === 'skipped' || kind === 'pending') return kind;
  return confirmed ? 'loggedOut' : 'failed';
};

/** @param unlisted skipped instances that are counted, but too many to be listed one by one */
export const resultsOf = (outcomes: readonly Outcome[], unlisted = 0): RunResults => {
  const progress = { total: outcomes.length + unlisted, loggedOut: 0, failed: 0, skipped: unlisted, pending: 0 };
  for (const outcome of outcomes) progress[placeOf(outcome)] += 1;
  return { progress, outcomes };
};

export const skippedOutcome = (idInstance: InstanceId, detail: string): Outcome => ({
  idInstance,
  kind: 'skipped',
  confirmed: false,
  attempts: 0,
  detail,
});

export const pendingOutcome = (idInstance: InstanceId): Outcome => ({
  idInstance,
  kind: 'pending',
  confirmed: false,
  attempts: 0,
});

/** All of an outcome but whose it is and when it was confirmed. */
export const outcomeEntries = {
  kind: v.picklist(['logged-out', 'already-logged-out', 'skipped', 'pending', ...Object.keys(retryable)]),
  confirmed: v.boolean(),
  attempts: v.number(),
  detail: v.optional(v.string()),
  queueCleared: v.optional(v.boolean()),
};

/** An outcome in the result of a step; the other fields there are the run's own and are left out. */
export const outcomeSchema = v.pipe(
  v.object({ idInstance: instanceIdSchema, ...outcomeEntries, confirmedAt: v.optional(v.string()) }),
  v.transform((outcome) => outcome as Outcome),
);
