import { DurableOperationError } from '@aws/durable-execution-sdk-js';
import { type Outcome, type RunResults, resultsOf } from './outcome.ts';
import type { RunRequest } from './request.ts';
import type { StartedWatch } from './start-watch.ts';
import { type Summary, summarize } from './summary.ts';

export type RunFailureType =
  /** The payload is not a run. */
  | 'InvalidRun'
  /** The run expired before it did anything. */
  | 'RunExpired'
  /** There were more targets than `maxTargets`, so the run logged nobody out. */
  | 'TooManyTargets'
  /** The run may not list the instances, so its targets are unknown. */
  | 'ListDenied'
  /** The run ended with at least one instance that is not confirmed. */
  | 'NotAllConfirmed'
  /** Every logout is confirmed, and the token of at least one instance that was to be rotated was not. */
  | 'TokensNotRotated'
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

/** How a run ended; without `failure` it succeeded. */
export type RunEnd = {
  readonly summary: Summary;
  readonly failure?: { readonly type: RunFailureType; readonly message: string };
};

/** Whether a run was never going to log this instance out, although its target names it. */
const isOutOfReach = ({ kind, skipReason }: Outcome): boolean =>
  kind === 'unknown-instance' || skipReason === 'protected' || skipReason === 'excepted';

/** An instance that left the target meanwhile (`tag-changed`, `not-found`) is nobody that the run failed to log out. */
const isNobodyLoggedOut = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(isOutOfReach) && outcomes.every((outcome) => isOutOfReach(outcome) || outcome.kind === 'skipped');

type Watched = StartedWatch | undefined;

/** Everybody left the target between the list and the logout, for example because an owner tag was changed. */
const leftNote = ({ outcomes }: RunResults): { readonly note?: string } =>
  outcomes.length > 0 && outcomes.every(({ kind }) => kind === 'skipped')
    ? { note: 'nobody was logged out: every instance has left the target meanwhile' }
    : {};

/** What a summary says of the watch. */
const watchParts = (watch: Watched): { readonly note?: string; readonly watch?: string } => {
  if (watch === undefined || 'watch' in watch) return { ...watch };
  return { note: `the watch was not started: ${watch.problem}` };
};

const failed = (results: RunResults, type: RunFailureType, message: string): RunEnd => ({
  summary: summarize(results, { note: message }),
  failure: { type, message },
});

const concludeDrill = (results: RunResults): RunEnd => {
  const { failed: notReady, total } = results.progress;
  if (notReady === 0) return { summary: summarize(results, { note: 'a drill: nobody was logged out' }) };
  return failed(results, 'DrillFailed', `a drill: ${notReady} of ${total} instances could not be logged out now`);
};

/** Decides how a run ends. A run that logged nobody out is a plain success only if there was nobody to log out. */
export const conclude = (
  results: RunResults,
  { dryRun }: Pick<RunRequest, 'dryRun'>,
  watch: Watched = undefined,
): RunEnd => {
  const { failed: notConfirmed, total } = results.progress;
  if (isNobodyLoggedOut(results.outcomes)) {
    const message = `nobody was logged out: ${total} instances are protected, excepted, unknown or no longer in the target`;
    return failed(results, 'NobodyLoggedOut', message);
  }
  if (dryRun) return concludeDrill(results);
  const summary = summarize(results, { ...leftNote(results), ...watchParts(watch) });
  const unrotated = results.outcomes.filter(({ token }) => token !== undefined && token.kind !== 'rotated').length;
  if (notConfirmed === 0 && unrotated === 0) return { summary };
  if (notConfirmed === 0) {
    const message = `the tokens of ${unrotated} of ${total} instances were not rotated`;
    return { summary, failure: { type: 'TokensNotRotated', message } };
  }
  const message = `${notConfirmed} of ${total} instances are not confirmed`;
  return { summary, failure: { type: 'NotAllConfirmed', message } };
};
