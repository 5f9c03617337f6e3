import { setTimeout as sleep } from 'node:timers/promises';

/** One timer, and the most that counts of it when the process was held up, in milliseconds. */
const timerMs = 10;
const mostMs = 20;

/**
 * What a promise resolves with, or `undefined` if this process has run for so many milliseconds before: the time for which the
 * machine held it up does not count.
 */
export const withinProcessTime = async <Result>(ms: number, promise: Promise<Result>): Promise<Result | undefined> => {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  const timeout = async () => {
    for (let left = ms; left > 0 && !isSettled; ) {
      const at = performance.now();
      await sleep(timerMs);
      left -= Math.min(performance.now() - at, mostMs);
    }
    return undefined;
  };
  return Promise.race([settled, timeout()]);
};
