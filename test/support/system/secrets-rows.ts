import type { FunctionEnding, RunText } from './cell-texts.ts';
import type { SecretFault } from './secret-faults.ts';

type RequestedRunFields = `asked ${number}` | 'asked until the time was over';

/** The result of one fault of Secrets Manager at each function, and how often it asked there. */
export type SecretRow = {
  /** The logout function reads the credential. */
  readonly read: `${FunctionEnding}, ${RequestedRunFields}`;
  /** It reads it again, because GREEN-API rejected the token. */
  readonly reread: `${FunctionEnding}, ${RequestedRunFields}`;
  /** The instances function. */
  readonly list: `${'200' | '500 list-denied' | '503 unavailable'}, ${RequestedRunFields}`;
  /** A run reads the credential, the tags, the list. */
  readonly runRead: RunText;
  readonly runTags: RunText;
  readonly runList: RunText;
};

/** Secrets Manager would say the same again: nothing is retried. */
const lasting: SecretRow = {
  read: '500 credential-unreadable, asked 1',
  reread: '502 credential-rejected, asked 1',
  list: '503 unavailable, asked 1',
  runRead: 'credential-unreadable, never',
  runTags: 'credential-unreadable, never',
  runList: 'RunExpired',
};

/** The client asks three times, a run until it expires. */
const forGood: SecretRow = {
  read: '503 unavailable, asked 3',
  reread: '503 unavailable, asked 6',
  list: '503 unavailable, asked 3',
  runRead: 'unavailable, never',
  runTags: 'RunExpired',
  runList: 'RunExpired',
};

/** The client asks once more, and nobody notices. */
const once: SecretRow = {
  read: '200 logged-out, asked 2',
  // The token is the same, so a pending one is looked for.
  reread: '502 credential-rejected, asked 4',
  list: '200, asked 2',
  runRead: 'logged-out, once',
  runTags: 'logged-out, once',
  runList: 'logged-out, once',
};

export const secretRows = {
  'access-denied': { ...lasting, list: '500 list-denied, asked 1', runList: 'ListDenied' },
  'decryption-failure': lasting,
  'marked-for-deletion': lasting,
  throttled: forGood,
  'throttled once': once,
  'throttled 4 times': {
    ...once,
    read: '503 unavailable, asked 3',
    // Three for the token, two for the reading of the state, two because that was rejected too: the current and the pending one.
    reread: '503 unavailable, asked 8',
    list: '503 unavailable, asked 3',
  },
  'internal-error': forGood,
  'internal-error once': once,
  reset: forGood,
  'reset once': once,
  // The function, and the run, had no more time.
  hang: { ...forGood, reread: '504 timed-out, asked until the time was over', runRead: 'timed-out, never' },
  'hang once': once,
  slow: { ...once, read: '200 logged-out, asked 1', reread: '502 credential-rejected, asked 3', list: '200, asked 1' },
} as const satisfies Record<SecretFault, SecretRow>;
