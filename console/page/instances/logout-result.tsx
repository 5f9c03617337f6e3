import { useEffect, useState } from 'preact/hooks';
import {
  describeReadings,
  describeState,
  describeToken,
  isLoggedOut,
  type LoggedOut,
} from '../../../client/answers.ts';
import type { Result } from '../../../client/result.ts';
import { Instant } from '../components/instant.tsx';
import { ProblemAlert } from '../components/problem-alert.tsx';
import type { KnownState } from './use-states.ts';

export type Logout = { readonly kind: 'running' } | Result<LoggedOut>;

/** Seconds since the element appeared. It is hidden from screen readers, which would read out every second. */
const Elapsed = () => {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return <span aria-hidden="true"> {seconds} s</span>;
};

const factsOf = ({ isLogout, alreadyLoggedOut, confirmed, stateInstance, readings, queue, token }: LoggedOut) =>
  [
    alreadyLoggedOut && 'The instance was already logged out before this call.',
    isLogout && 'GREEN-API accepted the logout.',
    confirmed
      ? `Confirmed${readings === undefined ? '' : ` ${describeReadings(readings)}`}: the state reads ${describeState({ stateInstance: stateInstance ?? 'notAuthorized' })}.`
      : 'Not confirmed yet: read the state.',
    queue && (queue.cleared ? 'The queue is cleared.' : 'The queue is not cleared.'),
    token && `After the logout: ${describeToken(token)}.`,
  ].filter((fact) => typeof fact === 'string');

const titleOf = ({ confirmed, alreadyLoggedOut }: LoggedOut): string => {
  if (!confirmed) return 'Logout accepted';
  return alreadyLoggedOut ? 'Was already logged out, confirmed' : 'Logged out, confirmed';
};

type LogoutResultProps = { readonly logout: Logout; readonly before: KnownState | undefined };

/** What the logout has come to so far. */
export const LogoutResult = ({ logout, before }: LogoutResultProps) => (
  <>
    <div role="status">
      {logout.kind === 'running' && (
        <p class="waiting">
          Logging out, then waiting for the confirmation, at most 20 s.
          <Elapsed />
        </p>
      )}
      {logout.kind === 'ok' && (
        <>
          <p class={logout.value.confirmed ? 'succeeded' : ''}>
            {titleOf(logout.value)}
            {logout.value.confirmedAt && (
              <>
                {' '}
                <Instant at={logout.value.confirmedAt} />
              </>
            )}
          </p>
          <ul>
            {before?.kind === 'read' && isLoggedOut(before) && (
              <li>
                It was already logged out when the state was read at <Instant at={before.readAt} />.
              </li>
            )}
            {factsOf(logout.value).map((fact) => (
              <li key={fact}>{fact}</li>
            ))}
          </ul>
        </>
      )}
    </div>
    {logout.kind !== 'running' && logout.kind !== 'ok' && <ProblemAlert problem={logout} />}
  </>
);
