import { useState } from 'preact/hooks';
import type { Failure } from '../../../client/result.ts';
import { api } from '../api.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';

type StopRunDialogProps = {
  readonly id: string;
  readonly onStopped: () => void;
  readonly onClose: () => void;
};

export const StopRunDialog = ({ id, onStopped, onClose }: StopRunDialogProps) => {
  const [problem, setProblem] = useState<Failure>();
  const announce = useAnnounce();

  const stop = async (close: () => void) => {
    setProblem(undefined);
    announce('');
    const result = await api.stopRun(id);
    if (result.kind !== 'ok') return setProblem(result);
    announce(`Run ${id} is stopped`);
    onStopped();
    close();
  };

  return (
    <Dialog title="Stop this run?" onClose={onClose}>
      {(close) => (
        <>
          <p>
            The step under way finishes. Instances that are logged out stay logged out; the others stay as they are.
          </p>
          {problem && <ProblemAlert problem={problem} />}
          <div class="buttons">
            <button type="button" onClick={close}>
              Let it go on
            </button>
            <button type="button" class="primary" onClick={() => stop(close)}>
              Stop run
            </button>
          </div>
        </>
      )}
    </Dialog>
  );
};
