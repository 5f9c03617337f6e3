import { useEffect, useRef, useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import type { LogoutRequest } from '../../../client/client.ts';
import { Checkbox, TextField } from '../components/fields.tsx';
import { logoutOptions } from '../components/logout-options.ts';

type LogoutFormProps = {
  readonly instance: Instance;
  readonly phase: 'asking' | 'running' | 'failed' | 'done';
  readonly onSubmit: (request: LogoutRequest) => void;
  readonly onClose: () => void;
};

const Limits = ({ instance }: { readonly instance: Instance }) => (
  <>
    <p>
      Owner {instance.owner ?? 'unknown'}, group {instance.group ?? 'none'}.
    </p>
    {instance.protected && (
      <p>
        <strong>This instance is protected.</strong> Runs leave it alone. This logout does not.
      </p>
    )}
    <ul class="limits">
      <li>Ends GREEN-API’s session. The phone and its other linked devices stay linked.</li>
      <li>Anybody who copied the token can link the instance again. Rotate the token to prevent that.</li>
    </ul>
  </>
);

const emptyDraft = { reason: '', clearQueue: false, rotateToken: false };

const requestOf = ({ reason, clearQueue, rotateToken }: typeof emptyDraft): LogoutRequest => ({
  ...(reason.trim() !== '' && { reason: reason.trim() }),
  ...(clearQueue && { clearQueue }),
  ...(rotateToken && { rotateToken }),
});

/** Stays mounted from the first question to the result, so that a second try keeps what was typed and the focus. */
export const LogoutForm = ({ instance, phase, onSubmit, onClose }: LogoutFormProps) => {
  const [draft, setDraft] = useState(emptyDraft);
  const submit = (event: Event) => {
    event.preventDefault();
    if (phase !== 'running') onSubmit(requestOf(draft));
  };
  return (
    <form onSubmit={submit}>
      {phase !== 'done' && (
        <>
          <Limits instance={instance} />
          <LogoutFields draft={draft} onChange={setDraft} />
        </>
      )}
      <LogoutButtons phase={phase} onClose={onClose} />
    </form>
  );
};

type LogoutFieldsProps = {
  readonly draft: typeof emptyDraft;
  readonly onChange: (draft: typeof emptyDraft) => void;
};

const LogoutFields = ({ draft, onChange }: LogoutFieldsProps) => (
  <>
    <TextField
      label="Reason"
      hint="Kept with the evidence. Optional."
      value={draft.reason}
      onInput={(reason) => onChange({ ...draft, reason })}
    />
    {(['clearQueue', 'rotateToken'] as const).map((option) => (
      <Checkbox
        key={option}
        {...logoutOptions[option]}
        checked={draft[option]}
        onChange={(checked) => onChange({ ...draft, [option]: checked })}
      />
    ))}
  </>
);

const LogoutButtons = ({ phase, onClose }: Pick<LogoutFormProps, 'phase' | 'onClose'>) => {
  const closeButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (phase === 'done') closeButton.current?.focus();
  }, [phase]);
  return (
    <div class="buttons">
      <button type="button" ref={closeButton} onClick={onClose}>
        {phase === 'asking' ? 'Cancel' : 'Close'}
      </button>
      {phase !== 'done' && (
        <button type="submit" class="danger" aria-disabled={phase === 'running'}>
          {phase === 'failed' ? 'Log out again' : 'Log out'}
        </button>
      )}
    </div>
  );
};
