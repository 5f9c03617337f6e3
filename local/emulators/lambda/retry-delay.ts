const maxFailures = 10;

/**
 * How long to wait, in milliseconds, after so many failed invocations in a row; `undefined` to give up. AWS gives up on
 * a function that does nothing but crash after a few minutes; this does after about three.
 */
export const retryDelayMs = (failures: number): number | undefined =>
  failures < maxFailures ? Math.min(250 * 2 ** failures, 60_000) : undefined;
