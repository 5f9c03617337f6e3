import { useEffect, useState } from 'preact/hooks';
import * as v from 'valibot';
import { hasEnded, mayRetry, type Run, repeatableRequestSchema } from '../../../client/answers.ts';
import { describeRequester } from '../../../client/run-words.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { FleetingButton } from '../components/fleeting-button.tsx';
import { Instant } from '../components/instant.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { focusViewTitle, ViewTitle } from '../components/view-title.tsx';
import { useMay } from '../sign-in/may.ts';
import { answerOf, tabTitleOf, titleOf } from './describe-run.ts';
import { labelOfRetry, RetryDialog } from './retry-dialog.tsx';
import type { RunRequest } from './run-draft.ts';
import { RunFacts } from './run-facts.tsx';
import { RunId } from './run-id.tsx';
import { RunOutcomes } from './run-outcomes.tsx';
import { RunProgress } from './run-progress.tsx';
import { StartRunDialog } from './start-run-dialog.tsx';
import { StopRunDialog } from './stop-run-dialog.tsx';
import { useRun } from './use-run.ts';

/** A drill that has ended can be started again as a run that logs out, for a reason of its own. */
const realRequestOf = (run: Run): RunRequest | undefined => {
  const { success, output } = v.safeParse(repeatableRequestSchema, run.request);
  if (!success || !output.dryRun || !hasEnded(run)) return undefined;
  const { maxTargets: _, ...repeated } = output;
  return { ...repeated, reason: '', dryRun: false };
};

const RunActions = ({ run, onStopped }: { readonly run: Run; readonly onStopped: () => void }) => {
  const [open, setOpen] = useState<'stop' | 'start' | 'retry'>();
  const may = useMay();
  const real = realRequestOf(run);
  const isRetryable = mayRetry(run) && run.request?.target !== undefined;
  const close = () => setOpen(undefined);
  const closeStop = () => {
    close();
    // There is no button left that the focus could return to.
    if (hasEnded(run)) focusViewTitle();
  };
  return (
    <div class="toolbar">
      {!hasEnded(run) && may('runs') && <FleetingButton onClick={() => setOpen('stop')}>Stop run</FleetingButton>}
      {isRetryable && (run.request?.dryRun || may('runs')) && (
        <button type="button" class={real ? '' : 'primary'} onClick={() => setOpen('retry')}>
          {labelOfRetry(run)}
        </button>
      )}
      {real && may('runs') && (
        <button type="button" class="primary" onClick={() => setOpen('start')}>
          Log these instances out
        </button>
      )}
      {open === 'stop' && <StopRunDialog id={run.id} onStopped={onStopped} onClose={closeStop} />}
      {open === 'retry' && <RetryDialog run={run} onClose={close} />}
      {open === 'start' && real && <StartRunDialog initial={real} onClose={close} />}
    </div>
  );
};

const Heading = ({ run }: { readonly run: Run }) => (
  <>
    <ViewTitle title={titleOf(run)} tab={tabTitleOf(run)} />
    <p class="muted long">
      Started <Instant at={run.startedAt} /> by {describeRequester(run.requestedBy)} · reason: {run.reason} ·{' '}
      <RunId id={run.id} />
    </p>
  </>
);

/** Is everybody out? One run, followed until it has ended. */
export const RunView = ({ id }: { readonly id: string }) => {
  const { run, problem, refresh } = useRun(id);
  const announce = useAnnounce();
  const status = run?.status;
  // Announced once, not at each reading.
  useEffect(() => {
    if (run && hasEnded(run)) announce(`${titleOf(run)}: ${answerOf(run)}`);
  }, [status]);
  return (
    <>
      <p>
        <a href="#/runs">All runs</a>
      </p>
      {run ? <Heading run={run} /> : <ViewTitle title={`Run ${id}`} />}
      {problem && <ProblemAlert problem={problem} />}
      {!run && !problem && <p class="hint">Reading the run…</p>}
      {run && (
        <>
          <RunProgress run={run} />
          <RunActions run={run} onStopped={refresh} />
          <RunOutcomes outcomes={run.outcomes} ended={hasEnded(run)} />
          <RunFacts run={run} />
        </>
      )}
    </>
  );
};
