import { useRef, useState } from 'preact/hooks';
import type { Failure } from '../../../client/result.ts';
import { api } from '../api.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import { useMay } from '../sign-in/may.ts';
import { describeTarget } from './describe-target.ts';
import { draftOf, type RunRequest, requestOf } from './run-draft.ts';
import { RunFields } from './run-fields.tsx';

type StartRunDialogProps = {
  /** Fills the form, for example from a dry run. */
  readonly initial?: RunRequest;
  readonly onClose: () => void;
};

/** Starts runs. The same request sent twice has the same key, so that it starts one run only. */
const useStart = (onStarted: () => void) => {
  const [problem, setProblem] = useState<Failure>();
  const sent = useRef({ body: '', key: '' });
  const announce = useAnnounce();

  const start = async (request: RunRequest) => {
    const body = JSON.stringify(request);
    if (sent.current.body !== body) sent.current = { body, key: crypto.randomUUID() };
    setProblem(undefined);
    announce('');
    const result = await api.startRun(request, sent.current.key);
    if (result.kind !== 'ok') return setProblem(result);
    onStarted();
    location.hash = `#/runs/${result.value.id}`;
    announce(`Run ${result.value.id} started for ${describeTarget(request.target)}`);
  };
  return { problem, start };
};

export const StartRunDialog = ({ initial, onClose }: StartRunDialogProps) => (
  <Dialog title={initial ? 'Log these instances out' : 'New run'} onClose={onClose}>
    {(close) => <StartRunForm initial={initial} onClose={close} />}
  </Dialog>
);

type StartRunFormProps = { readonly initial: RunRequest | undefined; readonly onClose: () => void };

const StartRunForm = ({ initial, onClose }: StartRunFormProps) => {
  const [draft, setDraft] = useState(() => draftOf(initial));
  const [isSending, setSending] = useState(false);
  const { problem, start } = useStart(onClose);
  const may = useMay();
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isSending) return;
    setSending(true);
    await start(requestOf(draft, initial));
    setSending(false);
  };
  return (
    <form onSubmit={submit}>
      {problem && <ProblemAlert problem={problem} />}
      <RunFields draft={draft} given={initial && describeTarget(initial.target)} onChange={setDraft} />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        {!draft.fields.dryRun && !may('runs') ? (
          <p>Your sign-in starts drills only: tick Dry run.</p>
        ) : (
          <button type="submit" class={draft.fields.dryRun ? 'primary' : 'danger'} aria-disabled={isSending}>
            {draft.fields.dryRun ? 'Start dry run' : 'Start run'}
          </button>
        )}
      </div>
    </form>
  );
};
