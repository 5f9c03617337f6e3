import { createWallClock } from '../../../functions/platform/wall-clock.ts';
import { contextKey } from '../configuration.ts';
import { nextFirings } from './firings.ts';
import type { Schedule } from './schedule-schema.ts';

const shownIds = 5;

/** The target in a few words, however many instances it names. */
const describeTarget = (target: Schedule['target']): string => {
  if ('owner' in target) return `owner ${target.owner}`;
  if ('group' in target) return `group ${target.group}`;
  if ('all' in target) return 'all instances';

  const hidden = target.instances.length - shownIds;
  return `instances ${target.instances.slice(0, shownIds).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
};

/**
 * Schedules for a reader: whom each logs out in words, and the instants it fires at next. A rate counts from `now`, on AWS from
 * the moment the schedule was made.
 */
export const upcomingFirings = (schedules: readonly Schedule[], now: Date, count = 3) =>
  schedules.map((schedule) => {
    const { name, expression, timeZone, reason, target, dryRun = false } = schedule;
    const firings = nextFirings(schedule, now, count).map((firing) => firing.toISOString());
    return { name, expression, timeZone, reason, target: describeTarget(target), dryRun, firings };
  });

const noSchedules =
  `No schedules are configured. Add one to "schedules" under "${contextKey}" in the context of cdk.json, for example\n` +
  '{ "name": "nightly", "expression": "cron(0 22 * * ? *)", "timeZone": "Europe/Berlin", ' +
  '"target": { "group": "night-shift" }, "reason": "end of shift" }';

/** What each schedule does and its next firings, in its own zone and in UTC; or, without any, what to do to have one. */
export const formatSchedules = (schedules: readonly Schedule[], now: Date): string =>
  schedules.length === 0 ? noSchedules : upcomingFirings(schedules, now, 5).map(formatSchedule).join('\n\n');

const formatSchedule = (schedule: ReturnType<typeof upcomingFirings>[number]): string => {
  const { name, expression, timeZone, target, reason, firings } = schedule;
  return [
    name,
    `  expression  ${expression}`,
    `  zone        ${timeZone}`,
    `  target      ${target}`,
    `  reason      ${reason}`,
    ...(firings.length === 0 ? ['  never       the expression names no time in the future'] : []),
    ...(expression.startsWith('rate')
      ? ['  note        counted from now; on AWS from the moment the schedule was made']
      : []),
    ...firings.map(
      (firing) => `  next        ${formatInstant(firing, timeZone)} = ${formatInstant(firing, 'UTC')} UTC`,
    ),
  ].join('\n');
};

/** An instant on the wall clock of a zone, to the minute, e.g. `Sun 2026-10-25 02:30`. */
const formatInstant = (instant: string, timeZone: string): string => {
  const wallTime = new Date(createWallClock(timeZone).wallMsAt(new Date(instant)));
  return `${wallTime.toUTCString().slice(0, 3)} ${wallTime.toISOString().slice(0, 16).replace('T', ' ')}`;
};
