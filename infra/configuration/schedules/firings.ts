import { createWallClock, type WallClock } from '../../../functions/platform/wall-clock.ts';
import { wallTimesOf } from './cron.ts';
import { type Expression, parseExpression } from './expression.ts';

/** When a schedule fires, from a configuration that was checked. */
export type Timing = {
  /** `cron(…)`, `rate(…)` or `at(…)`. */
  readonly expression: string;
  /** A name that `isTimeZone` knows. */
  readonly timeZone: string;
};

export const readExpression = (text: string): Expression => {
  const expression = parseExpression(text);
  if (expression.kind === 'invalid') throw new Error(expression.problem);
  return expression;
};

/** The local times at which an expression fires after one of them, in order. A rate has none. */
export const wallTimesAfter = (expression: Expression, wallMs: number): Iterable<Date> => {
  if (expression.kind === 'cron') return wallTimesOf(expression.pattern, wallMs);
  return expression.kind === 'at' && expression.wallMs > wallMs ? [new Date(expression.wallMs)] : [];
};

/**
 * The next firings after an instant, at most `count`; fewer, or none, when the expression ends. A local time that does not exist
 * because clocks go forward is skipped, one that comes twice because they go back fires the first time only. A rate counts from the
 * instant; on AWS it counts from the moment the schedule was made.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export const nextFirings = ({ expression: text, timeZone }: Timing, after: Date, count: number): readonly Date[] => {
  const expression = readExpression(text);
  if (expression.kind === 'rate')
    return Array.from({ length: count }, (_, index) => new Date(after.getTime() + (index + 1) * expression.everyMs));
  const clock = createWallClock(timeZone);
  return wallFirings(wallTimesAfter(expression, clock.wallMsAt(after)), clock, after, count);
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
