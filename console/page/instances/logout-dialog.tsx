import { useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { type LogoutRequest, longestWaitSeconds } from '../../../client/client.ts';
import { api } from '../api.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { describeFailure } from '../describe-failure.ts';
import { LogoutForm } from './logout-form.tsx';
import { type Logout, LogoutResult } from './logout-result.tsx';
import type { KnownState } from './use-states.ts';

type LogoutDialogProps = {
  readonly instance: Instance;
  /** What the page knows of its state before the logout. */
  readonly known: KnownState | undefined;
  readonly onState: (idInstance: string, state: KnownState) => void;
  readonly onClose: () => void;
};

/** State readings that a logout brings with it, whether it was confirmed or not. */
const stateAfter = (logout: Logout): KnownState | undefined => {
  if (logout.kind !== 'ok' && logout.kind !== 'problem') return undefined;
  const { stateInstance } = logout.kind === 'ok' ? logout.value : logout;
  return stateInstance === undefined ? undefined : { kind: 'read', stateInstance, readAt: new Date().toISOString() };
};

const messageOf = (idInstance: string, logout: Logout): string => {
  if (logout.kind === 'running') return `Logging out ${idInstance}`;
  if (logout.kind !== 'ok') return `${idInstance}: ${describeFailure(logout).title}`;
  return logout.value.confirmed ? `${idInstance} is logged out: confirmed` : `${idInstance}: not confirmed yet`;
};

const phaseOf = (logout: Logout | undefined) => {
  switch (logout?.kind) {
    case undefined:
      return 'asking';
    case 'running':
      return 'running';
    case 'ok':
      return 'done';
    case 'problem':
    case 'not-reached':
    case 'not-understood':
      return 'failed';
  }
};

/** Takes the reason, logs one instance out, and shows the confirmation arriving. Closing it does not stop the logout. */
export const LogoutDialog = ({ instance, known, onState, onClose }: LogoutDialogProps) => {
  const { idInstance } = instance;
  const [logout, setLogout] = useState<Logout>();
  // The logout itself changes what the page knows.
  const [before] = useState(known);
  const announce = useAnnounce();

  const start = async (request: LogoutRequest) => {
    setLogout({ kind: 'running' });
    announce('');
    const result = await api.logOut(idInstance, request, longestWaitSeconds);
    const state = stateAfter(result);
    if (state) onState(idInstance, state);
    setLogout(result);
    announce(messageOf(idInstance, result));
  };

  return (
    <Dialog title={`Log out ${idInstance}`} onClose={onClose}>
      {(close) => (
        <>
          {logout && <LogoutResult logout={logout} before={before} />}
          <LogoutForm instance={instance} phase={phaseOf(logout)} onSubmit={start} onClose={close} />
        </>
      )}
    </Dialog>
  );
};
