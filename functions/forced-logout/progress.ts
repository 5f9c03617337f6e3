import * as v from 'valibot';
import type { InstanceId } from '../instances/instance-id.ts';
import { instanceIdSchema } from '../instances/instance-id-schema.ts';
import { byId, type Outcome, pendingOutcome, type Standing, skippedOutcome, standingOf } from './outcome.ts';
import { outcomeSchema } from './outcome-schema.ts';
import { parseJsonText } from './parse-json-text.ts';

/**
 * The operations of a run, in their order; its history reads as this story. Waits: until `at`, for tags that may lag, and
 * one after each round. `resolve` is retried as long as Secrets Manager cannot be asked.
 */
export const operationNames = {
  start: 'start',
  waitForAt: 'wait-for-at',
  resolve: 'resolve',
  waitForTags: 'wait-for-late-tags',
  resolveAgain: 'resolve-again',
  round: (round: number, batch: number) => `round-${round}-batch-${batch}`,
  rest: (round: number, batch: number) => `rest-after-round-${round}-batch-${batch}`,
  waitAfterRound: (round: number) => `wait-after-round-${round}`,
} as const;

/** A step of a run that has succeeded, as the history of its execution tells it. */
export type FinishedStep = {
  readonly name: string;
  /** The result of the step: JSON as a text. */
  readonly payload: string | undefined;
};

const ids = v.array(instanceIdSchema);

/** What `resolve` and `resolve-again` leave: who is to be logged out, and who is left alone and why. */
const resolvedSchema = v.object({
  kind: v.literal('resolved'),
  targets: ids,
  excepted: ids,
  protected: ids,
  /** Protected instances that are too many to be named. */
  unlisted: v.number(),
});

/** What each batch of a round leaves: the instances it handled, as they are now. */
const roundSchema = v.object({ round: v.number(), courses: v.array(outcomeSchema) });

export type Resolved = v.InferOutput<typeof resolvedSchema>;

export const skippedAtOnce = (resolved: Resolved): readonly Outcome[] => [
  ...resolved.excepted.map((id) => skippedOutcome(id, 'excepted')),
  ...resolved.protected.map((id) => skippedOutcome(id, 'protected')),
];

/** What a run has come to, out of its steps in any order: of each instance, the newest round counts. */
export const standingAfter = (steps: readonly FinishedStep[]): Standing => {
  const payloadsOf = (pattern: RegExp) => steps.filter(({ name }) => pattern.test(name)).map(({ payload }) => payload);
  const resolutions = payloadsOf(/^resolve(?:-again)?$/).flatMap((text) => parseJsonText(resolvedSchema, text) ?? []);
  const rounds = payloadsOf(/^round-/).flatMap((text) => parseJsonText(roundSchema, text) ?? []);

  const newest = new Map<InstanceId, Outcome>();
  for (const resolved of resolutions) {
    for (const id of resolved.targets) newest.set(id, pendingOutcome(id));
    for (const outcome of skippedAtOnce(resolved)) newest.set(outcome.idInstance, outcome);
  }
  for (const { courses } of rounds.toSorted((a, b) => a.round - b.round)) {
    for (const outcome of courses) newest.set(outcome.idInstance, outcome);
  }
  const unlisted = Math.max(0, ...resolutions.map((resolved) => resolved.unlisted));
  return standingOf([...newest.values()].toSorted(byId), unlisted);
};
