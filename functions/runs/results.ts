import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../instances/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import {
  byId,
  type Outcome,
  outcomeSchema,
  pendingOutcome,
  type RunResults,
  resultsOf,
  skippedOutcome,
} from './outcome.ts';

/** A step of a run that has succeeded, as the history of its execution records it. */
export type FinishedStep = {
  readonly name: string;
  /** The result of the step: JSON as a text. */
  readonly payload: string | undefined;
};

const ids = v.array(instanceIdSchema);

/** The result of `resolve` and `resolve-again`: the targets, and which instances were skipped and why. */
const resolvedSchema = v.object({
  kind: v.literal('resolved'),
  targets: ids,
  excepted: ids,
  protected: ids,
  /** Protected instances that are too many to be named. */
  unlisted: v.number(),
});

/** The result of each batch of a round: the instances it processed, as they are now. */
const batchSchema = v.object({ round: v.number(), targetStates: v.array(outcomeSchema) });

export type Resolved = v.InferOutput<typeof resolvedSchema>;

export const skippedAtOnce = (resolved: Resolved): readonly Outcome[] => [
  ...resolved.excepted.map((id) => skippedOutcome(id, 'excepted', 'excepted')),
  ...resolved.protected.map((id) => skippedOutcome(id, 'protected', 'protected')),
];

/** The results of a run so far, out of its steps in any order: of each instance, the newest round counts. */
export const resultsFromSteps = (steps: readonly FinishedStep[]): RunResults => {
  const payloadsOf = (pattern: RegExp) => steps.filter(({ name }) => pattern.test(name)).map(({ payload }) => payload);
  const resolutions = payloadsOf(/^resolve(?:-again)?$/).flatMap((text) => parseJsonAs(resolvedSchema, text) ?? []);
  const batches = payloadsOf(/^round-/).flatMap((text) => parseJsonAs(batchSchema, text) ?? []);

  const newest = new Map<InstanceId, Outcome>();
  for (const resolved of resolutions) {
    for (const id of resolved.targets) newest.set(id, pendingOutcome(id));
    for (const outcome of skippedAtOnce(resolved)) newest.set(outcome.idInstance, outcome);
  }
  for (const { targetStates } of batches.toSorted((a, b) => a.round - b.round)) {
    for (const outcome of targetStates) newest.set(outcome.idInstance, outcome);
  }
  const unlisted = Math.max(0, ...resolutions.map((resolved) => resolved.unlisted));
  return resultsOf([...newest.values()].toSorted(byId), unlisted);
};
