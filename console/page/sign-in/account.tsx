import type { ConsoleInfo } from '../local-routes.ts';
import { session } from './desk-session.ts';

/** Who is signed in, and the way out. Nothing on the page of this machine. */
export const Account = ({ person }: Pick<ConsoleInfo, 'person'>) =>
  person && (
    <p class="account">
      {person.name ?? person.email ?? person.subject}{' '}
      <button type="button" onClick={session?.signOut}>
        Sign out
      </button>
    </p>
  );

/** What somebody may not do here, and what it takes. */
export const NotAllowed = ({ allowed, missing }: Pick<ConsoleInfo, 'allowed' | 'missing'>) =>
  allowed !== undefined && missing !== undefined && missing.length > 0 ? (
    <details class="hint" open={allowed.length === 0}>
      <summary>
        {allowed.length === 0 ? 'Your sign-in allows nothing here' : 'What your sign-in does not allow'}
      </summary>
      <ul>
        {missing.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </details>
  ) : null;
