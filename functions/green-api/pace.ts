import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Keeps calls of one instance and method apart within this process.
 * GREEN-API allows one a second, and users who kept to exactly that still met 429
 * (https://green-api.com/en/docs/api/ratelimiter/, https://github.com/green-api/issues/issues/771).
 */
export type Pace = {
  /** Waits for the next free slot of `key`; says no if that is too far away or `signal` aborts first. */
  readonly slot: (key: string, signal: AbortSignal) => Promise<'free' | 'queue-full' | 'aborted'>;
  /** The call of `key` only left now (it had to connect first): the next slot counts from here. */
  readonly sent: (key: string) => void;
};

export type PaceOptions = {
  /** Time between two calls, in milliseconds. @default 1100 */
  readonly intervalMs?: number;
  /** Longest wait for a slot, in milliseconds. @default 10000 */
  readonly longestWaitMs?: number;
};

export const createPace = ({ intervalMs = 1_100, longestWaitMs = 10_000 }: PaceOptions = {}): Pace => {
  const freeAt = new Map<string, number>();

  const waitUntil = async (at: number, signal: AbortSignal): Promise<'free' | 'aborted'> => {
    // A timer may fire up to a millisecond early.
    for (let left = at - performance.now(); left > 0; left = at - performance.now()) {
      await sleep(Math.ceil(left), undefined, { signal }).catch(() => {});
      if (signal.aborted) return 'aborted';
    }
    return signal.aborted ? 'aborted' : 'free';
  };

  return {
    slot: async (key, signal) => {
      const now = performance.now();
      const at = Math.max(now, freeAt.get(key) ?? now);
      if (at - now > longestWaitMs) return 'queue-full';
      freeAt.set(key, at + intervalMs);
      return waitUntil(at, signal);
    },
    sent: (key) => {
      const next = performance.now() + intervalMs;
      if (next > (freeAt.get(key) ?? 0)) freeAt.set(key, next);
    },
  };
};
