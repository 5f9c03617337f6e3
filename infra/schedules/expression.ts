import { parseAt } from './at-expression.ts';
import { parseCron } from './cron-expression.ts';
import { parseRate } from './rate-expression.ts';

/** When a schedule fires, as EventBridge Scheduler understands it. */
export type Expression =
  /** `pattern`: the six fields of `cron(…)` as `toPattern` writes them, parted by spaces. */
  | { readonly kind: 'cron'; readonly pattern: string }
  | { readonly kind: 'rate'; readonly everyMs: number }
  /** `wallMs`: the local time as `WallClock` counts it. */
  | { readonly kind: 'at'; readonly wallMs: number };

/** What is wrong with an expression, and what is allowed instead. */
export type InvalidExpression = { readonly kind: 'invalid'; readonly problem: string };

const parsers = { cron: parseCron, rate: parseRate, at: parseAt } as const;

/**
 * Reads a `cron(…)`, `rate(…)` or `at(…)` expression, so that a typo is found before a deploy; the problem quotes the expression.
 * It keeps to what AWS documents, and to two things its users report: `LW`, and names in small letters.
 * Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * and https://github.com/grumBit/aws_cron_expression_validator/issues/18
 */
export const parseExpression = (text: string): Expression | InvalidExpression => {
  const { kind, body } = /^(?<kind>cron|rate|at)\((?<body>.*)\)$/.exec(text)?.groups ?? {};
  if (kind === undefined || body === undefined) return { kind: 'invalid', problem: `${text}: ${forms}` };

  const expression = parsers[kind as keyof typeof parsers](body);
  return expression.kind === 'invalid' ? { kind: 'invalid', problem: `${text}: ${expression.problem}` } : expression;
};

const forms =
  'write cron(minutes hours day-of-month month day-of-week year), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)';
