import type { Expression, InvalidExpression } from './expression.ts';

const minuteMs = 60_000;
const unitMs = new Map([
  ['minute', minuteMs],
  ['hour', 60 * minuteMs],
  ['day', 24 * 60 * minuteMs],
]);

/**
 * Reads the inside of `rate(…)`. A day is 24 hours, also when the clocks change. `1 hours` and `5 hour` are allowed: only EventBridge's
 * older rules insist on grammar.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const parseRate = (body: string): Expression | InvalidExpression => {
  const { value, unit } = /^(?<value>\S+) (?<unit>\S+)$/.exec(body)?.groups ?? {};
  if (value === undefined || unit === undefined) return invalid('write a value and a unit, as in rate(12 hours)');
  if (!/^[1-9]\d{0,5}$/.test(value)) return invalid(`the value "${value}" must be a whole number from 1 to 999999`);

  const oneUnitMs = unitMs.get(unit.replace(/s$/, ''));
  return oneUnitMs === undefined
    ? invalid(`the unit "${unit}" must be minutes, hours or days`)
    : { kind: 'rate', everyMs: Number(value) * oneUnitMs };
};

const invalid = (problem: string): InvalidExpression => ({ kind: 'invalid', problem });
