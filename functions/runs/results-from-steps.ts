import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../green-api/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import { batchAt, operationNames, placeOf } from './operation-names.ts';
import {
  byId,
  type Outcome,
  outcomeSchema,
  pendingOutcome,
  type RunResults,
  resultsOf,
  skippedOutcome,
  tagsSchema,
} from './outcome.ts';

/** A step of a run that has succeeded, as the history of its execution records it. */
export type FinishedStep = {
  readonly name: string;
  /** The result of the step: JSON as a text. */
  readonly payload: string | undefined;
};

const ids = v.array(instanceIdSchema);

const unreadableSecrets = v.object({ names: v.pipe(v.array(v.string()), v.readonly()), count: v.number() });

/** The result of `resolve` and `resolve-again`: the targets, and which instances were skipped and why. */
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
});

export type Resolved = v.InferOutput<typeof resolvedSchema>;

/** The result of each batch of a round: the instances it processed, as they are now. */
const batchSchema = v.object({ round: v.number(), targetStates: v.array(outcomeSchema) });

type Batch = v.InferOutput<typeof batchSchema> & { readonly batch: number };

export const skippedAtOnce = ({ excepted, protected: guarded, tags = {} }: Resolved): readonly Outcome[] => [
  ...excepted.map((id) => skippedOutcome(id, 'excepted', 'excepted', tags[id])),
  ...guarded.map((id) => skippedOutcome(id, 'protected', 'protected', tags[id])),
];

const parseBatch = ({ name, payload }: FinishedStep): readonly Batch[] => {
  const place = placeOf(name);
  const batch = parseJsonAs(batchSchema, payload);
  return place === undefined || batch === undefined ? [] : [{ ...batch, ...place }];
};

const parseResolutions = (steps: readonly FinishedStep[]): readonly Resolved[] =>
  steps
    .filter(({ name }) => name === operationNames.resolve || name === operationNames.resolveAgain)
    .flatMap(({ payload }) => parseJsonAs(resolvedSchema, payload) ?? []);

/** The results of a run so far, out of its steps in any order: of each instance, the newest round counts. */
export const resultsFromSteps = (steps: readonly FinishedStep[]): RunResults => {
  const resolutions = parseResolutions(steps);
  const newest = new Map<InstanceId, Outcome>();
  for (const resolved of resolutions) {
    for (const id of resolved.targets) newest.set(id, pendingOutcome(id));
    for (const outcome of skippedAtOnce(resolved)) newest.set(outcome.idInstance, outcome);
  }
  for (const { targetStates } of steps.flatMap(parseBatch).toSorted((a, b) => a.round - b.round)) {
    for (const outcome of targetStates) newest.set(outcome.idInstance, outcome);
  }
  const unlisted = Math.max(0, ...resolutions.map((resolved) => resolved.unlisted));
  return resultsOf([...newest.values()].toSorted(byId), unlisted);
};

/** The instances that a round processes, in the order of its batches. */
const instancesOfRound = (steps: readonly FinishedStep[], round: number): readonly InstanceId[] => {
  if (round === 1) return parseResolutions(steps).at(-1)?.targets ?? [];
  return steps
    .flatMap(parseBatch)
    .filter((batch) => batch.round === round - 1)
    .toSorted((a, b) => a.batch - b.batch)
    .flatMap(({ targetStates }) => targetStates.filter(({ kind }) => kind === 'pending'))
    .map(({ idInstance }) => idInstance);
};

/** The instances whose batch had started and not finished when the run ended: a logout may have been sent. */
export const instancesUnderWay = (
  steps: readonly FinishedStep[],
  unfinished: readonly string[],
): ReadonlySet<InstanceId> =>
  new Set(
    unfinished.flatMap((name) => {
      const place = placeOf(name);
      return place === undefined ? [] : batchAt(instancesOfRound(steps, place.round), place.batch);
    }),
  );

/** The token of a confirmed instance whose rotation no checkpoint records. */
const unrotated = (end: string, isUnderWay: boolean): NonNullable<Outcome['token']> => ({
  kind: 'not-rotated',
  detail: isUnderWay
    ? `${end} while the token was being rotated: the newest evidence record tells whether it was`
    : `${end} before the token was rotated`,
});

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
    if (outcome.confirmed) return { ...outcome, kind: 'logged-out', token: unrotated(end, isUnderWay) };
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
