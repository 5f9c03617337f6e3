import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../green-api/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import { batchAt, byPlace, type Look, operationNames, type Place, placeOf } from './operation-names.ts';
import {
  byId,
  type Outcome,
  outcomeSchema,
  pendingOutcome,
  type RunResults,
  resultsOf,
  shownTags,
  skippedOutcome,
  tagsSchema,
} from './outcome.ts';
import type { RetryState } from './target-state.ts';

/** A step of a run that has succeeded, as the history of its execution records it. */
export type FinishedStep = {
  readonly name: string;
  /** The result of the step: JSON as a text. */
  readonly payload: string | undefined;
};

const ids = v.array(instanceIdSchema);

const unreadableSecrets = v.object({ names: v.pipe(v.array(v.string()), v.readonly()), count: v.number() });

/** The result of `resolve`, `resolve-again` and `second-look`: the targets, and which instances were skipped and why. */
const resolvedSchema = v.object({
  kind: v.literal('resolved'),
  targets: ids,
  excepted: ids,
  protected: ids,
  /** Protected instances that are too many to be named. */
  unlisted: v.number(),
  /** Of the skipped instances, as far as they fit into the checkpoint. */
  tags: v.exactOptional(v.record(instanceIdSchema, tagsSchema)),
  /** Secrets under the prefix that are not understood. Missing: there is none, or the checkpoint is one of version 0.2. */
  unreadable: v.exactOptional(v.object({ ofTarget: unreadableSecrets, others: unreadableSecrets })),
  /** When the list was begun; ISO 8601. Missing in a checkpoint of version 0.2. */
  at: v.exactOptional(v.string()),
  /** Of the targets of the second look: those that were logged out after the first, and are linked again. */
  linkedAgain: v.exactOptional(ids),
  /** How many instances that were logged out after the first look were in no state that the second could judge. */
  notJudged: v.exactOptional(v.number()),
});

export type Resolved = v.InferOutput<typeof resolvedSchema>;

const at = v.string();

/** An instance in the result of a batch, as it is now. Of the retry state of a pending one only what its evidence needs. */
const targetStateSchema = v.object({
  ...outcomeSchema.entries,
  retry: v.exactOptional(
    v.object({
      readings: v.array(
        v.union([v.object({ at, stateInstance: v.nullable(v.string()) }), v.object({ at, failure: v.string() })]),
      ),
      isLogout: v.exactOptional(v.literal(true)),
      tags: v.exactOptional(v.object({ ...tagsSchema.entries, protected: v.boolean() })),
    }),
  ),
});

const outcomeOf = ({ retry, ...outcome }: v.InferOutput<typeof targetStateSchema>): Outcome => ({
  ...outcome,
  ...shownTags(retry?.tags),
});

const batchSchema = v.object({ round: v.number(), targetStates: v.array(targetStateSchema) });

type Batch = v.InferOutput<typeof batchSchema> & Place;

export const skippedAtOnce = ({ excepted, protected: guarded, tags = {} }: Resolved): readonly Outcome[] => [
  ...excepted.map((id) => skippedOutcome(id, 'excepted', 'excepted', tags[id])),
  ...guarded.map((id) => skippedOutcome(id, 'protected', 'protected', tags[id])),
];

const parseBatch = ({ name, payload }: FinishedStep): readonly Batch[] => {
  const place = placeOf(name);
  const batch = parseJsonAs(batchSchema, payload);
  return place === undefined || batch === undefined ? [] : [{ ...batch, ...place }];
};

const looks = {
  first: [operationNames.resolve, operationNames.resolveAgain],
  second: [operationNames.secondLook],
} as const satisfies Record<Look, readonly string[]>;

/** What each look found, and the batches of its rounds in their order. */
const parseSteps = (steps: readonly FinishedStep[]) => {
  const batches = steps.flatMap(parseBatch).toSorted(byPlace);
  const of = (look: Look) => ({
    resolved: steps
      .filter(({ name }) => looks[look].some((each) => each === name))
      .flatMap(({ payload }) => parseJsonAs(resolvedSchema, payload) ?? []),
    batches: batches.filter((batch) => batch.look === look),
  });
  return { first: of('first'), second: of('second') };
};

/** What the rounds kept of each instance that they left pending, and which were logged out after the first look and linked again. */
export const retriesIn = (steps: readonly FinishedStep[]): ReadonlyMap<InstanceId, Partial<RetryState>> => {
  const { first, second } = parseSteps(steps);
  const states = [...first.batches, ...second.batches].flatMap(({ targetStates }) => targetStates);
  const kept = new Map<InstanceId, Partial<RetryState>>(
    states.map(({ idInstance, retry = {} }) => [idInstance, retry]),
  );
  for (const id of second.resolved.flatMap(({ linkedAgain = [] }) => linkedAgain))
    kept.set(id, { ...kept.get(id), linkedAgain: true });
  return kept;
};

/** The outcomes of a run: of each instance the last one counts. */
export const newestOutcomes = (outcomes: readonly Outcome[]): readonly Outcome[] => [
  ...new Map(outcomes.map((outcome) => [outcome.idInstance, outcome])).values(),
];

/** The results of a run so far, out of its steps in any order: of each instance, the newest round counts. */
export const resultsFromSteps = (steps: readonly FinishedStep[]): RunResults => {
  const { first, second } = parseSteps(steps);
  const outcomes = [first, second].flatMap(({ resolved, batches }) => [
    ...resolved.flatMap((each) => [...each.targets.map(pendingOutcome), ...skippedAtOnce(each)]),
    ...batches.flatMap(({ targetStates }) => targetStates.map(outcomeOf)),
  ]);
  // The second look names instances that the first only counted.
  const newest = second.resolved.length > 0 ? second.resolved : first.resolved;
  const unlisted = Math.max(0, ...newest.map((each) => each.unlisted));
  return resultsOf(newestOutcomes(outcomes).toSorted(byId), unlisted);
};

const pendingAfter = (batches: readonly Batch[], round: number): readonly InstanceId[] =>
  batches
    .filter((batch) => batch.round === round)
    .flatMap(({ targetStates }) => targetStates.filter(({ kind }) => kind === 'pending'))
    .map(({ idInstance }) => idInstance);

const instancesOfRound = (looked: ReturnType<typeof parseSteps>, { look, round }: Place): readonly InstanceId[] => {
  const { resolved, batches } = looked[look];
  if (round > 1) return pendingAfter(batches, round - 1);
  const targets = resolved.at(-1)?.targets ?? [];
  if (look === 'first') return targets;
  return [...pendingAfter(looked.first.batches, looked.first.batches.at(-1)?.round ?? 0), ...targets];
};

/** The instances whose batch had started and not finished when the run ended: a logout may have been sent. */
export const instancesUnderWay = (
  steps: readonly FinishedStep[],
  unfinished: readonly string[],
): ReadonlySet<InstanceId> => {
  const looked = parseSteps(steps);
  const underWay = unfinished.flatMap((name) => {
    const place = placeOf(name);
    return place === undefined ? [] : batchAt(instancesOfRound(looked, place), place.batch);
  });
  return new Set(underWay);
};

/** The token of a confirmed instance that was not rotated, or whose old one was not tested, before the run ended. */
const tokenAtEnd = ({ token }: Outcome, end: string, isUnderWay: boolean): NonNullable<Outcome['token']> => {
  if (token !== undefined) return { ...token, detail: `${end} before the old token was tested` };
  const detail = isUnderWay
    ? `${end} while the token was being rotated: the newest evidence record shows whether it was`
    : `${end} before the token was rotated`;
  return { kind: 'not-rotated', detail };
};

/**
 * The results of a run that ended without a summary, because it was stopped or died. Nothing stays pending: an instance that was,
 * or may have been, sent a logout is `unconfirmed`, any other `not-attempted`.
 *
 * @param end what happened to the run, such as `the run was stopped`
 */
export const resultsAtEnd = (
  steps: readonly FinishedStep[],
  underWay: ReadonlySet<InstanceId>,
  end: string,
): RunResults => {
  const { progress, outcomes } = resultsFromSteps(steps);
  const decide = (outcome: Outcome): Outcome => {
    if (outcome.kind !== 'pending') return outcome;
    const isUnderWay = underWay.has(outcome.idInstance);
    if (outcome.confirmed) return { ...outcome, kind: 'logged-out', token: tokenAtEnd(outcome, end, isUnderWay) };
    if (isUnderWay) {
      const sent = outcome.attempts > 0 ? 'a logout was sent' : 'a logout may have been sent';
      const detail = `${end} while it processed this instance: ${sent}; an evidence record that confirms it counts`;
      return { ...outcome, kind: 'unconfirmed', attempts: Math.max(1, outcome.attempts), detail };
    }
    return outcome.attempts > 0
      ? { ...outcome, kind: 'unconfirmed', detail: `${end} before the logout was confirmed` }
      : { ...outcome, kind: 'not-attempted', detail: `${end} before it came to this instance` };
  };
  return resultsOf(outcomes.map(decide), progress.total - outcomes.length);
};
