import { useState } from 'preact/hooks';
import { isOpen, type Run } from '../../../client/answers.ts';
import { countOf } from '../../../client/count-of.ts';
import { Dialog } from '../components/dialog.tsx';
import { Checkbox, ReasonField } from '../components/fields.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { useStartRun } from './use-start-run.ts';

export const labelOfRetry = ({ outcomes }: Run): string => {
  const open = outcomes.filter(isOpen);
  if (open.length === 0) return 'Look for the target again';
  if (open.some(({ kind }) => kind === 'skipped' || kind === 'pending'))
    return `Try the ${open.length} that ${open.length === 1 ? 'is' : 'are'} not confirmed again`;
  return open.length === 1 ? 'Try the failed one again' : `Try the ${open.length} failed ones again`;
};

export const RetryDialog = ({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) => {
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
        The target and the options stay. Tried are only instances that are not confirmed and still belong to the target.
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
