import { parseExpression } from './expression.ts';
import { nextFirings } from './firings.ts';
import { describeTarget } from './format-schedules.ts';
import type { Schedule } from './schedule-schema.ts';

/** A schedule for a reader, with the instants it fires at next. */
export type UpcomingFirings = Pick<Schedule, 'name' | 'expression' | 'timeZone' | 'reason'> & {
  /** Whom it logs out, in words. */
  readonly target: string;
  readonly dryRun: boolean;
  readonly firings: readonly string[];
};

const shownFirings = 3;

/** The next firings of each schedule. A rate counts from `now`, on AWS from the moment the schedule was made. */
export const upcomingFirings = (schedules: readonly Schedule[], now: Date): readonly UpcomingFirings[] =>
  schedules.map(({ name, expression: text, timeZone, reason, target, dryRun = false }) => {
    const expression = parseExpression(text);
    const firings = expression.kind === 'invalid' ? [] : nextFirings({ expression, timeZone }, now, shownFirings);
    return {
      name,
      expression: text,
      timeZone,
      reason,
      target: describeTarget(target),
      dryRun,
      firings: firings.map((firing) => firing.toISOString()),
    };
  });
