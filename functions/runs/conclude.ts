import type { Outcome, RunResults } from './outcome.ts';
import type { ForcedLogout } from './request.ts';
import type { RunEnd } from './run-metrics.ts';
import { summarize } from './summary.ts';

/** Whether a run was never going to log this instance out, although its target names it. */
const isOutOfReach = ({ kind, skipReason }: Outcome): boolean =>
  kind === 'unknown-instance' || skipReason === 'protected' || skipReason === 'excepted';

/** An instance that left the target meanwhile (`tag-changed`, `not-found`) is nobody that the run failed to log out. */
const isNobodyLoggedOut = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(isOutOfReach) && outcomes.every((outcome) => isOutOfReach(outcome) || outcome.kind === 'skipped');

const concludeDrill = (results: RunResults): RunEnd => {
  const { failed, total } = results.progress;
  if (failed === 0) return { summary: summarize(results, 'a drill: nobody was logged out') };
  const message = `a drill: ${failed} of ${total} instances could not be logged out now`;
  return { summary: summarize(results, message), failure: { type: 'DrillFailed', message } };
};

/** Decides how a run ends. A run that logged nobody out is a plain success only if there was nobody to log out. */
export const conclude = (results: RunResults, { dryRun }: Pick<ForcedLogout, 'dryRun'>): RunEnd => {
  const { failed, total } = results.progress;
  if (isNobodyLoggedOut(results.outcomes)) {
    const message = `nobody was logged out: all ${total} instances are protected, excepted or unknown`;
    return { summary: summarize(results, message), failure: { type: 'NobodyLoggedOut', message } };
  }
  if (dryRun) return concludeDrill(results);
  const summary = summarize(results);
  if (failed === 0) return { summary };
  return {
    summary,
    failure: { type: 'NotAllConfirmed', message: `${failed} of ${total} instances are not confirmed` },
  };
};
