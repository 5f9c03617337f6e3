import { setTimeout as sleep } from 'node:timers/promises';
import type { Waits } from '../../functions/instances/call-with-credential.ts';
import { deadlineIn } from '../../functions/platform/deadline.ts';

/** A clock that jumps over each wait. */
const createJumpingClock = (): NonNullable<Waits['clock']> => {
  let jumpedMs = 0;
  return {
    now: () => deadlineIn(0) + jumpedMs,
    date: () => Date.now() + jumpedMs,
    sleep: async (ms) => {
      jumpedMs += ms;
      await sleep(1);
    },
  };
};

/** Nothing is learned by waiting a second between two calls, except where the pause itself is tested. */
export const createShortWaits = (): Waits => ({ rateLimiter: { intervalMs: 50 }, clock: createJumpingClock() });
