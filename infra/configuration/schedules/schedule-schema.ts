import * as v from 'valibot';
import { fieldsOf } from '../../../functions/runs/request.ts';
import { fields, matching } from '../field-schemas.ts';
import { parseExpression } from './expression.ts';
import { timeZone } from './time-zone.ts';

const problemWith = (text: string): string | undefined => {
  const expression = parseExpression(text);
  // The problem quotes the expression, and so does the error about the configuration.
  return expression.kind === 'invalid' ? expression.problem.slice(`${text}: `.length) : undefined;
};

const expression = v.pipe(
  v.string('must be an expression of EventBridge Scheduler'),
  v.check(
    (text) => problemWith(text) === undefined,
    ({ input }) => `must be an expression of EventBridge Scheduler: ${problemWith(input)}`,
  ),
);

/** A schedule as the configuration writes it. */
export const scheduleSchema = fields({
  name: matching(/^[0-9A-Za-z_.-]{1,64}$/, 'up to 64 letters, digits, hyphens, underscores and dots'),
  expression,
  timeZone,
  ...fieldsOf('schedule'),
});

export type Schedule = Readonly<v.InferOutput<typeof scheduleSchema>>;

const capProblem = ({ name, target, maxTargets }: Schedule, ceiling: number): string | undefined => {
  if (maxTargets === undefined)
    return 'all' in target ? `must be a number: "${name}" aims at all instances and needs a cap` : undefined;
  return maxTargets > ceiling ? `must be at most ${ceiling}, which is runs.maxTargetsCeiling` : undefined;
};

export type ScheduleLimits = { readonly maxTargetsCeiling: number; readonly tokenRotation: boolean };

/** What is wrong with a schedule that is valid by itself: a name used twice, no cap where one is needed, a cap too high … */
const problemsOf = (schedule: Schedule, isTwin: boolean, { maxTargetsCeiling, tokenRotation }: ScheduleLimits) => {
  const { name, maxTargets, rotateToken } = schedule;
  const cap = capProblem(schedule, maxTargetsCeiling);
  return [
    ...(isTwin ? [{ field: 'name', message: 'must be a name that no other schedule has', given: name }] : []),
    ...(cap === undefined ? [] : [{ field: 'maxTargets', message: cap, given: maxTargets }]),
    ...(rotateToken && !tokenRotation
      ? [{ field: 'rotateToken', message: 'must not be set unless tokenRotation.enabled is true', given: rotateToken }]
      : []),
  ];
};

export const scheduleProblems = (schedules: readonly Schedule[], limits: ScheduleLimits) =>
  schedules.flatMap((schedule, index) => {
    const isTwin = schedules.findIndex(({ name }) => name === schedule.name) < index;
    return problemsOf(schedule, isTwin, limits).map(({ field, ...problem }) => ({
      path: `schedules.${index}.${field}`,
      ...problem,
    }));
  });
