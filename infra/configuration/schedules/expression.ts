import { type CronExpression, type InvalidExpression, parseCron } from './cron.ts';

/** When a schedule fires, as EventBridge Scheduler understands it. */
export type Expression =
  | CronExpression
  | { readonly kind: 'rate'; readonly everyMs: number }
  /** `wallMs`: the local time as `WallClock` counts it. */
  | { readonly kind: 'at'; readonly wallMs: number };

/** Reads the inside of `at(…)`: a local time without a zone. */
const parseAt = (body: string): Expression | InvalidExpression => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body))
    return invalid('write a local time without a zone, as in at(2027-03-31T18:00:00)');
  const wallMs = Date.parse(`${body}Z`);
  const isReal = !Number.isNaN(wallMs) && new Date(wallMs).toISOString().startsWith(body);
  return isReal ? { kind: 'at', wallMs } : invalid('the calendar has no such date or time');
};

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
const parseRate = (body: string): Expression | InvalidExpression => {
  const { value, unit } = /^(?<value>\S+) (?<unit>\S+)$/.exec(body)?.groups ?? {};
  if (value === undefined || unit === undefined) return invalid('write a value and a unit, as in rate(12 hours)');
  if (!/^[1-9]\d{0,5}$/.test(value)) return invalid(`the value "${value}" must be a whole number from 1 to 999999`);

  const oneUnitMs = unitMs.get(unit.replace(/s$/, ''));
  return oneUnitMs === undefined
    ? invalid(`the unit "${unit}" must be minutes, hours or days`)
    : { kind: 'rate', everyMs: Number(value) * oneUnitMs };
};

const invalid = (problem: string): InvalidExpression => ({ kind: 'invalid', problem });

const parsers = { cron: parseCron, rate: parseRate, at: parseAt } as const;

/**
 * Reads a `cron(…)`, `rate(…)` or `at(…)` expression, so that a typo is found before a deploy; the problem quotes the expression.
 * It keeps to what AWS documents, and to two things its users report: `LW`, and names in small letters.
 * Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * and https://github.com/grumBit/aws_cron_expression_validator/issues/18
 */
export const parseExpression = (text: string): Expression | InvalidExpression => {
  const { kind, body } = /^(?<kind>cron|rate|at)\((?<body>.*)\)$/.exec(text)?.groups ?? {};
  if (kind === undefined || body === undefined) return invalid(`${text}: ${forms}`);

  const expression = parsers[kind as keyof typeof parsers](body);
  return expression.kind === 'invalid' ? invalid(`${text}: ${expression.problem}`) : expression;
};

const forms =
  'write cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)';
