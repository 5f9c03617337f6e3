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

/** What of the other settings limits schedules. */
type Limits = {
  readonly schedules: readonly Schedule[];
  readonly runs: { readonly maxTargetsCeiling: number };
  readonly tokenRotation: { readonly enabled: boolean };
};

/** What is wrong with schedules that are valid by themselves: a name used twice, no cap where one is needed, a cap too high … */
export const scheduleProblems = ({ schedules, runs: { maxTargetsCeiling }, tokenRotation }: Limits) =>
  schedules.flatMap(({ name, target, maxTargets, rotateToken }, index) => {
    const path = `schedules.${index}`;
    const isTwin = schedules.findIndex((other) => other.name === name) < index;
    return [
      isTwin && { path: `${path}.name`, message: 'must be a name that no other schedule has', given: name },
      'all' in target &&
        maxTargets === undefined && {
          path: `${path}.maxTargets`,
          message: `must be a number: "${name}" aims at all instances and needs a cap`,
          given: maxTargets,
        },
      maxTargets !== undefined &&
        maxTargets > maxTargetsCeiling && {
          path: `${path}.maxTargets`,
          message: `must be at most ${maxTargetsCeiling}, which is runs.maxTargetsCeiling`,
          given: maxTargets,
        },
      rotateToken === true &&
        !tokenRotation.enabled && {
          path: `${path}.rotateToken`,
          message: 'must not be set unless tokenRotation.enabled is true',
          given: rotateToken,
        },
    ];
  });
