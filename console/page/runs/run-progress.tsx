import { hasEnded, type Run } from '../../../client/answers.ts';
import { RunStatus } from './run-status.tsx';

/** The progress in words. A drill logs nobody out, and one reading confirms nothing: it counts who could be logged out. */
export const countsOf = ({ progress, request }: Pick<Run, 'progress' | 'request'>): string => {
  const { total, loggedOut, failed, skipped, pending, ready } = progress;
  const done = request?.dryRun ? `${ready} ready, ${loggedOut} already logged out` : `${loggedOut} confirmed`;
  return `${done}, ${failed} failed, ${skipped} skipped, ${pending} pending, ${total} in total`;
};

/** Status, bar, counts and note of a run. The bar is indeterminate as long as the targets are not known. */
export const RunProgress = ({ run }: { readonly run: Run }) => {
  const { total, pending } = run.progress;
  const isUnknown = total === 0 && !hasEnded(run);
  // A run that found nobody succeeded at nothing.
  const isPlain = total === 0 && run.status === 'SUCCEEDED';
  return (
    <section class="run-progress" aria-label="Progress">
      <p>
        <RunStatus run={run} plain={isPlain} /> {run.request?.dryRun && <span class="badge">dry run</span>}
      </p>
      <progress aria-label="Instances decided" max={total || 1} {...(!isUnknown && { value: total - pending })} />
      <p>{countsOf(run)}</p>
      {run.note !== undefined && <p class="long">Note: {run.note}</p>}
    </section>
  );
};
