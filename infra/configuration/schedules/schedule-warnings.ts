import { createWallClock } from '../../../functions/platform/wall-clock.ts';
import { type ClockGap, clockGaps } from './clock-gaps.ts';
import { wallTimesOf } from './cron.ts';
import { type Expression, parseExpression } from './expression.ts';
import { nextFirings, type Timing } from './firings.ts';
import type { Schedule } from './schedule-schema.ts';

/** A firing that will not happen, because the clocks go forward over it. */
export type SkippedTime = {
  /** e.g. `2027-03-28` */
  readonly date: string;
  /** e.g. `02:30` */
  readonly localTime: string;
  readonly timeZone: string;
};

/**
 * The local times of a schedule that EventBridge Scheduler will skip. A schedule for every hour has none: it fires again within the hour.
 * What AWS does with a skipped `at(…)` is not documented, so it is among them.
 * @param days how far to look ahead. @default 400, so that each zone's next clock change is seen whatever the season
 */
export const skippedTimes = ({ expression, timeZone }: Timing, from: Date, days = 400): readonly SkippedTime[] =>
  clockGaps(createWallClock(timeZone), from, days)
    .flatMap((gap) => wallTimesIn(gap, expression))
    .map((wallTime) => wallTime.toISOString())
    .map((iso) => ({ date: iso.slice(0, 10), localTime: iso.slice(11, 16), timeZone }));

const wallTimesIn = (gap: ClockGap, expression: Expression): readonly Date[] => {
  switch (expression.kind) {
    case 'rate':
      return [];
    case 'at':
      return until(gap.toWallMs, [new Date(expression.wallMs)]).filter((time) => time.getTime() >= gap.fromWallMs);
    case 'cron':
      return firesEveryHour(expression.pattern)
        ? []
        : until(gap.toWallMs, wallTimesOf(expression.pattern, gap.fromWallMs - 1));
  }
};

const firesEveryHour = (pattern: string): boolean => /^\S+ 0-23\/1 /.test(pattern);

const until = (endWallMs: number, wallTimes: Iterable<Date>): readonly Date[] => {
  const earlier: Date[] = [];
  for (const wallTime of wallTimes) {
    if (wallTime.getTime() >= endWallMs) break;
    earlier.push(wallTime);
  }
  return earlier;
};

const warningAbout = ({ name, expression: text, timeZone }: Schedule, now: Date): string | undefined => {
  const expression = parseExpression(text);
  if (expression.kind === 'invalid') throw new Error(`The schedule "${name}" was not checked`);

  const timing = { expression, timeZone };
  const [skipped] = skippedTimes(timing, now);
  if (skipped !== undefined) {
    return (
      `The schedule "${name}" will not fire on ${skipped.date}: the clocks of ${timeZone} go forward over ` +
      `${skipped.localTime}, and EventBridge Scheduler skips a local time that does not exist.`
    );
  }
  const fires = nextFirings(timing, now, 1).length > 0;
  return fires ? undefined : `The schedule "${name}" will never fire: ${text} names no time that is still to come.`;
};

/** What somebody who deploys these schedules should know first: at most one sentence for each. */
export const warningsAbout = (schedules: readonly Schedule[], now: Date): readonly string[] =>
  schedules.flatMap((schedule) => warningAbout(schedule, now) ?? []);
