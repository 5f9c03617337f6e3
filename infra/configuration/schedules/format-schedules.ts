import { createWallClock } from '../../../functions/platform/wall-clock.ts';
import { contextKey } from '../configuration.ts';
import { type Expression, parseExpression } from './expression.ts';
import { nextFirings } from './firings.ts';

/** What a schedule is aimed at, as the configuration writes it. */
export type ScheduleTarget =
  | { readonly instances: readonly string[] }
  | { readonly owner: string }
  | { readonly group: string }
  | { readonly all: true };

const shownIds = 5;

/** The target in a few words, however many instances it names. */
export const describeTarget = (target: ScheduleTarget): string => {
  if ('owner' in target) return `owner ${target.owner}`;
  if ('group' in target) return `group ${target.group}`;
  if ('all' in target) return 'all instances';

  const hidden = target.instances.length - shownIds;
  return `instances ${target.instances.slice(0, shownIds).join(', ')}${hidden > 0 ? ` and ${hidden} more` : ''}`;
};

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

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** An instant on the wall clock of a zone, to the minute, e.g. `Sun 2026-10-25 02:30`. */
const formatInstant = (instant: Date, timeZone: string): string => {
  const wallTime = new Date(createWallClock(timeZone).wallMsAt(instant));
  return `${weekdays[wallTime.getUTCDay()]} ${wallTime.toISOString().slice(0, 16).replace('T', ' ')}`;
};
