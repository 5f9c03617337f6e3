import { setTimeout as sleep } from 'node:timers/promises';
import { nextFirings } from '../../infra/configuration/schedules/firings.ts';
import type { Schedule } from '../../infra/configuration/schedules/schedule-schema.ts';
import type { CallFunction } from './functions.ts';
import type { OwnRoutes } from './own-routes.ts';

/** Longest time one timer of Node's can wait, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

const sleepUntil = async (due: Date, signal: AbortSignal): Promise<void> => {
  const leftMs = due.getTime() - Date.now();
  await sleep(Math.min(Math.max(leftMs, 0), longestTimerMs), undefined, { signal });
  if (leftMs > longestTimerMs) await sleepUntil(due, signal);
};

/** Calls `fire` at each time of a schedule, with the time it was due. @throws AbortError when `signal` aborts */
const keepSchedule = async (schedule: Schedule, fire: (due: Date) => void, signal: AbortSignal): Promise<void> => {
  let [due] = nextFirings(schedule, new Date(), 1);
  while (due !== undefined) {
    await sleepUntil(due, signal);
    fire(due);
    [due] = nextFirings(schedule, due, 1);
  }
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
    keepSchedule(schedule, (due) => void fireAt(schedule, due).catch(report), signal).catch(() => {});
  }
  return (name, asDrill) => {
    const schedule = schedules.find((one) => one.name === name);
    return schedule && fireAt(asDrill ? { ...schedule, dryRun: true } : schedule, new Date());
  };
};
