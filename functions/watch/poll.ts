import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import type { StateAnswer } from '../green-api/responses.ts';
import { type StateClass, stateClassOf } from '../green-api/vocabulary.ts';
import type { CallWithCredential, NotCalled } from '../instances/call-with-credential.ts';
import type { ListedInstance, ReadTags } from '../instances/directory.ts';
import { type Deadline, deadlineIn, hasPassed } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { Log } from '../platform/log.ts';
import { stackMetrics } from '../platform/metrics.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { digestOf } from '../runs/start-watch.ts';
import {
  type LinkedAgainEvidence,
  linkedAgainEvidence,
  type WatchIdentity,
  watchUnreadMetric,
} from './watch-evidence.ts';
import {
  applyMissing,
  isAlarming,
  type Missing,
  type PollResult,
  type releaseReasons,
  type WatchState,
} from './watch-state.ts';

export type PollDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: Pick<GreenApi, 'readState'>;
  readonly readTags: ReadTags;
  readonly recordLinkedAgain: (evidence: LinkedAgainEvidence) => void;
  /** Publishes the events on the stack's bus; best effort. It never rejects. */
  readonly publishLinkedAgain: (evidence: readonly LinkedAgainEvidence[]) => Promise<void>;
  readonly stack: string;
  readonly log: Log;
  readonly now: () => Date;
};

/** Time of one poll, in milliseconds: 3,000 instances of which every call times out need ten minutes. */
const longestPollMs = 10 * 60 * 1_000;
const concurrency = 50;

const unread = (detail: string, reason: Missing['reason'] = 'unread') => ({ kind: 'unread', reason, detail }) as const;

type Tags = Omit<ListedInstance, 'idInstance'>;

type Found =
  | { readonly kind: 'released'; readonly reason: (typeof releaseReasons)[number] }
  /** `wasAnswered`: with a state that does not show whether a session is open. */
  | (ReturnType<typeof unread> & { readonly wasAnswered?: true })
  | { readonly kind: 'linked'; readonly stateInstance: string; readonly at: string; readonly tags: Tags }
  | { readonly kind: 'other-state' };

/**
 * What a state means here. Read twice in a row, a `suspicious` one means that somebody has linked the instance again, or is about
 * to. An `unclear` one is no better than no reading.
 */
const meanings = {
  out: 'clear',
  banned: 'clear',
  linked: 'suspicious',
  linking: 'suspicious',
  starting: 'unclear',
  unknown: 'unclear',
} as const satisfies Record<StateClass, string>;

const foundBy = (answer: StateAnswer | NotCalled, at: string, tags: Tags): Found => {
  if (answer.kind === 'credential-rejected') return unread(answer.detail, 'rejected');
  if (answer.kind !== 'state') return unread(answer.detail);
  const { stateInstance } = answer;
  const meaning = meanings[stateClassOf(stateInstance)];
  if (stateInstance === null || meaning === 'unclear')
    return { ...unread(`the state is ${stateInstance}`), wasAnswered: true };
  return meaning === 'suspicious' ? { kind: 'linked', stateInstance, at, tags } : { kind: 'other-state' };
};

type Findings = readonly (readonly [InstanceId, Found])[];

/** Two readings of a linked state in a row mean that somebody linked the instance again. A failed reading changes nothing. */
const assess = (watch: WatchIdentity, { suspects }: WatchState, found: Findings) => {
  const released: PollResult['released'] = [];
  const stillSuspects: PollResult['suspects'] = [];
  const evidence: LinkedAgainEvidence[] = [];
  for (const [id, finding] of found) {
    const first = suspects.get(id);
    if (finding.kind === 'released') released.push([id, finding.reason]);
    if (finding.kind === 'unread' && !finding.wasAnswered && first !== undefined)
      stillSuspects.push([id, first.at, first.stateInstance]);
    if (finding.kind !== 'linked') continue;
    const { at, stateInstance, tags } = finding;
    if (first === undefined) stillSuspects.push([id, at, stateInstance]);
    else evidence.push(linkedAgainEvidence(watch, id, [first, { at, stateInstance }], stateInstance, tags));
  }
  return { released, suspects: stillSuspects, evidence };
};

/** What has changed in the instances that cannot be read: a poll names no instance again that the poll before has named. */
const findMissing = ({ missing: before }: WatchState, found: Findings) => {
  const unreadNow = found.flatMap(
    ([id, one]): NonNullable<PollResult['missing']> => (one.kind === 'unread' ? [[id, one.reason]] : []),
  );
  const missing = unreadNow.filter(([id, reason]) => before.get(id)?.reason !== reason);
  const ids = new Set(unreadNow.map(([id]) => id));
  const readAgain = [...before.keys()].filter((id) => !ids.has(id));
  return {
    unread: unreadNow.length,
    ...(missing.length > 0 && { missing }),
    ...(readAgain.length > 0 && { found: readAgain }),
  };
};

/** Reads every watched instance once, and reports those that were linked again; a crash may repeat a report. It never rejects. */
export const createPoll = (dependencies: PollDependencies) => {
  const { callWithCredential, greenApi, readTags, recordLinkedAgain, publishLinkedAgain, log, stack, now } =
    dependencies;

  const readInstance = async (id: InstanceId, digest: string, deadline: Deadline): Promise<Found> => {
    if (hasPassed(deadline)) return unread('the poll had no time left for it');
    const reading = await readTags(id);
    if (reading.kind === 'unknown-instance') return { kind: 'released', reason: 'secret-removed' };
    if (reading.kind !== 'tags') return unread(reading.detail);
    const { idInstance: _, ...tags } = reading.instance;
    if (digestOf(tags) !== digest) return { kind: 'released', reason: 'tag-changed' };

    const answer = await callWithCredential(id, greenApi.readState, deadline);
    return foundBy(answer, now().toISOString(), tags);
  };

  const readSafely = (watch: string, id: InstanceId, digest: string, deadline: Deadline): Promise<Found> =>
    readInstance(id, digest, deadline).catch((error) => {
      log('ERROR', 'unexpected error', { watch, idInstance: id, error: errorNameOf(error) });
      return unread(`unexpected error: ${errorNameOf(error)}`);
    });

  /** Counts the instances that somebody should look at, and names each of them once. */
  const reportUnread = (
    watch: string,
    state: WatchState,
    poll: Pick<PollResult, 'missing' | 'found'>,
    found: Findings,
  ): object => {
    const alarming = [...applyMissing(state, poll)].filter(([, missing]) => isAlarming(missing));
    if (alarming.length === 0) return {};
    const details = new Map(found.map(([id, one]) => [id, one.kind === 'unread' ? one.detail : '']));
    for (const [idInstance, { reason, polls }] of alarming) {
      const before = state.missing.get(idInstance);
      if (before !== undefined && isAlarming(before)) continue;
      log('WARN', 'watched instance not read', { watch, idInstance, reason, polls, detail: details.get(idInstance) });
    }
    return stackMetrics({ [watchUnreadMetric]: alarming.length }, stack, now());
  };

  return async (watch: WatchIdentity, state: WatchState, remainingMs: () => number): Promise<PollResult> => {
    const deadline = deadlineIn(Math.min(longestPollMs, remainingMs()));
    const found = await inParallel(
      concurrency,
      [...state.watching],
      async ([id, digest]) => [id, await readSafely(watch.id, id, digest, deadline)] as const,
    );
    const { evidence, ...changes } = assess(watch, state, found);
    const result = { ...changes, ...findMissing(state, found) };
    for (const record of evidence) recordLinkedAgain(record);
    await publishLinkedAgain(evidence);
    for (const [idInstance, reason] of result.released)
      log('INFO', 'instance released from watch', { watch: watch.id, idInstance, reason });
    const metrics = reportUnread(watch.id, state, result, found);
    log('INFO', 'watch poll', { watch: watch.id, watching: state.watching.size, unread: result.unread, ...metrics });
    const at = now().toISOString();
    return { at, linkedAgain: evidence.map(({ idInstance }) => [idInstance, at]), ...result };
  };
};
