import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import type { ListedInstance, ReadTags } from '../instances/directory.ts';
import type { CallWithCredential } from '../logout/call-with-credential.ts';
import { type Deadline, deadlineIn, hasPassed } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import type { Log } from '../platform/log.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { digestOf } from '../runs/start-watch.ts';
import { type LinkedAgainEvidence, linkedAgainEvidence, type WatchIdentity } from './watch-evidence.ts';
import type { PollResult, releaseReasons, WatchState } from './watch-state.ts';

export type PollDependencies = {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: Pick<GreenApi, 'readState'>;
  readonly readTags: ReadTags;
  /** Writes the record and its metric. */
  readonly recordLinkedAgain: (evidence: LinkedAgainEvidence) => void;
  /** Publishes the events on the stack's bus; best effort. It never rejects. */
  readonly publishLinkedAgain: (evidence: readonly LinkedAgainEvidence[]) => Promise<void>;
  readonly log: Log;
  readonly now: () => Date;
};

/** Time of one poll, in milliseconds: 3,000 instances of which every call times out need ten minutes. */
const longestPollMs = 10 * 60 * 1_000;
/** Time to publish the events and write the checkpoint before Lambda's own limit, in milliseconds. */
const closingMs = 20_000;
const concurrency = 50;

type Tags = Omit<ListedInstance, 'idInstance'>;

type Found =
  | { readonly kind: 'released'; readonly reason: (typeof releaseReasons)[number] }
  | { readonly kind: 'unread' }
  | { readonly kind: 'linked'; readonly stateInstance: string; readonly at: string; readonly tags: Tags }
  | { readonly kind: 'other-state' };

const createReadInstance =
  ({ callWithCredential, greenApi, readTags, now }: PollDependencies) =>
  async (id: InstanceId, digest: string, deadline: Deadline): Promise<Found> => {
    if (hasPassed(deadline)) return { kind: 'unread' };
    const reading = await readTags(id);
    if (reading.kind === 'unknown-instance') return { kind: 'released', reason: 'secret-removed' };
    if (reading.kind !== 'tags') return { kind: 'unread' };
    const { idInstance: _, ...tags } = reading.instance;
    if (digestOf(tags) !== digest) return { kind: 'released', reason: 'tag-changed' };

    const answer = await callWithCredential(id, greenApi.readState, deadline);
    if (answer.kind !== 'state') return { kind: 'unread' };
    const { stateInstance } = answer;
    return stateInstance !== null && stateClassOf(stateInstance) === 'linked'
      ? { kind: 'linked', stateInstance, at: now().toISOString(), tags }
      : { kind: 'other-state' };
  };

/** Two readings of a linked state in a row mean that somebody linked the instance again. A failed reading changes nothing. */
const assess = (watch: WatchIdentity, { suspects }: WatchState, found: readonly (readonly [InstanceId, Found])[]) => {
  const released: PollResult['released'] = [];
  const stillSuspects: PollResult['suspects'] = [];
  const evidence: LinkedAgainEvidence[] = [];
  for (const [id, finding] of found) {
    const first = suspects.get(id);
    if (finding.kind === 'released') released.push([id, finding.reason]);
    if (finding.kind === 'unread' && first !== undefined) stillSuspects.push([id, first.at, first.stateInstance]);
    if (finding.kind !== 'linked') continue;
    const { at, stateInstance, tags } = finding;
    if (first === undefined) stillSuspects.push([id, at, stateInstance]);
    else evidence.push(linkedAgainEvidence(watch, id, [first, { at, stateInstance }], tags));
  }
  const unread = found.filter(([, { kind }]) => kind === 'unread').length;
  return { released, suspects: stillSuspects, evidence, unread };
};

/** Reads every watched instance once, and reports those that were linked again; a crash may repeat a report. It never rejects. */
export const createPoll = (dependencies: PollDependencies) => {
  const { recordLinkedAgain, publishLinkedAgain, log, now } = dependencies;
  const readInstance = createReadInstance(dependencies);

  const readSafely = async (watch: string, id: InstanceId, digest: string, deadline: Deadline): Promise<Found> => {
    try {
      return await readInstance(id, digest, deadline);
    } catch (error) {
      log('ERROR', 'unexpected error', { watch, idInstance: id, error: errorNameOf(error) });
      return { kind: 'unread' };
    }
  };

  return async (watch: WatchIdentity, state: WatchState, remainingMs: () => number): Promise<PollResult> => {
    const deadline = deadlineIn(Math.min(longestPollMs, remainingMs() - closingMs));
    const found = await inParallel(
      concurrency,
      [...state.watching],
      async ([id, digest]) => [id, await readSafely(watch.id, id, digest, deadline)] as const,
    );
    const { evidence, ...result } = assess(watch, state, found);
    for (const record of evidence) recordLinkedAgain(record);
    await publishLinkedAgain(evidence);
    for (const [idInstance, reason] of result.released)
      log('INFO', 'instance released from watch', { watch: watch.id, idInstance, reason });
    log('INFO', 'watch poll', { watch: watch.id, watching: state.watching.size, unread: result.unread });
    const at = now().toISOString();
    return { at, linkedAgain: evidence.map(({ idInstance }) => [idInstance, at]), ...result };
  };
};
