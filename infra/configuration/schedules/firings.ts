import { createWallClock, type WallClock } from '../../../functions/platform/wall-clock.ts';
import { wallTimesOf } from './cron.ts';
import { type Expression, parseExpression } from './expression.ts';

export type Timing = {
  readonly expression: Expression;
  /** A name that `isTimeZone` knows. */
  readonly timeZone: string;
  /**
   * What a rate counts from: on AWS, the moment the schedule was made.
   * @default the instant from which firings are listed
   */
  readonly startsAt?: Date;
};

/** The timing of a schedule whose configuration was checked. */
export const timingOf = ({
  expression: text,
  timeZone,
}: {
  readonly expression: string;
  readonly timeZone: string;
}) => {
  const expression = parseExpression(text);
  if (expression.kind === 'invalid') throw new Error(expression.problem);
  return { expression, timeZone } satisfies Timing;
};

/**
 * The next firings after an instant, at most `count`; fewer, or none, when the expression ends. A local time that does not exist
 * because clocks go forward is skipped, one that comes twice because they go back fires the first time only.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export const nextFirings = (timing: Timing, after: Date, count: number): readonly Date[] => {
  const { expression, timeZone, startsAt = after } = timing;
  const clock = createWallClock(timeZone);
  switch (expression.kind) {
    case 'rate':
      return rateFirings(expression.everyMs, startsAt, after, count);
    case 'at':
      return wallFirings([new Date(expression.wallMs)], clock, after, count);
    case 'cron':
      return wallFirings(wallTimesOf(expression.pattern, clock.wallMsAt(after)), clock, after, count);
  }
};

const rateFirings = (everyMs: number, startsAt: Date, after: Date, count: number): readonly Date[] => {
  const periods = Math.max(0, Math.floor((after.getTime() - startsAt.getTime()) / everyMs) + 1);
  return Array.from({ length: count }, (_, index) => new Date(startsAt.getTime() + (periods + index) * everyMs));
};

const wallFirings = (wallTimes: Iterable<Date>, clock: WallClock, after: Date, count: number): readonly Date[] => {
  const firings: Date[] = [];
  for (const wallTime of wallTimes) {
    if (firings.length >= count) break;
    const instant = clock.instantOf(wallTime.getTime());
    if (instant !== undefined && instant > after) firings.push(instant);
  }
  return firings;
};
