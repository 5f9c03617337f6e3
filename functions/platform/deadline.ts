/**
 * Milliseconds since this process started: a change of the machine's date does not move them. `performance.now()` would load all
 * of `node:perf_hooks`, which takes 0.6 ms of a cold start.
 */
export const monotonicMs = (): number => process.uptime() * 1_000;

/** An instant of {@link monotonicMs}. */
export type Deadline = number;

export const deadlineIn = (ms: number): Deadline => monotonicMs() + ms;

/** Time left until the deadline, in milliseconds; 0 once it has passed. */
export const timeUntil = (deadline: Deadline): number => Math.max(0, deadline - monotonicMs());

export const hasPassed = (deadline: Deadline): boolean => timeUntil(deadline) === 0;

/** What a promise resolves with, or `undefined` if that takes longer than so many milliseconds. What it stands for continues. */
export const within = async <Result>(ms: number, promise: Promise<Result>): Promise<Result | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
};

/** Time for one answer, in milliseconds. After 30 seconds API Gateway answers without the result. */
const answerMs = 28_000;
/** Part of that time kept for evidence, the outcome event and the answer itself, in milliseconds. */
const closingMs = 2_000;

/** The instant by which an HTTP handler must have finished its calls to other services. */
export const answerDeadline = (context: { readonly getRemainingTimeInMillis?: () => number }): Deadline => {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  return deadlineIn(Math.min(answerMs, remainingMs) - closingMs);
};
