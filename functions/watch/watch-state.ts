import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../green-api/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import type { FinishedStep } from '../runs/results-from-steps.ts';
import type { WatchRequest } from '../runs/start-watch.ts';
import type { LinkedReading } from './watch-evidence.ts';

/** The operations of a watch. */
export const watchOperationNames = {
  start: 'start',
  waitBeforePoll: (number: number) => `wait-before-poll-${number}`,
  poll: (number: number) => `poll-${number}`,
} as const;

const isPoll = (name: string): boolean => /^poll-\d+$/.test(name);

/** Why an instance is watched no longer although nobody linked it again. */
export const releaseReasons = ['tag-changed', 'secret-removed'] as const;

const instants = v.array(v.tuple([instanceIdSchema, v.string()]));

/** What one poll found: only what has changed, because an execution keeps the results of a thousand polls. */
const pollSchema = v.object({
  /** When it ended; ISO 8601. */
  at: v.string(),
  /** Linked again: each with the instant of the second reading of a linked state in a row. */
  linkedAgain: instants,
  released: v.array(v.tuple([instanceIdSchema, v.picklist(releaseReasons)])),
  /** Read as linked once: each with the instant of that reading, and the state. Polls of version 0.2 have no state: it was `authorized`. */
  suspects: v.array(v.tupleWithRest([instanceIdSchema, v.string()], v.string())),
  /** Instances whose tags or state could not be read. */
  unread: v.number(),
});

export type PollResult = v.InferOutput<typeof pollSchema>;

/** The end of the watch of one instance. */
type End = { readonly at: string; readonly kind: 'linked-again' | (typeof releaseReasons)[number] };

export type WatchState = {
  /** The instances still watched, each with the digest of its owner and group. */
  readonly watching: ReadonlyMap<InstanceId, string>;
  readonly suspects: ReadonlyMap<InstanceId, LinkedReading>;
  readonly ended: ReadonlyMap<InstanceId, End>;
  /** Of the newest poll. */
  readonly unread: number;
};

export const initialState = ({ instances }: Pick<WatchRequest, 'instances'>): WatchState => ({
  watching: new Map(instances),
  suspects: new Map(),
  ended: new Map(),
  unread: 0,
});

export const applyPoll = (
  state: WatchState,
  { at, linkedAgain, released, suspects, unread }: PollResult,
): WatchState => {
  const ends = [
    ...linkedAgain.map(([id, linkedAt]) => [id, { at: linkedAt, kind: 'linked-again' }] as const),
    ...released.map(([id, kind]) => [id, { at, kind }] as const),
  ];
  const suspected = new Map(
    suspects.map(([id, readAt, stateInstance = 'authorized']) => [id, { at: readAt, stateInstance }]),
  );
  // Each replay applies every poll again, and nearly all of them end nothing.
  if (ends.length === 0) return { ...state, suspects: suspected, unread };
  const ended = new Map<InstanceId, End>([...state.ended, ...ends]);
  return {
    watching: new Map([...state.watching].filter(([id]) => !ended.has(id))),
    suspects: suspected,
    ended,
    unread,
  };
};

/** The state of a watch so far, out of the steps of its execution. */
export const stateFromSteps = (request: WatchRequest, steps: readonly FinishedStep[]): WatchState =>
  steps
    .filter(({ name }) => isPoll(name))
    .flatMap(({ payload }) => parseJsonAs(pollSchema, payload) ?? [])
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .reduce(applyPoll, initialState(request));

/** The result of a watch that has ended: each instance whose watch ended early, and why. */
const resultSchema = v.object({
  ended: v.array(v.tuple([instanceIdSchema, v.string(), v.picklist(['linked-again', ...releaseReasons])])),
  unread: v.number(),
});

export type WatchResult = v.InferOutput<typeof resultSchema>;

export const resultOf = ({ ended, unread }: WatchState): WatchResult => ({
  ended: [...ended].map(([id, { at, kind }]) => [id, at, kind]),
  unread,
});

/** Reads the result of a watch that has ended by itself; `undefined`: it is none. */
export const stateFromResult = (request: WatchRequest, text: string | undefined): WatchState | undefined => {
  const result = parseJsonAs(resultSchema, text);
  if (result === undefined) return undefined;
  const ended = new Map(result.ended.map(([id, at, kind]) => [id, { at, kind }] as const));
  const { watching } = initialState(request);
  return {
    watching: new Map([...watching].filter(([id]) => !ended.has(id))),
    suspects: new Map(),
    ended,
    unread: result.unread,
  };
};
