import { DurableOperationError } from '@aws/durable-execution-sdk-js';
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
  /** Every logout is confirmed, and at least one token that was to be rotated was not, or still works. */
  | 'TokensNotRotated'
  /** Everything that was understood is logged out, but a secret with the tags of the target is no instance. */
  | 'UnreadableSecret'
  /** Every instance was protected, excepted or unknown. */
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

type Ending = { readonly failure?: Failure; readonly note?: string };

const failing = (type: RunFailureType, message: string): Ending => ({ failure: { type, message }, note: message });

const endingOfDrill = ({ progress: { failed, total } }: RunResults): Ending =>
  failed === 0
    ? { note: 'a drill: nobody was logged out' }
    : failing('DrillFailed', `a drill: ${failed} of ${total} instances could not be logged out now`);

const joined = (texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join('; ') || undefined;

const endingOfLogouts = ({ outcomes, progress: { failed, total } }: RunResults): Ending => {
  // Between the list and the logout, for example because an owner tag was changed.
  const haveAllLeft = outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'skipped');
  const note = haveAllLeft ? { note: 'nobody was logged out: every instance has left the target meanwhile' } : {};
  if (failed > 0)
    return {
      ...note,
      failure: { type: 'NotAllConfirmed', message: `${failed} of ${total} instances are not confirmed` },
    };
  const tokens = outcomes.flatMap(({ token }) => token ?? []);
  const unrotated = tokens.filter(({ kind }) => kind !== 'rotated').length;
  const stillWorking = tokens.filter(({ oldTokenStillWorks }) => oldTokenStillWorks).length;
  const message = joined([
    unrotated > 0 ? `the tokens of ${unrotated} of ${total} instances were not rotated` : undefined,
    stillWorking > 0 ? `the old tokens of ${stillWorking} of ${total} instances still work` : undefined,
  ]);
  return message === undefined ? note : { ...note, failure: { type: 'TokensNotRotated', message } };
};

const endingOf = (results: RunResults, isDrill: boolean): Ending => {
  if (isNobodyLoggedOut(results.outcomes)) {
    const { total } = results.progress;
    const left = total === 1 ? '1 instance is' : `${total} instances are`;
    const message = `nobody was logged out: ${left} protected, excepted, unknown or no longer in the target`;
    return failing('NobodyLoggedOut', message);
  }
  return isDrill ? endingOfDrill(results) : endingOfLogouts(results);
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

/** All messages, and the type of the first; a token that is not rotated counts last, because its session is ended. */
const joinFailures = (...given: readonly (Failure | undefined)[]): { readonly failure?: Failure } => {
  const failures = given.filter((failure) => failure !== undefined);
  const first = failures.find(({ type }) => type !== 'TokensNotRotated') ?? failures[0];
  if (first === undefined) return {};
  return { failure: { type: first.type, message: failures.map(({ message }) => message).join('; ') } };
};

/** Protected instances beside others; a run that finds nothing but those fails, and says so. */
const countLeftProtected = ({ outcomes, progress }: RunResults): number => {
  if (isNobodyLoggedOut(outcomes)) return 0;
  const unlisted = progress.total - outcomes.length;
  return outcomes.filter(({ skipReason }) => skipReason === 'protected').length + unlisted;
};

const noteOfProtected = (count: number): string | undefined => {
  if (count === 0) return undefined;
  return count === 1
    ? '1 instance is protected, so the run did not log it out'
    : `${count} instances are protected, so the run did not log them out`;
};

/** There was no instance that the target includes, and so nobody to log out. */
export const concludeWithNobody = (note: string, unreadable: Resolved['unreadable']): RunEnd => ({
  summary: summarize(resultsOf([]), defined({ note: joined([note, ...describeUnreadable(unreadable).notes]) })),
});

type Circumstances = {
  /** The watch over the confirmed instances, if the request wants one. */
  readonly watch?: StartedWatch | undefined;
  readonly unreadable?: Resolved['unreadable'] | undefined;
  /** Why the second look found nothing. */
  readonly lookFailure?: Failure | undefined;
  readonly notes?: readonly string[];
};

/** Decides how a run ends. A run that logged nobody out is a plain success only if there was nobody to log out. */
export const conclude = (
  results: RunResults,
  { dryRun = false }: Pick<RunRequest, 'dryRun'>,
  { watch, unreadable, lookFailure, notes = [] }: Circumstances = {},
): RunEnd => {
  const { failure, note } = endingOf(results, dryRun);
  const secrets = describeUnreadable(unreadable);
  const leftProtected = dryRun ? 0 : countLeftProtected(results);
  const problem = watch !== undefined && 'problem' in watch ? `the watch was not started: ${watch.problem}` : undefined;
  const notesOfRun = [note, noteOfProtected(leftProtected), ...notes, lookFailure?.message, problem, ...secrets.notes];
  return {
    summary: summarize(results, {
      ...defined({ note: joined(notesOfRun) }),
      ...(watch !== undefined && 'watch' in watch && watch),
    }),
    outcomes: results.outcomes,
    ...joinFailures(failure, lookFailure, secrets.failure),
    unreadableSecrets: secrets.count,
    leftProtected,
  };
};
