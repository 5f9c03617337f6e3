import type { GreenApi } from '../green-api/client.ts';
import type { InstanceId } from '../green-api/instance-id.ts';
import { stateClassOf } from '../green-api/vocabulary.ts';
import type { CallWithCredential } from '../instances/call-with-credential.ts';
import { type Deadline, deadlineIn, hasPassed } from '../platform/deadline.ts';
import { inParallel } from '../platform/in-parallel.ts';
import { errorNameOf } from '../platform/unknown-values.ts';
import { type Failure, ofInstances } from './conclude.ts';
import type { Operations } from './durable-operations.ts';
import {
  createResolve,
  type FailedResolution,
  type FirstLook,
  helpWithTooMany,
  listLagSeconds,
  looksAgain,
  type Resolution,
  type ResolveDependencies,
  resolveStep,
} from './find-targets.ts';
import { operationNames } from './operation-names.ts';
import { skipOf } from './outcome.ts';
import type { RunIdentity, RunRequest } from './request.ts';
import type { Resolved } from './results-from-steps.ts';
import type { RoundsEnd } from './rounds.ts';
import { newTargetState, type TargetState, withRetry } from './target-state.ts';

type SecondLookDependencies = ResolveDependencies & {
  readonly callWithCredential: CallWithCredential;
  readonly greenApi: Pick<GreenApi, 'readState'>;
};

const concurrency = 50;
/** Readings of an instance whose failures may be transient. */
const mostReadings = 3;
/** Pause between them, in milliseconds: GREEN-API allows one call a second and instance. */
const betweenReadingsMs = 2_000;
/** Time for all readings, in milliseconds; the list may take eight minutes of the invocation. */
const longestReadingMs = 5 * 60 * 1_000;

/** When the second look is due, in milliseconds since 1970: by then the list shows every tag that was set before the first. */
export const secondLookAtMs = (run: RunIdentity, { at = run.startedAt }: Resolved): number =>
  looksAgain(run.request) ? Date.parse(at) + listLagSeconds * 1_000 : Number.POSITIVE_INFINITY;

const lateTags = 'an instance that was tagged just before the run may still be logged in';

const failureOf = (resolution: Exclude<Resolution, Resolved>, { expiresAt, request }: RunIdentity): Failure => {
  if (resolution.kind === 'expired') {
    return { type: 'RunExpired', message: `the run expired at ${expiresAt} before its second look: ${lateTags}` };
  }
  if (resolution.kind === 'list-denied')
    return { type: 'ListDenied', message: `the instances cannot be listed again: ${resolution.detail}; ${lateTags}` };
  const { found } = resolution;
  const message = `the second look makes it ${found} targets but maxTargets is ${request.maxTargets}; what it found was not logged out: ${helpWithTooMany(found)}`;
  return { type: 'TooManyTargets', message };
};

type Found = 'linked' | 'not-linked' | 'not-judged';

/** Reads whether instances that the run has logged out are linked again. It never rejects. */
const createReadAgain = ({ readTags, callWithCredential, greenApi, log, sleep }: SecondLookDependencies) => {
  const readOnce = async (id: InstanceId, { request }: RunIdentity, deadline: Deadline): Promise<Found> => {
    const tags = await readTags(id);
    // It was removed, or belongs to somebody else now.
    if (tags.kind === 'unknown-instance') return 'not-linked';
    if (tags.kind !== 'tags') return 'not-judged';
    if (skipOf(tags.instance, request.target) !== undefined) return 'not-linked';
    const answer = await callWithCredential(id, greenApi.readState, deadline);
    if (answer.kind !== 'state') return 'not-judged';
    const stateClass = stateClassOf(answer.stateInstance);
    if (stateClass === 'linked') return 'linked';
    return stateClass === 'out' || stateClass === 'banned' ? 'not-linked' : 'not-judged';
  };

  const read = async (id: InstanceId, run: RunIdentity, deadline: Deadline): Promise<Found> => {
    let found: Found = 'not-judged';
    for (let reading = 1; reading <= mostReadings && found === 'not-judged' && !hasPassed(deadline); reading += 1) {
      if (reading > 1) await sleep(betweenReadingsMs);
      found = await readOnce(id, run, deadline).catch((error): Found => {
        log('ERROR', 'unexpected error', { run: run.id, idInstance: id, error: errorNameOf(error) });
        return 'not-judged';
      });
    }
    return found;
  };

  return async (run: RunIdentity, ids: readonly InstanceId[], deadline: Deadline) => {
    const found = await inParallel(concurrency, ids, (id) => read(id, run, deadline));
    const linkedAgain = ids.filter((_, at) => found[at] === 'linked');
    return { linkedAgain, notJudged: found.filter((each) => each === 'not-judged').length };
  };
};

/**
 * Looks at the list again, once it shows every tag that was set before the run began. It finds the instances of the owner that
 * are new, or were logged out and are linked again.
 *
 * @returns `undefined` if the run does not look again
 */
export const createLookAgain = (dependencies: SecondLookDependencies) => {
  const { log, now } = dependencies;
  const resolve = createResolve(dependencies);
  const readAgain = createReadAgain(dependencies);

  const look = async (operations: Operations, run: RunIdentity, first: FirstLook): Promise<Resolution> => {
    const found = await resolve(run, first);
    if (found.kind !== 'resolved') return found;
    const confirmed = first.outcomes.filter((outcome) => outcome.confirmed && outcome.kind !== 'pending');
    const ids = confirmed.map(({ idInstance }) => idInstance);
    const deadline = deadlineIn(Math.min(longestReadingMs, operations.remainingMs()));
    const again = await readAgain(run, ids, deadline);
    log(again.linkedAgain.length > 0 ? 'WARN' : 'INFO', 'second look', { run: run.id, new: found.targets, ...again });
    return { ...found, targets: [...found.targets, ...again.linkedAgain], ...again };
  };

  return async (
    operations: Operations,
    run: RunIdentity,
    first: Resolved,
    { decided, open, atMs: endedAtMs = Date.parse(first.at ?? run.startedAt) }: RoundsEnd,
  ): Promise<Resolved | FailedResolution | undefined> => {
    if (!looksAgain(run.request)) return undefined;
    const atMs = Math.max(secondLookAtMs(run, first), endedAtMs);
    if (atMs >= Date.parse(run.expiresAt)) return { kind: 'failed', failure: failureOf({ kind: 'expired' }, run) };
    const seconds = Math.ceil((atMs - endedAtMs) / 1_000);
    if (seconds > 0) await operations.wait(operationNames.waitForSecondLook, seconds);
    const known = { resolved: first, outcomes: [...decided, ...open] };
    return resolveStep(operations, operationNames.secondLook, run, () => look(operations, run, known), now, failureOf);
  };
};

export const targetsOfSecondLook = ({ targets, linkedAgain = [] }: Resolved): readonly TargetState[] =>
  targets.map((id) =>
    linkedAgain.includes(id) ? withRetry(newTargetState(id), { linkedAgain: true }) : newTargetState(id),
  );

const drillNote = `a real run would look again after ${listLagSeconds / 60} minutes, for instances that were tagged just before it`;

export const notesOfSecondLook = (
  request: RunRequest,
  { linkedAgain = [], notJudged = 0 }: Resolved,
): readonly (string | undefined)[] => [
  request.dryRun && looksAgain({ ...request, dryRun: false }) ? drillNote : undefined,
  ofInstances(
    linkedAgain.length,
    'was linked again after its first logout',
    'were linked again after their first logout',
  ),
  ofInstances(
    notJudged,
    'could not be read again after its logout, so only its first confirmation is known',
    'could not be read again after their logout, so only their first confirmation is known',
  ),
];
