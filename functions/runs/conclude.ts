import { DurableOperationError } from '@aws/durable-execution-sdk-js';
import type { InstanceId } from '../green-api/instance-id.ts';
import { describeCount, describeNames, type UnreadableSecrets } from '../instances/unreadable-secrets.ts';
import { defined } from '../platform/defined.ts';
import { type Outcome, type RunResults, resultsOf } from './outcome.ts';
import type { RunRequest } from './request.ts';
import type { Resolved } from './results-from-steps.ts';
import type { StartedWatch } from './start-watch.ts';
import { type Summary, summarize } from './summary.ts';

export type RunFailureType =
  | 'InvalidRun'
  /** The run expired before it did anything. */
  | 'RunExpired'
  /** There were more targets than `maxTargets`, so the run logged nobody out. */
  | 'TooManyTargets'
  /** The run may not list the instances, so its targets are unknown. */
  | 'ListDenied'
  /** The run ended with at least one instance that is not confirmed. */
  | 'NotAllConfirmed'
  /** Every logout is confirmed, and at least one token that was to be rotated was not, is lost, or still works. */
  | 'TokensNotRotated'
  /** Everything that was understood is logged out, but a secret with the tags of the target is no instance. */
  | 'UnreadableSecret'
  /** No logout is confirmed: every instance is protected, excepted, unknown or no longer in the target. */
  | 'NobodyLoggedOut'
  /** A drill found at least one instance that could not be logged out. */
  | 'DrillFailed';

/** Fails an execution; the summary arrives as the data of its error. */
export class RunFailure extends DurableOperationError {
  readonly errorType: RunFailureType;

  constructor(
    errorType: RunFailureType,
    message: string,
    summary: Summary = summarize(resultsOf([]), { note: message }),
  ) {
    super(message, undefined, JSON.stringify(summary));
    this.errorType = errorType;
  }
}

export type Failure = { readonly type: RunFailureType; readonly message: string };

/** How a run ended; without `failure` it succeeded. */
export type RunEnd = {
  readonly summary: Summary;
  /** The outcomes of the summary, one by one. @default none */
  readonly outcomes?: readonly Outcome[];
  readonly failure?: Failure;
  /** How many secrets of the target were not understood. @default 0 */
  readonly unreadableSecrets?: number;
  /** How many instances were left alone as protected while the run logged others out. @default 0 */
  readonly leftProtected?: number;
};

/** Whether a run was never going to log this instance out, although its target names it. */
const isOutOfReach = ({ kind, skipReason }: Outcome): boolean =>
  kind === 'unknown-instance' || skipReason === 'protected' || skipReason === 'excepted';

/** An instance that left the target meanwhile (`tag-changed`, `not-found`) is nobody that the run failed to log out. */
const isNobodyLoggedOut = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(isOutOfReach) && outcomes.every((outcome) => isOutOfReach(outcome) || outcome.kind === 'skipped');

/** Instances that were sent a logout by this run: in the stage that the outcome is of, or before they were linked again. */
const countSent = (outcomes: readonly Outcome[], linkedAgain: readonly InstanceId[]): number =>
  outcomes.filter(({ idInstance, attempts }) => attempts > 0 || linkedAgain.includes(idInstance)).length;

/** Why no logout of a run is confirmed. An instance may be removed, protected or given away after it was sent one. */
const describeNobody = (why: string, { outcomes, progress: { total } }: RunResults, again: readonly InstanceId[]) => {
  const sent = countSent(outcomes, again);
  if (sent === 0) return `nobody was logged out: ${why}`;
  const who = total === 1 ? 'it was' : `${sent} of them ${sent === 1 ? 'was' : 'were'}`;
  return `no logout is confirmed: ${why}; ${who} sent a logout before that and may still be logged in: look in the GREEN-API console`;
};

type Ending = { readonly failure?: Failure; readonly note?: string };

const failing = (type: RunFailureType, message: string): Ending => ({ failure: { type, message }, note: message });

const endingOfDrill = ({ progress: { failed, total } }: RunResults): Ending =>
  failed === 0
    ? { note: 'a drill: nobody was logged out' }
    : failing('DrillFailed', `a drill: ${failed} of ${total} instances could not be logged out now`);

const joined = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join('; ') || undefined;

/** What is wrong with the tokens that were to be rotated; `undefined`: nothing. */
const describeTokens = ({ outcomes, progress: { total } }: RunResults): string | undefined => {
  const tokens = outcomes.flatMap(({ token }) => token ?? []);
  const described = (count: number, before: string, after: string) =>
    count === 0 ? undefined : `${before} of ${count} of ${total} instances ${after}`;
  return joined([
    described(tokens.filter(({ kind }) => kind === 'not-rotated').length, 'the tokens', 'were not rotated'),
    described(tokens.filter(({ kind }) => kind === 'token-lost').length, 'the new tokens', 'may be lost'),
    described(tokens.filter((token) => token.oldTokenStillWorks).length, 'the old tokens', 'still work'),
  ]);
};

const endingOfLogouts = (results: RunResults, again: readonly InstanceId[]): Ending => {
  const { outcomes, progress } = results;
  const { failed, total } = progress;
  if (failed > 0)
    return { failure: { type: 'NotAllConfirmed', message: `${failed} of ${total} instances are not confirmed` } };
  // Between the list and the logout, for example because an owner tag was changed.
  const haveAllLeft = outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'skipped');
  if (haveAllLeft) return { note: describeNobody('every instance has left the target meanwhile', results, again) };
  const message = describeTokens(results);
  return message === undefined ? {} : { failure: { type: 'TokensNotRotated', message } };
};

const endingOf = (results: RunResults, isDrill: boolean, again: readonly InstanceId[]): Ending => {
  if (isNobodyLoggedOut(results.outcomes)) {
    const { total } = results.progress;
    const left = total === 1 ? '1 instance is' : `${total} instances are`;
    const why = `${left} protected, excepted, unknown or no longer in the target`;
    return failing('NobodyLoggedOut', describeNobody(why, results, again));
  }
  return isDrill ? endingOfDrill(results) : endingOfLogouts(results, again);
};

const none: UnreadableSecrets = { names: [], count: 0 };

/** What a run says of the secrets that it did not understand: their number is that of the target. */
const describeUnreadable = ({ ofTarget = none, others = none }: Partial<NonNullable<Resolved['unreadable']>> = {}) => {
  const message = `${describeCount(ofTarget, 'of the target')}, so somebody may still be logged in`;
  const failure: Failure | undefined = ofTarget.count === 0 ? undefined : { type: 'UnreadableSecret', message };
  return {
    count: ofTarget.count,
    failure,
    notes: [
      failure && `${message}: ${describeNames(ofTarget)}`,
      others.count > 0 ? `${describeCount(others, 'outside the target')}: ${describeNames(others)}` : undefined,
    ],
  };
};

/** A sentence about so many instances; `undefined` if there is none. */
export const ofInstances = (count: number, one: string, many: string): string | undefined => {
  if (count === 0) return undefined;
  return count === 1 ? `1 instance ${one}` : `${count} instances ${many}`;
};

/** All messages, and the type of the first; a token that is not rotated counts last, because its session is ended. */
const joinFailures = (...given: readonly (Failure | undefined)[]): { readonly failure?: Failure } => {
  const failures = given.filter((failure) => failure !== undefined);
  const first = failures.find(({ type }) => type !== 'TokensNotRotated') ?? failures[0];
  if (first === undefined) return {};
  return { failure: { type: first.type, message: failures.map(({ message }) => message).join('; ') } };
};

/** Instances that a run left alone beside others. Where there are no others, its ending says it. */
type LeftAlone = {
  readonly protected: number;
  /** Of the protected ones, those that were sent a logout before that. */
  readonly sentAndProtected: number;
  /** Those that were sent a logout, and then left the target. */
  readonly sentAndLeft: number;
};

const nothingLeftAlone: LeftAlone = { protected: 0, sentAndProtected: 0, sentAndLeft: 0 };

const leftAloneOf = ({ outcomes, progress }: RunResults, again: readonly InstanceId[]): LeftAlone => {
  if (isNobodyLoggedOut(outcomes)) return nothingLeftAlone;
  const guarded = outcomes.filter(({ skipReason }) => skipReason === 'protected');
  const left = outcomes.filter(({ skipReason }) => skipReason === 'tag-changed' || skipReason === 'not-found');
  return {
    protected: guarded.length + progress.total - outcomes.length,
    sentAndProtected: countSent(guarded, again),
    sentAndLeft: left.length === outcomes.length ? 0 : countSent(left, again),
  };
};

const notesOfLeftAlone = (left: LeftAlone): readonly (string | undefined)[] => [
  ofInstances(
    left.protected - left.sentAndProtected,
    'is protected, so the run did not log it out',
    'are protected, so the run did not log them out',
  ),
  ofInstances(
    left.sentAndProtected,
    'became protected after it was sent a logout, and may still be logged in',
    'became protected after they were sent a logout, and may still be logged in',
  ),
  ofInstances(
    left.sentAndLeft,
    'left the target after it was sent a logout, and may still be logged in',
    'left the target after they were sent a logout, and may still be logged in',
  ),
];

/** There was no instance that the target includes, and so nobody to log out. */
export const concludeWithNobody = (note: string, unreadable: Resolved['unreadable']): RunEnd => ({
  summary: summarize(resultsOf([]), defined({ note: joined([note, ...describeUnreadable(unreadable).notes]) })),
});

type Circumstances = {
  /** The watch over the confirmed instances, if the request wants one. */
  readonly watch?: StartedWatch | undefined;
  readonly unreadable?: Resolved['unreadable'] | undefined;
  /** Of those that the run had logged out, the instances that its second look found linked. */
  readonly linkedAgain?: readonly InstanceId[] | undefined;
  /** Why the second look found nothing. */
  readonly lookFailure?: Failure | undefined;
  readonly notes?: readonly (string | undefined)[];
};

/** Decides how a run ends. A run that logged nobody out is a plain success only if there was nobody to log out. */
export const conclude = (
  results: RunResults,
  { dryRun = false }: Pick<RunRequest, 'dryRun'>,
  { watch, unreadable, linkedAgain = [], lookFailure, notes = [] }: Circumstances = {},
): RunEnd => {
  const { failure, note } = endingOf(results, dryRun, linkedAgain);
  const secrets = describeUnreadable(unreadable);
  const leftAlone = dryRun ? nothingLeftAlone : leftAloneOf(results, linkedAgain);
  const problem = watch !== undefined && 'problem' in watch ? `the watch was not started: ${watch.problem}` : undefined;
  const notesOfRun = [
    ...[note, ...notesOfLeftAlone(leftAlone), ...notes],
    ...[lookFailure?.message, problem, ...secrets.notes],
  ];
  return {
    summary: summarize(results, {
      ...defined({ note: joined(notesOfRun) }),
      ...(watch !== undefined && 'watch' in watch && watch),
    }),
    outcomes: results.outcomes,
    ...joinFailures(failure, lookFailure, secrets.failure),
    unreadableSecrets: secrets.count,
    leftProtected: leftAlone.protected,
  };
};
