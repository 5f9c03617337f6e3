import { useState } from 'preact/hooks';
import * as v from 'valibot';
import { hasEnded, mayRetry, type Run, repeatableRequestSchema } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { isOpen } from '../../../functions/runs/open-outcome.ts';
import { api } from '../api.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Checkbox, ReasonField } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { useAct } from '../components/use-act.ts';
import { focusViewTitle } from '../components/view-title.tsx';
import { useMay } from '../sign-in/may.ts';
import type { RunRequest } from './run-draft.ts';
import { StartRunDialog } from './start-run-dialog.tsx';
import { useStartRun } from './use-start-run.ts';

type StopRunDialogProps = { readonly id: string; readonly onStopped: () => void; readonly onClose: () => void };

const StopRunDialog = ({ id, onStopped, onClose }: StopRunDialogProps) => {
  const { problem, act } = useAct();
  const stop = async (close: () => void) => {
    if (!(await act(api.stopRun(id), () => `Run ${id} is stopped`))) return;
    onStopped();
    close();
  };
  return (
    <Dialog title="Stop this run?" cancel="Let it go on" submit="Stop run" onSubmit={stop} onClose={onClose}>
      <p>The step under way finishes. Instances that are logged out stay logged out. The others stay as they are.</p>
      {problem && <ProblemAlert problem={problem} />}
    </Dialog>
  );
};

const labelOfRetry = ({ outcomes }: Run): string => {
  const open = outcomes.filter(isOpen);
  if (open.length === 0) return 'Look for the target again';
  if (open.some(({ kind }) => kind === 'skipped' || kind === 'pending'))
    return `Try the ${open.length} that ${open.length === 1 ? 'is' : 'are'} not confirmed again`;
  return open.length === 1 ? 'Try the failed one again' : `Try the ${open.length} failed ones again`;
};

const RetryDialog = ({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) => {
  const [reason, setReason] = useState(run.reason);
  const [isSure, setSure] = useState(false);
  const { problem, retry } = useStartRun();
  const isStopped = run.status === 'STOPPED';
  const isDrill = run.request?.dryRun === true;
  const count = run.outcomes.filter(isOpen).length;
  const what = count === 0 ? 'the target' : countOf(count, 'instance');
  const submit = async (close: () => void) => {
    // Whoever may only read may start drills, and says so.
    const drill = isDrill && { dryRun: true as const };
    const choice = { reason: reason.trim(), ...drill, ...(isStopped && { evenIfStopped: true }) };
    if (await retry(run.id, choice, what)) close();
  };
  return (
    <Dialog
      title={labelOfRetry(run)}
      submit={isDrill ? 'Start the drill again' : `Try ${what} again`}
      isDanger={!isDrill}
      onSubmit={submit}
      onClose={onClose}
    >
      {problem && <ProblemAlert problem={problem} />}
      <p>
        The target and the options stay. The retry takes only instances that are not confirmed and still belong to the
        target.
      </p>
      {isStopped && (
        <>
          <p>
            <strong>Somebody stopped this run.</strong> {run.note}
          </p>
          <Checkbox label="Retry it anyway" checked={isSure} onChange={setSure} required />
        </>
      )}
      <ReasonField value={reason} onInput={setReason} />
    </Dialog>
  );
};

/** A drill that has ended can be started again as a run that logs out, for a reason of its own. */
const realRequestOf = (run: Run): RunRequest | undefined => {
  const { success, output } = v.safeParse(repeatableRequestSchema, run.request);
  if (!success || !output.dryRun || !hasEnded(run)) return undefined;
  const { maxTargets: _, ...repeated } = output;
  return { ...repeated, reason: '', dryRun: false };
};

/** What can be done about a run: stop it, try again what is not confirmed, or log out what a drill met. */
export const RunActions = ({ run, onStopped }: { readonly run: Run; readonly onStopped: () => void }) => {
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
      {!hasEnded(run) && may('runs') && (
        <Button isFleeting onClick={() => setOpen('stop')}>
          Stop run
        </Button>
      )}
      {isRetryable && (run.request?.dryRun || may('runs')) && (
        <Button class={real ? '' : 'primary'} onClick={() => setOpen('retry')}>
          {labelOfRetry(run)}
        </Button>
      )}
      {real && may('runs') && (
        <Button class="primary" onClick={() => setOpen('start')}>
          Log these instances out
        </Button>
      )}
      {open === 'stop' && <StopRunDialog id={run.id} onStopped={onStopped} onClose={closeStop} />}
      {open === 'retry' && <RetryDialog run={run} onClose={close} />}
      {open === 'start' && real && <StartRunDialog initial={real} onClose={close} />}
    </div>
  );
};
