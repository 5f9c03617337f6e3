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

/** A rule about several fields at once: whether it is broken, and if so by which field, what that must be, and what it is. */
export type Rule = readonly [isBroken: boolean, path: string, message: string, ...given: readonly unknown[]];

/** For schedules that are valid by themselves: a name used twice, no cap where one is needed, a cap too high … */
export const scheduleRules = ({ schedules, runs: { maxTargetsCeiling: most }, tokenRotation }: Limits) =>
  schedules.flatMap(({ name, target, maxTargets, rotateToken = false }, index): readonly Rule[] => {
    const path = `schedules.${index}`;
    const isTwin = schedules.findIndex((other) => other.name === name) < index;
    const isUncapped = 'all' in target && maxTargets === undefined;
    const uncapped = `must be a number: "${name}" includes all instances and needs a limit`;
    const tooHigh = `must be at most ${most}, which is runs.maxTargetsCeiling`;
    const off = 'must not be set unless tokenRotation.enabled is true';
    return [
      [isTwin, `${path}.name`, 'must be a name that no other schedule has', name],
      [isUncapped, `${path}.maxTargets`, uncapped, maxTargets],
      [maxTargets !== undefined && maxTargets > most, `${path}.maxTargets`, tooHigh, maxTargets],
      [rotateToken && !tokenRotation.enabled, `${path}.rotateToken`, off, rotateToken],
    ];
  });
