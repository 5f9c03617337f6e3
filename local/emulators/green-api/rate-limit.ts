import type { Method } from './methods.ts';

const windowMs = 1000;

/**
 * GREEN-API's limit: one request per second for each instance and method, counted from the last one let through.
 * https://green-api.com/en/docs/api/ratelimiter/
 */
export const createRateLimit = ({ enforced }: { readonly enforced: boolean }) => {
  const lastMs = new Map<string, number>();
  let violations = 0;

  return {
    violations: (): number => violations,
    forgetViolations: (): void => {
      violations = 0;
    },
    /** Counts a request that comes too soon, and says whether to refuse it. */
    refuses: (idInstance: string, method: Method, nowMs: number): boolean => {
      const key = `${idInstance} ${method}`;
      const tooSoon = nowMs - (lastMs.get(key) ?? Number.NEGATIVE_INFINITY) < windowMs;
      const refused = tooSoon && enforced;
      if (tooSoon) violations += 1;
      if (!refused) lastMs.set(key, nowMs);
      return refused;
    },
  };
};
