import { nextFirings } from '../../infra/configuration/schedules/firings.ts';
import type { Schedule } from '../../infra/configuration/schedules/schedule-schema.ts';
import type { CallFunction } from './functions.ts';
import type { OwnRoutes } from './own-routes.ts';

/** Longest time one timer of Node's can wait, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls `fire` at each time of a schedule, with the time it was due, until `signal` aborts. */
const keepSchedule = (schedule: Schedule, fire: (scheduledTime: Date) => void, signal: AbortSignal): void => {
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
    const [due] = nextFirings(schedule, after, 1);
    if (due && !signal.aborted) waitFor(due);
  };
  waitForNext(new Date());
};

/** What EventBridge Scheduler sends to the schedule function for a firing that was due at this time. */
const scheduleInput = ({ name, expression: _1, timeZone: _2, ...request }: Schedule, scheduledTime: Date): object => ({
  ...request,
  schedule: name,
  scheduledTime: `${scheduledTime.toISOString().slice(0, 19)}Z`,
});

const parseRun = (result: unknown) => result as { readonly run: string };

/**
 * Emulates EventBridge Scheduler around the schedule function, until `signal` aborts.
 *
 * @returns fires a schedule by hand, now; `undefined`: there is none of that name
 */
export const keepSchedules = (
  schedules: readonly Schedule[],
  call: CallFunction,
  signal: AbortSignal,
): OwnRoutes['fire'] => {
  const fireAt = async (schedule: Schedule, time: Date) =>
    parseRun(await call('schedule', scheduleInput(schedule, time)));
  for (const schedule of schedules) {
    const report = (error: Error) => process.stderr.write(`schedule ${schedule.name}: ${error.name}\n`);
    keepSchedule(schedule, (due) => void fireAt(schedule, due).catch(report), signal);
  }
  return (name, asDrill) => {
    const schedule = schedules.find((one) => one.name === name);
    return schedule && fireAt(asDrill ? { ...schedule, dryRun: true } : schedule, new Date());
  };
};
