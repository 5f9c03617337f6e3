import type { Evidence } from './evidence.ts';
import { isFailure } from './outcome.ts';

/** Nobody but the functions that log out may put events of this source on the stack's bus. */
export const outcomeSource = 'green-api-logout';
const outcomeDetailTypes = { loggedOut: 'Instance Logged Out', failed: 'Instance Logout Failed' } as const;

export type OutcomeEvent = {
  readonly detailType: (typeof outcomeDetailTypes)[keyof typeof outcomeDetailTypes];
  readonly detail: Evidence;
};

/** What the world is told of a logout; nothing yet (`undefined`) of one that nobody waited for. */
export const outcomeEventOf = (evidence: Evidence): OutcomeEvent | undefined => {
  if (isFailure(evidence.outcome)) return { detailType: outcomeDetailTypes.failed, detail: evidence };
  return evidence.outcome.confirmed ? { detailType: outcomeDetailTypes.loggedOut, detail: evidence } : undefined;
};
