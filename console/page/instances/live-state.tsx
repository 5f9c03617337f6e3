import { useEffect, useState } from 'preact/hooks';
import { isLoggedOut, stateWordsOf } from '../../../client/answers.ts';
import { Instant } from '../components/instant.tsx';
import { describeFailure } from '../describe-failure.ts';
import { describeConfirmed, type Logout } from './logouts.ts';
import type { KnownState } from './states.ts';

/** The state that GREEN-API reports; until it is read, an ellipsis. */
const StateText = ({ state }: { readonly state: KnownState | undefined }) => {
  if (state === undefined)
    return (
      <span class="muted">
        <span aria-hidden="true">…</span>
        <span class="unseen">state not read yet</span>
      </span>
    );
  if (state.kind === 'problem')
    return (
      <span>
        <span class="failed">could not be read</span>{' '}
        <span class="small">
          {state.problem.title}. {state.problem.detail}
        </span>
      </span>
    );
  return (
    <span>
      <span class={isLoggedOut(state) ? 'state' : 'state linked'}>{stateWordsOf(state)}</span>{' '}
      <span class="small">
        {state.stateInstance} · read <Instant at={state.readAt} timeOnly />
      </span>
    </span>
  );
};

/** The service sends the logout within the first second, then waits for the state. @property since in milliseconds */
const Running = ({ since }: { readonly since: number }) => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((now - since) / 1000);
  return seconds < 1 ? (
    <span>sending</span>
  ) : (
    <span>
      waiting for the confirmation<span aria-hidden="true">, {seconds} s</span>
    </span>
  );
};

const Ended = ({ logout }: { readonly logout: Extract<Logout, { readonly kind: 'ended' }> }) => {
  const { result, watching } = logout;
  if (result.kind === 'ok') {
    const { confirmed, confirmedAt } = result.value;
    if (!confirmed) return <span class="failed">not confirmed yet. Try again.</span>;
    return (
      <span>
        <span class="succeeded">logged out, confirmed</span>{' '}
        {confirmedAt !== undefined && <Instant at={confirmedAt} timeOnly />}{' '}
        <span class="small">{describeConfirmed(result.value)}</span>
        {watching?.result.kind === 'ok' && (
          <span class="small">
            {' · '}
            <a href={`#/runs/${watching.result.value.id}`}>watched for {watching.days} days</a>
          </span>
        )}
        {watching !== undefined && watching.result.kind !== 'ok' && (
          <span class="failed small"> · not watched: {describeFailure(watching.result).title}</span>
        )}
      </span>
    );
  }
  const { title, detail } = describeFailure(result);
  return (
    <span>
      {result.kind === 'problem' && result.confirmed && <span class="succeeded">logged out, confirmed </span>}
      <span class="failed">{title}.</span> <span class="small">{detail}</span>
    </span>
  );
};

/** Whether the state was read after the logout was confirmed, and somebody has linked the instance again. */
const isLinkedAgain = (logout: Logout, state: KnownState | undefined): boolean =>
  logout.kind === 'ended' && logout.result.kind === 'ok' && state?.kind === 'read' && !isLoggedOut(state);

type LiveStateProps = { readonly state: KnownState | undefined; readonly logout: Logout | undefined };

export const LiveState = ({ state, logout }: LiveStateProps) => {
  switch (logout?.kind) {
    case undefined:
      return <StateText state={state} />;
    case 'queued':
      return <span>waiting for its turn</span>;
    case 'running':
      return <Running since={logout.since} />;
    case 'ended':
      return (
        <>
          <Ended logout={logout} />
          {isLinkedAgain(logout, state) && (
            <>
              <span class="failed">linked again</span> <StateText state={state} />
            </>
          )}
        </>
      );
  }
};
