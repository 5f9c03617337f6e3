import { useState } from 'preact/hooks';
import { isOpen, type Outcome, type Run } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { Dialog } from '../components/dialog.tsx';
import { Checkbox } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { ReasonField } from '../components/reason-field.tsx';
import { useStartRun } from './use-start-run.ts';

/** The instances that a retry takes. */
const openIn = ({ outcomes }: Run): readonly Outcome[] => outcomes.filter(isOpen);

export const labelOfRetry = (run: Run): string => {
  const open = openIn(run);
  if (open.length === 0) return 'Look for the target again';
  if (open.some(({ kind }) => kind === 'skipped' || kind === 'pending'))
    return `Try the ${open.length} that ${open.length === 1 ? 'is' : 'are'} not confirmed again`;
  return open.length === 1 ? 'Try the failed one again' : `Try the ${open.length} failed ones again`;
};

type RetryDialogProps = { readonly run: Run; readonly onClose: () => void };

/** Starts a run over what an earlier one did not confirm. */
export const RetryDialog = ({ run, onClose }: RetryDialogProps) => (
  <Dialog title={labelOfRetry(run)} onClose={onClose}>
    {(close) => <RetryForm run={run} onClose={close} />}
  </Dialog>
);

const RetryForm = ({ run, onClose }: RetryDialogProps) => {
  const [reason, setReason] = useState(run.reason);
  const [isSure, setSure] = useState(false);
  const { problem, retry } = useStartRun(onClose);
  const isStopped = run.status === 'STOPPED';
  const isDrill = run.request?.dryRun === true;
  const count = openIn(run).length;
  const what = count === 0 ? 'the target' : countOf(count, 'instance');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Whoever may only read may start drills, and says so.
        const drill = isDrill && { dryRun: true as const };
        void retry(run.id, { reason: reason.trim(), ...drill, ...(isStopped && { evenIfStopped: true }) }, what);
      }}
    >
      {problem && <ProblemAlert problem={problem} />}
      <p>
        The target and the options stay. Tried are only instances that are not confirmed and still belong to the target.
      </p>
      {isStopped && (
        <>
          <p class="long">
            <strong>Somebody stopped this run.</strong> {run.note}
          </p>
          <Checkbox label="It is still to happen" checked={isSure} onChange={setSure} required />
        </>
      )}
      <ReasonField value={reason} onInput={setReason} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class={isDrill ? 'primary' : 'danger'}>
          {isDrill ? 'Start the drill again' : `Try ${what} again`}
        </button>
      </div>
    </form>
  );
};
