import { useState } from 'preact/hooks';
import type { Instance } from '../../../client/answers.ts';
import { type LogoutRequest, logOut } from '../api/instances.ts';
import { useAnnounce } from '../components/announcer.tsx';
import { Dialog } from '../components/dialog.tsx';
import { LogoutForm } from './logout-form.tsx';
import { type Logout, LogoutResult } from './logout-result.tsx';
import type { KnownState } from './use-states.ts';

type LogoutDialogProps = {
  readonly instance: Instance;
  readonly onState: (idInstance: string, state: KnownState) => void;
  readonly onClose: () => void;
};

/** State readings that a logout brings with it, whether it was confirmed or not. */
const stateAfter = (logout: Logout): KnownState | undefined => {
  if (logout.kind === 'running') return undefined;
  const { stateInstance } = logout.kind === 'ok' ? logout.value : logout.problem;
  return stateInstance === undefined ? undefined : { kind: 'read', stateInstance, readAt: new Date().toISOString() };
};

const messageOf = (idInstance: string, logout: Logout): string => {
  if (logout.kind === 'running') return `Logging out ${idInstance}`;
  if (logout.kind === 'problem') return `${idInstance}: ${logout.problem.title}`;
  return logout.value.confirmed ? `${idInstance} is logged out: confirmed` : `${idInstance}: not confirmed yet`;
};

const phaseOf = (logout: Logout | undefined) => {
  switch (logout?.kind) {
    case undefined:
      return 'asking';
    case 'running':
      return 'running';
    case 'problem':
      return 'failed';
    case 'ok':
      return 'done';
  }
};

/** Takes the reason, logs one instance out, and shows the confirmation arriving. Closing it does not stop the logout. */
export const LogoutDialog = ({ instance, onState, onClose }: LogoutDialogProps) => {
  const { idInstance } = instance;
  const [logout, setLogout] = useState<Logout>();
  const announce = useAnnounce();

  const start = async (request: LogoutRequest) => {
    setLogout({ kind: 'running' });
    announce('');
    const result = await logOut(idInstance, request);
    const state = stateAfter(result);
    if (state) onState(idInstance, state);
    setLogout(result);
    announce(messageOf(idInstance, result));
  };

  return (
    <Dialog title={`Log out ${idInstance}`} onClose={onClose}>
      {(close) => (
        <>
          {logout && <LogoutResult logout={logout} />}
          <LogoutForm instance={instance} phase={phaseOf(logout)} onSubmit={start} onClose={close} />
        </>
      )}
    </Dialog>
  );
};
