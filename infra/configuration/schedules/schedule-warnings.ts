import { parseExpression } from './expression.ts';
import { nextFirings } from './firings.ts';
import type { Schedule } from './schedule-schema.ts';
import { skippedTimes } from './skipped-times.ts';

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
