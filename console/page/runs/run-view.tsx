import { useEffect, useState } from 'preact/hooks';
import * as v from 'valibot';
import { hasEnded, type Run, repeatableRequestSchema } from '../../../client/answers.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { FleetingButton } from '../components/fleeting-button.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { focusViewTitle, ViewTitle } from '../components/view-title.tsx';
import { useMay } from '../sign-in/may.ts';
import type { RunRequest } from './run-draft.ts';
import { RunFacts } from './run-facts.tsx';
import { RunOutcomes } from './run-outcomes.tsx';
import { countsOf, RunProgress } from './run-progress.tsx';
import { StartRunDialog } from './start-run-dialog.tsx';
import { StopRunDialog } from './stop-run-dialog.tsx';
import { useRun } from './use-run.ts';

/** A drill that has ended can be started again as a run that logs out. */
const realRequestOf = (run: Run): RunRequest | undefined => {
  const { success, output } = v.safeParse(repeatableRequestSchema, run.request);
  return success && output.dryRun && hasEnded(run) ? { ...output, reason: run.reason, dryRun: false } : undefined;
};

const RunActions = ({ run, onStopped }: { readonly run: Run; readonly onStopped: () => void }) => {
  const [open, setOpen] = useState<'stop' | 'start'>();
  const may = useMay();
  const real = realRequestOf(run);
  const close = () => setOpen(undefined);
  const closeStop = () => {
    close();
    // There is no button left that the focus could return to.
    if (hasEnded(run)) focusViewTitle();
  };
  return (
    <div class="toolbar">
      {!hasEnded(run) && may('runs') && <FleetingButton onClick={() => setOpen('stop')}>Stop run</FleetingButton>}
      {real && may('runs') && (
        <button type="button" class="danger" onClick={() => setOpen('start')}>
          Log these instances out
        </button>
      )}
      {open === 'stop' && <StopRunDialog id={run.id} onStopped={onStopped} onClose={closeStop} />}
      {open === 'start' && real && <StartRunDialog initial={real} onClose={close} />}
    </div>
  );
};

/** One run, followed until it has ended. */
export const RunView = ({ id }: { readonly id: string }) => {
  const { run, problem, refresh } = useRun(id);
  const announce = useAnnounce();
  const status = run?.status;
  // Announced once, not at each reading.
  useEffect(() => {
    if (run && hasEnded(run)) announce(`Run ${id} ${status}: ${countsOf(run)}`);
  }, [status]);
  return (
    <>
      <p>
        <a href="#/runs">All runs</a>
      </p>
      <ViewTitle title={`Run ${id}`} />
      {problem && <ProblemAlert problem={problem} />}
      {!run && !problem && <p class="hint">Loading…</p>}
      {run && (
        <>
          <RunProgress run={run} />
          <RunActions run={run} onStopped={refresh} />
          <RunFacts run={run} />
          <RunOutcomes outcomes={run.outcomes} ended={hasEnded(run)} />
        </>
      )}
    </>
  );
};
