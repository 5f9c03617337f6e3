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
  /** Until when nobody else may go: those who wait already learn of a call that went, or left, late. */
  const closedUntil = new Map<string, number>();

  const close = (key: string) => {
    const until = performance.now() + intervalMs;
    closedUntil.set(key, until);
    if (until > (freeAt.get(key) ?? 0)) freeAt.set(key, until);
  };

  const waitUntil = async (key: string, at: number, signal: AbortSignal): Promise<'free' | 'aborted'> => {
    const left = () => Math.max(at, closedUntil.get(key) ?? at) - performance.now();
    // A timer may fire up to a millisecond early.
    for (let ms = left(); ms > 0 && !signal.aborted; ms = left())
      await sleep(Math.ceil(ms), undefined, { signal }).catch(() => {});
    if (signal.aborted) return 'aborted';
    close(key);
    return 'free';
  };

  return {
    slot: async (key, signal) => {
      const now = performance.now();
      const at = Math.max(now, freeAt.get(key) ?? now);
      if (at - now > longestWaitMs) return 'queue-full';
      freeAt.set(key, at + intervalMs);
      return waitUntil(key, at, signal);
    },
    sent: close,
  };
};
