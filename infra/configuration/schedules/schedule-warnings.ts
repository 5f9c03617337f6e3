import { createWallClock } from '../../../functions/platform/wall-clock.ts';
import type { Expression } from './expression.ts';
import { nextFirings, readExpression, type Timing, wallTimesAfter } from './firings.ts';
import type { Schedule } from './schedule-schema.ts';

const dayMs = 24 * 60 * 60_000;

/**
 * The local times of a schedule that EventBridge Scheduler will skip, because the clocks go forward over them, e.g. `2027-03-28`,
 * `02:30`. A schedule for every hour has none: it fires again within the hour. What AWS does with a skipped `at(…)` is not
 * documented, so it is among them.
 * @param days how far to look ahead. @default 400, so that each zone's next clock change is seen whatever the season
 */
export const skippedTimes = ({ expression: text, timeZone }: Timing, from: Date, days = 400) => {
  const expression = readExpression(text);
  const clock = createWallClock(timeZone);
  const wallMsAfter = (day: number) => clock.wallMsAt(new Date(from.getTime() + day * dayMs));
  return Array.from({ length: days }, (_, day) => ({ fromWallMs: wallMsAfter(day), toWallMs: wallMsAfter(day + 1) }))
    .filter(({ fromWallMs, toWallMs }) => toWallMs - fromWallMs > dayMs)
    .flatMap(({ fromWallMs, toWallMs }) => wallTimesBetween(expression, fromWallMs, toWallMs))
    .filter((wallTime) => clock.instantOf(wallTime.getTime()) === undefined)
    .map((wallTime) => wallTime.toISOString())
    .map((iso) => ({ date: iso.slice(0, 10), localTime: iso.slice(11, 16) }));
};

const wallTimesBetween = (expression: Expression, fromWallMs: number, toWallMs: number): readonly Date[] => {
  const wallTimes: Date[] = [];
  if (expression.kind === 'cron' && /^\S+ 0-23\/1 /.test(expression.pattern)) return wallTimes;
  for (const wallTime of wallTimesAfter(expression, fromWallMs - 1)) {
    if (wallTime.getTime() >= toWallMs) break;
    wallTimes.push(wallTime);
  }
  return wallTimes;
};

const warningAbout = (schedule: Schedule, now: Date): string | undefined => {
  const { name, expression, timeZone } = schedule;
  const [skipped] = skippedTimes(schedule, now);
  if (skipped !== undefined)
    return (
      `The schedule "${name}" will not fire on ${skipped.date}: the clocks of ${timeZone} go forward over ` +
      `${skipped.localTime}, and EventBridge Scheduler skips a local time that does not exist.`
    );
  const fires = nextFirings(schedule, now, 1).length > 0;
  return fires ? undefined : `The schedule "${name}" will never fire: ${expression} names no time in the future.`;
};

/** What somebody who deploys these schedules should know first: at most one sentence for each. */
export const warningsAbout = (schedules: readonly Schedule[], now: Date): readonly string[] =>
  schedules.flatMap((schedule) => warningAbout(schedule, now) ?? []);
