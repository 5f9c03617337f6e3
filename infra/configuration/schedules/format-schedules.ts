import { contextKey } from '../configuration.ts';
import { describeTarget, type ScheduleTarget } from './describe-target.ts';
import { type Expression, parseExpression } from './expression.ts';
import { nextFirings } from './firings.ts';
import { formatInstant } from './format-instant.ts';

export type ConfiguredSchedule = {
  readonly name: string;
  readonly expression: string;
  /** A name that `isTimeZone` knows. */
  readonly timeZone: string;
  readonly target: ScheduleTarget;
  readonly reason: string;
};

const shownFirings = 5;

/** What each schedule does and its next firings, in its own zone and in UTC; or, without any, what to do to have one. */
export const formatSchedules = (schedules: readonly ConfiguredSchedule[], now: Date): string =>
  schedules.length === 0 ? noSchedules : schedules.map((schedule) => formatSchedule(schedule, now)).join('\n\n');

const formatSchedule = (schedule: ConfiguredSchedule, now: Date): string => {
  const { name, expression, timeZone, target, reason } = schedule;
  return [
    name,
    `  expression  ${expression}`,
    `  zone        ${timeZone}`,
    `  target      ${describeTarget(target)}`,
    `  reason      ${reason}`,
    ...firingLines(schedule, now),
  ].join('\n');
};

const firingLines = ({ expression: text, timeZone }: ConfiguredSchedule, now: Date): readonly string[] => {
  const expression = parseExpression(text);
  if (expression.kind === 'invalid') return [`  never       ${expression.problem}`];

  const firings = nextFirings({ expression, timeZone }, now, shownFirings);
  if (firings.length === 0) return ['  never       the expression names no time that is still to come'];
  return [...countedFrom(expression), ...firings.map((firing) => firingLine(firing, timeZone))];
};

const countedFrom = ({ kind }: Expression): readonly string[] =>
  kind === 'rate' ? ['  note        counted from now; on AWS from the moment the schedule was made'] : [];

const firingLine = (firing: Date, timeZone: string): string =>
  `  next        ${formatInstant(firing, timeZone)} = ${formatInstant(firing, 'UTC')} UTC`;

const noSchedules =
  `No schedules are configured. Add one to "schedules" under "${contextKey}" in the context of cdk.json, for example\n` +
  '{ "name": "nightly", "expression": "cron(0 22 * * ? *)", "timeZone": "Europe/Berlin", ' +
  '"target": { "group": "night-shift" }, "reason": "end of shift" }';
