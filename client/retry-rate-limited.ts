import type { Result } from './result.ts';
import { sleep } from './sleep.ts';

/** GREEN-API allows one reading a second for each instance, and a run that confirms a logout takes its share. */
const mostTries = 3;

/** Calls again after each 429. */
export const retryRateLimited = async <Value>(
  call: () => Promise<Result<Value>>,
  pauseMs: number,
  signal?: AbortSignal,
): Promise<Result<Value>> => {
  for (let tries = 1; ; tries += 1) {
    const result = await call();
    if (result.kind !== 'problem' || result.status !== 429 || tries === mostTries) return result;
    await sleep(pauseMs, signal);
  }
};
