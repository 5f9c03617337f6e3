import type { FunctionEnding, RunText } from './cell-texts.ts';
import type { SecretFault } from './secret-faults.ts';

type CallCount = `calls: ${number}` | 'calls: until the deadline';

/** The result of one fault of Secrets Manager at each function, and the number of calls it made there. */
export type SecretRow = {
  /** The logout function reads the credential. */
  readonly read: `${FunctionEnding}, ${CallCount}`;
  /** The logout function reads the credential again, because GREEN-API rejected the token. */
  readonly reread: `${FunctionEnding}, ${CallCount}`;
  /** The instances function. */
  readonly list: `${'200' | '500 list-denied' | '503 unavailable'}, ${CallCount}`;
  /** A run reads the credential, the tags, the list. */
  readonly runRead: RunText;
  readonly runTags: RunText;
  readonly runList: RunText;
};

/** A retry would get the same answer, so nothing is retried. */
const lasting: SecretRow = {
  read: '500 credential-unreadable, calls: 1',
  reread: '502 credential-rejected, calls: 1',
  list: '503 unavailable, calls: 1',
  runRead: 'credential-unreadable, never',
  runTags: 'credential-unreadable, never',
  runList: 'RunExpired',
};

/** The client tries three times. A run retries until it expires. */
const forGood: SecretRow = {
  read: '503 unavailable, calls: 3',
  reread: '503 unavailable, calls: 6',
  list: '503 unavailable, calls: 3',
  runRead: 'unavailable, never',
  runTags: 'RunExpired',
  runList: 'RunExpired',
};

/** The retry of the client succeeds. */
const once: SecretRow = {
  read: '200 logged-out, calls: 2',
  // The token is unchanged, so the function also reads the two pending versions.
  reread: '502 credential-rejected, calls: 4',
  list: '200, calls: 2',
  runRead: 'logged-out, once',
  runTags: 'logged-out, once',
  runList: 'logged-out, once',
};

export const secretRows = {
  'access-denied': {
    ...lasting,
    // The secret may hold another token.
    reread: '500 credential-unreadable, calls: 1',
    list: '500 list-denied, calls: 1',
    runList: 'ListDenied',
  },
  'decryption-failure': lasting,
  'marked-for-deletion': lasting,
  throttled: forGood,
  'throttled once': once,
  'throttled 4 times': {
    ...once,
    read: '503 unavailable, calls: 3',
    // Three for the logout, two for the reading of the state, three because GREEN-API rejected that too: the current and two pending versions.
    reread: '503 unavailable, calls: 8',
    list: '503 unavailable, calls: 3',
  },
  'internal-error': forGood,
  'internal-error once': once,
  reset: forGood,
  'reset once': once,
  // The function and the run ran out of time.
  hang: { ...forGood, reread: '504 timed-out, calls: until the deadline', runRead: 'timed-out, never' },
  'hang once': once,
  slow: {
    ...once,
    read: '200 logged-out, calls: 1',
    reread: '502 credential-rejected, calls: 3',
    list: '200, calls: 1',
  },
} as const satisfies Record<SecretFault, SecretRow>;
