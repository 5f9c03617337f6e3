// Imported although it is global: Node loads it when it is first asked for, and no call is to wait for that.
import { performance } from 'node:perf_hooks';
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

type Turn = {
  /** When the next slot is. */
  freeAt: number;
  /** Until when nobody else may go: those who wait already learn of a call that went, or left, late. */
  closedUntil: number;
};

export const createPace = ({ intervalMs = 1_100, longestWaitMs = 10_000 }: PaceOptions = {}): Pace => {
  const turns = new Map<string, Turn>();

  const turnOf = (key: string): Turn => {
    const known = turns.get(key);
    if (known) return known;
    const turn = { freeAt: 0, closedUntil: 0 };
    turns.set(key, turn);
    return turn;
  };

  const close = (turn: Turn) => {
    turn.closedUntil = performance.now() + intervalMs;
    turn.freeAt = Math.max(turn.freeAt, turn.closedUntil);
  };

  const waitUntil = async (turn: Turn, at: number, signal: AbortSignal): Promise<'free' | 'aborted'> => {
    const left = () => Math.max(at, turn.closedUntil) - performance.now();
    // A timer may fire up to a millisecond early.
    for (let ms = left(); ms > 0 && !signal.aborted; ms = left())
      await sleep(Math.ceil(ms), undefined, { signal }).catch(() => {});
    if (signal.aborted) return 'aborted';
    close(turn);
    return 'free';
  };

  return {
    slot: async (key, signal) => {
      const turn = turnOf(key);
      const now = performance.now();
      const at = Math.max(now, turn.freeAt);
      if (at - now > longestWaitMs) return 'queue-full';
      turn.freeAt = at + intervalMs;
      return waitUntil(turn, at, signal);
    },
    sent: (key) => close(turnOf(key)),
  };
};
