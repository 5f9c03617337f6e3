import type { FailureKind } from './outcome.ts';

/** The way out that needs neither GREEN-API nor this service. */
const unlink = 'Unlink the device on the phone (if the phone is gone, activate its number on another one)';

/** What to do about each failure, for the people who read an answer, a run or a page. */
export const advice = {
  unconfirmed: 'The session may still be open. Try again, or start a run: it tries until it is confirmed.',
  refused: 'Try once more. If it is refused again, look at the instance in the GREEN-API console.',
  'credential-rejected':
    'Put the current apiTokenInstance from the GREEN-API console into the secret of this instance.',
  'wrong-instance-or-host': 'Compare idInstance and the apiUrl in the secret with the GREEN-API console.',
  'request-refused': 'Compare the apiUrl in the secret with the GREEN-API console.',
  'instance-expired': `A new instance may be reported so for up to an hour: then try again. Otherwise ${unlink[0]?.toLowerCase()}${unlink.slice(1)}, or renew the instance and try again.`,
  'instance-deleted': `${unlink}, because deleting an instance does not log it out. Then delete its secret.`,
  'instance-starting': 'Try again. If it starts for longer than five minutes, reboot it in the GREEN-API console.',
  'rate-limited': 'Try again.',
  'quota-exceeded': `${unlink}, or change the plan in the GREEN-API console.`,
  unavailable: 'The session may still be open. Try again.',
  'timed-out': 'It is not known whether the logout happened. Try again.',
  'unknown-instance': 'Create it, or correct the id. The list of instances has every id with a secret.',
  'credential-unreadable': 'Correct the secret, or allow this service to read it.',
} as const satisfies Record<FailureKind, string>;

/** What to do when the logout is confirmed and the token is not rotated. */
export const tokenAdvice = {
  'not-rotated': 'A copy of the old token may still work. Try again, or change the token in the GREEN-API console.',
  'token-lost': 'Fetch the new token in the GREEN-API console and put it into the secret of this instance.',
} as const;
