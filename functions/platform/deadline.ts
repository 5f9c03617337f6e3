import { performance } from 'node:perf_hooks';

/** An instant of `performance.now()`, in milliseconds: a change of the machine's date does not move it. */
export type Deadline = number;

export const deadlineIn = (ms: number): Deadline => performance.now() + ms;

/** Time left until the deadline, in milliseconds; 0 once it has passed. */
export const timeUntil = (deadline: Deadline): number => Math.max(0, deadline - performance.now());

export const hasPassed = (deadline: Deadline): boolean => timeUntil(deadline) === 0;

/** Time for one answer, in milliseconds. After 30 seconds API Gateway answers without the result. */
const answerMs = 28_000;
/** Part of that time kept for evidence, the outcome event and the answer itself, in milliseconds. */
const closingMs = 2_000;

/** The instant by which an HTTP handler must have finished its calls to other services. */
export const answerDeadline = (context: { readonly getRemainingTimeInMillis?: () => number }): Deadline => {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  return deadlineIn(Math.min(answerMs, remainingMs) - closingMs);
};
