// Imported although it is global: Node loads it when it is first asked for, and no call is to wait for that.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Deadline, timeUntil } from '../platform/deadline.ts';

/**
 * Keeps the calls of one method apart within this process, for each instance.
 * GREEN-API allows one a second, and users who kept to exactly that still met 429
 * (https://green-api.com/en/docs/api/ratelimiter/, https://github.com/green-api/issues/issues/771).
 */
export type RateLimiter = {
  /** Waits for the next free slot of an instance; says no as soon as that is too far away, or too late for `deadline`. */
  readonly slot: (idInstance: string, deadline: Deadline) => Promise<'free' | 'queue-full' | 'too-late'>;
  /** Its call only left now (it had to connect first): the next slot counts from here. */
  readonly sent: (idInstance: string) => void;
};

export type RateLimiterOptions = {
  /** Time between two calls, in milliseconds. @default 1100 */
  readonly intervalMs?: number;
  /** Longest wait for a slot, in milliseconds. @default 10000 */
  readonly longestWaitMs?: number;
};

/**
 * Who has less time than this, in milliseconds, is not let go: there would be no answer. So nobody is who gave up on a call
 * because of his deadline, for Node's timers may fire a little before their time.
 */
const leastTimeMs = 50;

type Turn = {
  /** When the next slot is. */
  freeAt: number;
  /** Until when nobody else may go: those who wait already learn of a call that went, or left, late. */
  closedUntil: number;
};

export const createRateLimiter = ({
  intervalMs = 1_100,
  longestWaitMs = 10_000,
}: RateLimiterOptions = {}): RateLimiter => {
  const turns = new Map<string, Turn>();

  const turnOf = (idInstance: string): Turn => {
    const known = turns.get(idInstance);
    if (known) return known;
    const turn = { freeAt: 0, closedUntil: 0 };
    turns.set(idInstance, turn);
    return turn;
  };

  const close = (turn: Turn) => {
    turn.closedUntil = performance.now() + intervalMs;
    turn.freeAt = Math.max(turn.freeAt, turn.closedUntil);
  };

  return {
    slot: async (idInstance, deadline) => {
      const turn = turnOf(idInstance);
      const now = performance.now();
      const at = Math.max(now, turn.freeAt);
      if (at - now > longestWaitMs) return 'queue-full';
      if (at + leastTimeMs >= deadline) return 'too-late';
      turn.freeAt = at + intervalMs;

      const left = () => Math.max(at, turn.closedUntil) - performance.now();
      for (let ms = left(); ms > 0 && ms < timeUntil(deadline); ms = left()) await sleep(Math.ceil(ms));
      if (left() > 0 || timeUntil(deadline) < leastTimeMs) return 'too-late';
      close(turn);
      return 'free';
    },
    sent: (idInstance) => close(turnOf(idInstance)),
  };
};
