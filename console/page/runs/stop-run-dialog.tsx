import { api } from '../api.ts';
import { Dialog } from '../components/dialog.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { useAct } from '../components/use-act.ts';

type StopRunDialogProps = { readonly id: string; readonly onStopped: () => void; readonly onClose: () => void };

export const StopRunDialog = ({ id, onStopped, onClose }: StopRunDialogProps) => {
  const { problem, act } = useAct();
  const stop = async (close: () => void) => {
    if (!(await act(api.stopRun(id), () => `Run ${id} is stopped`))) return;
    onStopped();
    close();
  };
  return (
    <Dialog title="Stop this run?" cancel="Let it go on" submit="Stop run" onSubmit={stop} onClose={onClose}>
      <p>The step under way finishes. Instances that are logged out stay logged out; the others stay as they are.</p>
      {problem && <ProblemAlert problem={problem} />}
    </Dialog>
  );
};
