import * as v from 'valibot';
import { type InstanceId, instanceIdSchema } from '../green-api/instance-id.ts';
import { parseJsonAs } from '../platform/unknown-values.ts';
import type { FinishedStep } from '../runs/results-from-steps.ts';
import type { WatchRequest } from '../runs/start-watch.ts';
import type { LinkedReading } from './watch-evidence.ts';

export const watchOperationNames = {
  start: 'start',
  waitBeforePoll: (number: number) => `wait-before-poll-${number}`,
  poll: (number: number) => `poll-${number}`,
} as const;

const isPoll = (name: string): boolean => /^poll-\d+$/.test(name);

/** Why an instance is watched no longer although nobody linked it again. */
export const releaseReasons = ['tag-changed', 'secret-removed'] as const;

/** Why an instance could not be read: GREEN-API rejects its token, or anything else. */
const unreadReasons = ['rejected', 'unread'] as const;

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
  /** Those of them that the poll before could read, or could not read for another reason. Polls of version 0.2 name none. */
  missing: v.exactOptional(v.array(v.tuple([instanceIdSchema, v.picklist(unreadReasons)]))),
  found: v.exactOptional(v.array(instanceIdSchema)),
});

export type PollResult = v.InferOutput<typeof pollSchema>;

type End = { readonly at: string; readonly kind: 'linked-again' | (typeof releaseReasons)[number] };

/** An instance that the newest polls could not read. */
export type Missing = {
  readonly reason: (typeof unreadReasons)[number];
  readonly polls: number;
  readonly wasNeverRead: boolean;
};

/** GREEN-API and Secrets Manager have short outages. Nobody watches an instance that three polls in a row could not read. */
const toleratedPolls = 2;

/** Whether somebody should look: at once if the token is rejected, as it is when a thief with a copy has changed it. */
export const isAlarming = ({ reason, polls }: Missing): boolean => reason === 'rejected' || polls > toleratedPolls;

export type WatchState = {
  readonly polls: number;
  /** The instances still watched, each with the digest of its owner and group. */
  readonly watching: ReadonlyMap<InstanceId, string>;
  readonly suspects: ReadonlyMap<InstanceId, LinkedReading>;
  readonly ended: ReadonlyMap<InstanceId, End>;
  readonly unread: number;
  readonly missing: ReadonlyMap<InstanceId, Missing>;
};

export const initialState = ({ instances }: Pick<WatchRequest, 'instances'>): WatchState => ({
  polls: 0,
  missing: new Map(),
  watching: new Map(instances),
  suspects: new Map(),
  ended: new Map(),
  unread: 0,
});

export const applyMissing = (
  { polls, missing: before }: Pick<WatchState, 'polls' | 'missing'>,
  { missing = [], found = [] }: Pick<PollResult, 'missing' | 'found'>,
): WatchState['missing'] => {
  if (before.size === 0 && missing.length === 0) return before;
  const read = new Set(found);
  const next = new Map(
    [...before].flatMap(([id, one]) => (read.has(id) ? [] : [[id, { ...one, polls: one.polls + 1 }]])),
  );
  for (const [id, reason] of missing) next.set(id, { polls: 1, wasNeverRead: polls === 0, ...next.get(id), reason });
  return next;
};

export const applyPoll = (state: WatchState, poll: PollResult): WatchState => {
  const { at, linkedAgain, released, suspects, unread } = poll;
  const ends = [
    ...linkedAgain.map(([id, linkedAt]) => [id, { at: linkedAt, kind: 'linked-again' }] as const),
    ...released.map(([id, kind]) => [id, { at, kind }] as const),
  ];
  const suspected = new Map(
    suspects.map(([id, readAt, stateInstance = 'authorized']) => [id, { at: readAt, stateInstance }]),
  );
  const next = { ...state, polls: state.polls + 1, suspects: suspected, unread, missing: applyMissing(state, poll) };
  // Each replay applies every poll again, and nearly all of them end nothing.
  if (ends.length === 0) return next;
  const ended = new Map<InstanceId, End>([...state.ended, ...ends]);
  const isWatched = ([id]: readonly [InstanceId, unknown]) => !ended.has(id);
  return {
    ...next,
    watching: new Map([...state.watching].filter(isWatched)),
    missing: new Map([...next.missing].filter(isWatched)),
    ended,
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
  /** Instances that were never read, or not by the last polls. Whether somebody linked them again is not known. */
  notRead: v.exactOptional(v.array(instanceIdSchema)),
});

export type WatchResult = v.InferOutput<typeof resultSchema>;

export const resultOf = ({ ended, unread, missing }: WatchState): WatchResult => {
  const notRead = [...missing].flatMap(([id, one]) => (one.wasNeverRead || isAlarming(one) ? [id] : []));
  return {
    ended: [...ended].map(([id, { at, kind }]) => [id, at, kind]),
    unread,
    ...(notRead.length > 0 && { notRead }),
  };
};

/** Reads the result of a watch that has ended by itself; `undefined`: it is none. */
export const stateFromResult = (request: WatchRequest, text: string | undefined): WatchState | undefined => {
  const result = parseJsonAs(resultSchema, text);
  if (result === undefined) return undefined;
  const ended = new Map(result.ended.map(([id, at, kind]) => [id, { at, kind }] as const));
  const { watching, ...state } = initialState(request);
  const { unread, notRead = [] } = result;
  const lost = { reason: 'unread', polls: toleratedPolls + 1, wasNeverRead: false } as const;
  return {
    ...state,
    watching: new Map([...watching].filter(([id]) => !ended.has(id))),
    ended,
    unread,
    missing: new Map(notRead.map((id) => [id, lost])),
  };
};
