import type { Configuration } from '../configuration.ts';
import { nextFirings, type Timing } from '../schedules/firings.ts';

/** Longest time one timer of Node's can wait, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Plays EventBridge Scheduler: calls `fire` at each time of a schedule, until `signal` aborts.
 *
 * @param fire gets the time it was due
 */
export const keepSchedule = (timing: Timing, fire: (scheduledTime: Date) => void, signal: AbortSignal): void => {
  const waitFor = (due: Date): void => {
    const leftMs = due.getTime() - Date.now();
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        if (leftMs > longestTimerMs) return waitFor(due);
        fire(due);
        waitForNext(due);
      },
      Math.min(Math.max(leftMs, 0), longestTimerMs),
    );
    const stop = () => clearTimeout(timer);
    signal.addEventListener('abort', stop, { once: true });
  };
  const waitForNext = (after: Date): void => {
    const [due] = nextFirings({ startsAt: after, ...timing }, after, 1);
    if (due && !signal.aborted) waitFor(due);
  };
  waitForNext(new Date());
};

export type ConfiguredSchedule = Configuration['schedules'][number];

/** What EventBridge Scheduler would hand the schedule door, for a firing that was due at this time. */
export const scheduleInput = (
  { name, expression: _expression, timeZone: _timeZone, ...asked }: ConfiguredSchedule,
  scheduledTime: Date,
): object => ({ ...asked, schedule: name, scheduledTime: `${scheduledTime.toISOString().slice(0, 19)}Z` });
