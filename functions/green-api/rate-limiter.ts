import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline, monotonicMs, timeUntil } from '../platform/deadline.ts';

/**
 * Limits the rate of one method within this process, for each instance by itself. Other processes have limiters of their own.
 * GREEN-API allows one call a second, and users who called exactly once a second still got 429
 * (https://green-api.com/en/docs/api/ratelimiter/, https://github.com/green-api/issues/issues/771).
 */
export type RateLimiter = {
  /** Waits for the next free slot of an instance. Refuses at once if that slot is too far away or after the deadline. */
  readonly slot: (idInstance: string, deadline: Deadline) => Promise<'free' | 'queue-full' | 'too-late'>;
  /** Reports when a call was really sent (it may have had to connect first): the next slot counts from then. */
  readonly sent: (idInstance: string) => void;
};

export type RateLimiterOptions = {
  /** Time between two calls, in milliseconds. @default 1100 */
  readonly intervalMs?: number;
  /** Longest wait for a slot, in milliseconds. @default 10000 */
  readonly longestWaitMs?: number;
};

/**
 * Minimum time left, in milliseconds, for a request to be sent: with less, no answer could arrive before the deadline. It also
 * covers Node's timers, which may fire slightly early.
 */
const leastTimeMs = 50;

type Turn = {
  /** Start of the next slot. */
  freeAt: number;
  /** No call may be sent before this instant. It moves when an earlier call was sent late. */
  closedUntil: number;
};

export const createRateLimiter = (options: RateLimiterOptions = {}): RateLimiter => {
  const { intervalMs = 1_100, longestWaitMs = 10_000 } = options;
  const turns = new Map<string, Turn>();

  const turnOf = (idInstance: string): Turn => {
    const known = turns.get(idInstance);
    if (known) return known;
    const turn = { freeAt: 0, closedUntil: 0 };
    turns.set(idInstance, turn);
    return turn;
  };

  const close = (turn: Turn) => {
    turn.closedUntil = monotonicMs() + intervalMs;
    turn.freeAt = Math.max(turn.freeAt, turn.closedUntil);
  };

  return {
    slot: async (idInstance, deadline) => {
      const turn = turnOf(idInstance);
      const now = monotonicMs();
      const at = Math.max(now, turn.freeAt);
      if (at - now > longestWaitMs) return 'queue-full';
      if (at + leastTimeMs >= deadline) return 'too-late';
      turn.freeAt = at + intervalMs;

      const left = () => Math.max(at, turn.closedUntil) - monotonicMs();
      for (let ms = left(); ms > 0 && ms < timeUntil(deadline); ms = left()) await sleep(Math.ceil(ms));
      if (left() > 0 || timeUntil(deadline) < leastTimeMs) return 'too-late';
      close(turn);
      return 'free';
    },
    sent: (idInstance) => close(turnOf(idInstance)),
  };
};
