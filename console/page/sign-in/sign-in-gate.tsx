import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { ViewTitle } from '../components/view-title.tsx';
import { useStore } from '../use-store.ts';
import type { Session, Status } from './session.ts';

type GateProps = {
  readonly session: Session;
  /** The views, which stay while somebody signs in again. `times`: how many times somebody has signed in. */
  readonly children: (times: number) => ComponentChildren;
};

/** Shows the views to whom is signed in, and how to sign in to everybody else. */
export const SignInGate = ({ session, children }: GateProps) => {
  const status = useStore(session.status);
  if (status.kind !== 'signed-in' && status.kind !== 'expired')
    return <Outside status={status} onSignIn={session.signIn} />;
  return (
    <>
      {children(status.times)}
      {status.kind === 'expired' && <Expired session={session} problem={status.problem} />}
    </>
  );
};

const texts = {
  leaving: { title: 'Signing in', text: 'You are taken to the sign-in of your company.' },
  answered: { title: 'You are signed in', text: 'Close this window and go on in the other one.' },
  'signed-out': { title: 'You are signed out', text: 'Nothing of your sign-in is kept on this page.' },
  failed: {
    title: 'The sign-in did not work',
    text: 'Sign in again. If it fails again, tell the administrator of your sign-in:',
  },
} as const;

type OutsideStatus = Exclude<Status, { readonly kind: 'signed-in' | 'expired' }>;

const Outside = ({ status, onSignIn }: { readonly status: OutsideStatus; readonly onSignIn: () => void }) => {
  const { title, text } = texts[status.kind];
  return (
    <>
      <header>
        <p class="product">green-api-logout</p>
      </header>
      <main>
        <ViewTitle title={title} />
        <div role={status.kind === 'failed' ? 'alert' : 'status'}>
          <p>{text}</p>
          {status.kind === 'failed' && <p class="hint">{status.problem}</p>}
        </div>
        {(status.kind === 'failed' || status.kind === 'signed-out') && (
          <Button class="primary" onClick={onSignIn}>
            Sign in
          </Button>
        )}
      </main>
    </>
  );
};

type ExpiredProps = { readonly session: Session; readonly problem: string | undefined };

/** Above everything, also above an open dialog. It cannot be closed: no call can be made without a token. */
const Expired = ({ session, problem }: ExpiredProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const show = () => {
    if (dialog.current?.open === false) dialog.current.showModal();
  };
  useLayoutEffect(show, []);
  // The focus returns to where it was.
  useEffect(() => () => dialog.current?.close(), []);
  return (
    <dialog ref={dialog} aria-labelledby="expired" onCancel={(event) => event.preventDefault()} onClose={show}>
      <h2 id="expired">Your sign-in has expired</h2>
      <p>“Sign in again” opens a new window. Typed text stays, and started logouts go on.</p>
      {problem !== undefined && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
      <div class="buttons">
        <Button onClick={session.signOut}>Sign out</Button>
        <Button class="primary" onClick={session.signInAgain}>
          Sign in again
        </Button>
      </div>
    </dialog>
  );
};
